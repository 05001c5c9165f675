/** Plays the time stories of scenarios/*.scenario: commands in chat over the real on-call, incidents and changes. */
import path from 'node:path';
import { sql as template } from 'kysely';
import { expect } from 'vitest';
import { playStories } from '../../test/harness/story/play-stories.ts';
import type { Step } from '../../test/harness/story/steps.ts';
import type { World } from '../../test/harness/story/world.ts';
import { permits } from '../access/permits.ts';
import type { ChatName } from '../catalog/index.ts';
import { createIncidents, incidentsMigrations } from '../incidents/index.ts';
import { createCallRoute } from '../platform/http/index.ts';
import { silentLog } from '../platform/log.ts';
import { createReleases } from '../releases/index.ts';
import type { ChatAnswer } from './answer.ts';
import { createChatDesk } from './desk.ts';

interface Talk {
  strangers: 'none' | 'viewer';
  last?: ChatAnswer;
}
const talks = new WeakMap<World, Talk>();
const talkOf = (world: World): Talk => {
  const talk = talks.get(world) ?? { strangers: 'none' };
  talks.set(world, talk);
  return talk;
};

async function say(world: World, who: string, chat: ChatName, text: string, about: string | null): Promise<void> {
  const { process, clock } = world;
  const { sql } = process;
  const catalog = { current: () => world.set, onChange: () => undefined };
  const common = { sql, clock, catalog, ledger: process.ledger };
  const incidents = createIncidents({ ...common, jobs: process.jobs, delivery: process.delivery, settings: { url: 'https://n' }, emailOfAccount: () => Promise.resolve(null) }); // prettier-ignore
  const routes = [...process.oncall.routes, ...createReleases(common).routes, ...incidents.routes];
  // The stories begin with empty tables, and this one has a row from its migration.
  await template`insert into incident_counter (number) values (0) on conflict do nothing`.execute(sql.db());
  const talk = talkOf(world);
  const desk = createChatDesk({
    ...common,
    log: silentLog,
    call: createCallRoute(() => routes, permits),
    roleByEmail: () => Promise.resolve(null),
    rules: { people: 'responder', strangers: talk.strangers },
    url: 'https://n',
  });
  const id = world.set.get<{ chat?: Record<string, string> }>('Person', who)?.spec.chat?.[chat] ?? who;
  talk.last = await desk.hear({ chat, id, name: who }, { text, about });
  await world.settle();
}

const steps: [RegExp, Step][] = [
  [/^(\S+) says in (\S+): (.*)$/, (world, [, who, chat, text]) => say(world, who!, chat as ChatName, text!, null)],
  [/^(\S+) presses (\S+) in (\S+)$/, async (world, [, who, text, chat]) => say(world, who!, chat as ChatName, text!, (await world.lastPage()).id)],
  [/^expect the answer says (.*)$/, (world, [, text]) => expect(talkOf(world).last?.text).toContain(text)],
  [/^expect only the speaker sees: (.*)$/, (world, [, text]) => {
    expect(talkOf(world).last?.text).toContain(text);
    expect(talkOf(world).last?.quiet).toBe(true);
  }],
  [/^strangers may read$/, (world) => void (talkOf(world).strangers = 'viewer')],
  [/^expect (\d+) triggered pages?$/, async (world, [, count]) => {
    const answer = await world.request('GET', '/nines/v1/pages', { query: { limit: 50, state: 'triggered' } as never });
    expect((answer as { pages: unknown[] }).pages).toHaveLength(Number(count));
  }],
  [/^expect (incident-\S+) to (\S+) by (\S+)$/, (world, [, reason, person, channel]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel);
    expect(found, JSON.stringify(world.sent)).toBeDefined();
    found!.expected = true;
  }],
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { steps, migrations: incidentsMigrations });
