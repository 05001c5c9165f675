/** Plays the time stories of scenarios/*.scenario: commands in chat over the real on-call, incidents and changes. */
import path from 'node:path';
import { expect } from 'vitest';
import { deskOf } from '../../test/harness/story/chat-desk.ts';
import { CHAT_STEPS, talkOf } from '../../test/harness/story/chat-steps.ts';
import { playStories } from '../../test/harness/story/play-stories.ts';
import type { Step } from '../../test/harness/story/steps.ts';
import type { World } from '../../test/harness/story/world.ts';
import { answerButtons } from '../delivery/answers/answer-buttons.ts';
import { incidentsMigrations } from '../incidents/index.ts';
import type { Problem } from '../platform/problem.ts';
import { silentLog } from '../platform/log.ts';
import type { ChatDesk } from './desk.ts';
import { chatMigrations } from './migrations.ts';
import { createHeard } from './ways/heard.ts';
import { signSlack } from './ways/slack/slack-signature.ts';
import { slackWay } from './ways/slack/slack-way.ts';
import { createLater } from './ways/way.ts';

interface SlackRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}
/** By Slack's way in: how many were heard, what the last was answered, and its bytes. */
interface BySlack {
  heard: number;
  status?: number;
  request?: SlackRequest;
}
const slacks = new WeakMap<World, BySlack>();
const slackOf = (world: World): BySlack => {
  const slack = slacks.get(world) ?? { heard: 0 };
  slacks.set(world, slack);
  return slack;
};

const SECRET = 'the signing secret';

/** A press of a page's button, as Slack sends it: its bytes and its signature. */
async function press(world: World, who: string, label: string): Promise<SlackRequest> {
  const { id } = await world.lastPage();
  const { command } = answerButtons({ about: `page/${id}`, reason: 'page' }).find((one) => one.label === label)!;
  const user = { id: world.set.get<{ chat?: { slack?: string } }>('Person', who)?.spec.chat?.slack ?? who, username: who };
  const at = String(world.clock.now());
  const payload = { type: 'block_actions', user, actions: [{ value: command, action_ts: at }], trigger_id: at, response_url: '' };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const stamp = String(Math.floor(world.clock.now() / 1000));
  return { body: Buffer.from(body), headers: { 'x-slack-request-timestamp': stamp, 'x-slack-signature': signSlack(stamp, body, SECRET) } };
}

/** What came in by Slack's way in: 200, or the status of the refusal. */
async function arrive(world: World, request: SlackRequest): Promise<void> {
  const talk = talkOf(world);
  const slack = slackOf(world);
  const desk = await deskOf(world, talk);
  const { later, idle } = createLater({ log: silentLog });
  const hear: ChatDesk['hear'] = async (speaker, said) => {
    slack.heard += 1;
    return (talk.last = await desk.hear(speaker, said));
  };
  const { sql } = world.process;
  const { clock } = world;
  const deps = {
    clock,
    log: silentLog,
    desk: { ...desk, hear },
    heard: createHeard({ sql, clock }),
    later,
    pageAt: world.process.delivery.pageAt,
  };
  const route = slackWay({ token: 'x', url: 'https://slack.com/api', signingSecret: SECRET }, deps);
  slack.request = request;
  try {
    await route.handler(request as never);
    slack.status = 200;
  } catch (error) {
    slack.status = (error as Problem).status;
  }
  await idle();
  await world.settle();
}

const steps: [RegExp, Step][] = [
  [/^(\S+) presses (Acknowledge|Snooze 30m|Not mine) below the page in slack$/, async (world, [, who, label]) => arrive(world, await press(world, who!, label!))],
  [/^that press arrives again$/, (world) => arrive(world, slackOf(world).request!)],
  [/^that press arrives again, its person changed to (\S+)$/, (world, [, id]) => {
    const { headers, body } = slackOf(world).request!;
    return arrive(world, { headers, body: Buffer.from(body.toString().replace('U0CLEO003', id!)) });
  }],
  [/^expect slack is answered (\d+)$/, (world, [, status]) => expect(slackOf(world).status).toBe(Number(status))],
  [/^expect (\d+) commands? (?:was|were) heard$/, (world, [, count]) => expect(slackOf(world).heard).toBe(Number(count))],
  [/^expect (\d+) triggered pages?$/, async (world, [, count]) => {
    const answer = await world.request('GET', '/nines/v1/pages', { query: { limit: 50, state: 'triggered' } as never });
    expect((answer as { pages: unknown[] }).pages).toHaveLength(Number(count));
  }],
  [/^expect (incident-\S+) to (\S+) by (\S+)$/, (world, [, reason, person, channel]) => {
    const found = world.sent.find((one) => !one.expected && one.reason === reason && one.person === person && one.channel === channel);
    expect(found, JSON.stringify(world.sent)).toBeDefined();
    found!.expected = true;
  }],
  ...CHAT_STEPS,
]; // prettier-ignore

playStories(path.join(import.meta.dirname, 'scenarios'), { steps, migrations: [...incidentsMigrations, ...chatMigrations] });
