/** Plays the time stories of mail-scenarios/*.scenario: answers to pages' mails, by real SMTP to the port that takes alerts, too. */
import path from 'node:path';
import fs from 'node:fs';
import { createTransport } from 'nodemailer';
import { expect } from 'vitest';
import { deskOf } from '../../test/harness/story/chat-desk.ts';
import { playStories } from '../../test/harness/story/play-stories.ts';
import type { Step } from '../../test/harness/story/steps.ts';
import type { World } from '../../test/harness/story/world.ts';
import { createMailIntake } from '../alerting/inbound/index.ts';
import { systemClock } from '../platform/clock.ts';
import { messageId } from '../delivery/channels/email/compose-mail.ts';
import { createHealth } from '../platform/health.ts';
import { silentLog } from '../platform/log.ts';
import { incidentsMigrations } from '../incidents/index.ts';
import { chatMigrations } from './migrations.ts';
import { createMailAnswers } from './ways/email/mail-answers.ts';
import { createHeard } from './ways/heard.ts';

const ALERTS = 'alerts@nines.example.org';
interface Post {
  /** Subjects of the alerts that were made. */
  readonly alerts: string[];
  /** What the sender's server was told last, where its mail was not taken. */
  refused: string | undefined;
  last?: Letter;
}
interface Letter {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly headers?: Record<string, string>;
  readonly messageId?: string;
}
const posts = new WeakMap<World, Post>();
const postOf = (world: World): Post => {
  const post = posts.get(world) ?? { alerts: [], refused: undefined };
  posts.set(world, post);
  return post;
};

/** Hands a mail to nines' own port, as another mail server does. */
async function post(world: World, letter: Letter, page: { subject: string; key: string } | undefined): Promise<void> {
  const { sql, delivery } = world.process;
  const { clock } = world;
  const office = postOf(world);
  office.last = letter;
  office.refused = undefined;
  const catalog = { current: () => world.set, onChange: () => undefined };
  const ways = { clock, log: silentLog, desk: await deskOf(world), heard: createHeard({ sql, clock }), later: () => undefined, pageAt: delivery.pageAt };
  const answers = createMailAnswers({ ...ways, sql, catalog, delivery, signed: true });
  const integration = { name: 'mails', spec: { type: 'email', mail: { recipients: [ALERTS], senders: [], ignored: [], resolved: [], firing: [] } } };
  const integrations = {
    list: () => [integration],
    takeMapped: async (_: unknown, map: () => Promise<{ events: { title: string }[] }>) => void office.alerts.push(...(await map()).events.map(({ title }) => title)),
  };
  const settings = { smtp: 0, host: '127.0.0.1', maxMail: 100_000 } as const;
  const intake = createMailIntake({ integrations: integrations as never, clock: systemClock, log: silentLog, health: createHealth(systemClock), settings, answers: () => answers });
  const port = (await intake.start())!;
  const thread = page === undefined ? {} : { inReplyTo: messageId(page.key), references: [messageId(page.key)] };
  try {
    await createTransport({ host: '127.0.0.1', port, ignoreTLS: true }).sendMail({ subject: `Re: ${page?.subject ?? 'Oven 3 is hot'}`, ...thread, ...letter });
  } catch (error) {
    office.refused = (error as Error).message;
  }
  await intake.stop();
  await world.settle();
} // prettier-ignore

/** The last page's mail to someone, as their mail program answers it. */
async function answerMail(world: World, who: string, text: string, more: Partial<Letter> = {}): Promise<void> {
  const page = world.sent.findLast(({ channel, reason, person }) => channel === 'email' && reason !== 'chat-answer' && person === who)!;
  const from = world.set.get<{ email: string }>('Person', who)!.spec.email;
  await post(world, { from, to: page.replyTo ?? 'nobody@example.org', text, ...more }, page);
}

const steps: [RegExp, Step][] = [
  [/^(\S+) answers the mail: (.*)$/, (world, [, who, text]) => answerMail(world, who!, `${text!}\r\n\r\nOn Tuesday, nines wrote:\r\n> ack\r\n`)],
  [/^(\S+) answers the mail from (\S+): (.*)$/, (world, [, who, from, text]) => answerMail(world, who!, text!, { from: from! })],
  [/^(\S+) answers the mail without a word$/, (world, [, who]) => answerMail(world, who!, '> ack')],
  [/^(\S+) answers the mail to the alerts' address: (.*)$/, (world, [, who, text]) => answerMail(world, who!, text!, { to: ALERTS })],
  [/^(\S+) answers the mail at an address with another page's signature: (.*)$/, (world, [, who, text]) =>
    answerMail(world, who!, text!, { to: `answers+${'0'.repeat(20)}-${'a'.repeat(20)}@nines.example.org` })],
  [/^(\S+)'s mail server answers that they are away( to the alerts' address)?$/, (world, [, who, alerts]) =>
    answerMail(world, who!, 'ack\r\nI am out of office.', { headers: { 'Auto-Submitted': 'auto-replied' }, ...(alerts && { to: ALERTS }) })],
  [/^someone writes to the alerts' address$/, (world) => post(world, { from: 'nagios@example.org', to: ALERTS, text: 'It is hot.' }, undefined)],
  [/^that mail arrives twice$/, async (world) => {
    const page = world.sent.findLast(({ reason }) => reason === 'page')!;
    const letter = { ...postOf(world).last!, messageId: '<twice@example.org>' };
    await post(world, letter, page);
    await post(world, letter, page);
  }],
  [/^expect the mail is taken$/, (world) => expect(postOf(world).refused).toBeUndefined()],
  [/^expect the mail comes back: (.*)$/, (world, [, text]) => expect(postOf(world).refused).toContain(text)],
  [/^expect (\d+) alerts? from mail$/, (world, [, count]) => expect(postOf(world).alerts).toHaveLength(Number(count))],
  [/^expect an answer to (\S+) by email: (.*)$/, (world, [, person, text]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === 'chat-answer' && one.person === person);
    expect(found?.text).toContain(text);
    found!.expected = true;
  }],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'mail-scenarios'), {
  steps,
  documents: fs.readFileSync(path.join(import.meta.dirname, 'scenarios', 'team.yaml'), 'utf8'),
  migrations: [...incidentsMigrations, ...chatMigrations],
});
