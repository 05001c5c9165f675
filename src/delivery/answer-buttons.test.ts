import { expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { answerButtons } from './answer-buttons.ts';
import type { Channel } from './channel.ts';
import type { Message } from './delivery.ts';
import { createDiscordChannel } from './discord/discord-channel.ts';
import { startDiscordDouble } from './discord/discord-double.ts';
import { createMattermostChannel } from './mattermost/mattermost-channel.ts';
import { startMattermostDouble } from './mattermost/mattermost-double.ts';
import { createNtfyChannel } from './ntfy/ntfy-channel.ts';
import { startNtfyDouble } from './ntfy/ntfy-double.ts';
import type { ProviderDouble } from './provider-double.ts';
import { createSlackChannel } from './slack/slack-channel.ts';
import { startSlackDouble } from './slack/slack-double.ts';
import { createTelegramChannel } from './telegram/telegram-channel.ts';
import { startTelegramDouble } from './telegram/telegram-double.ts';

const ID = '01hx7a2b3c4d5e6f7g8h';
const LINK = 'https://nines.example.org/a/secret';
const ANSWERS = [`ack #${ID}`, `snooze #${ID} 30m`, `notmine #${ID}`, `escalate #${ID}`, `resolve #${ID}`];
const deps = { clock: systemClock };

const message = (channel: Message['channel'], address: string, reason = 'page'): Message => ({
  key: `page:${ID}:0:0:ana:${channel}:${reason}`,
  channel,
  address,
  subject: 'Restart the web servers',
  text: `It is down.\n\nAcknowledge: ${LINK}\n\nPage: https://nines.example.org/pages/${ID}`,
  priority: 0,
  action: { label: 'Acknowledge', url: LINK },
  about: `page/${ID}`,
  reason,
});

interface Case {
  start(): Promise<ProviderDouble>;
  channel(url: string): Channel;
  answers: string[];
}
const buttons = { url: 'https://nines.example.org/nines/v1/chat/mattermost', token: 't' };
const cases: Record<'slack' | 'telegram' | 'mattermost' | 'ntfy' | 'discord', Case> = {
  slack: { start: () => startSlackDouble('bot'), channel: (url) => createSlackChannel({ url: `${url}/api`, token: 'xoxb-right', signingSecret: 's' }, deps), answers: ANSWERS },
  telegram: { start: startTelegramDouble, channel: (url) => createTelegramChannel({ url, token: '123456:right', poll: true }, deps), answers: ANSWERS },
  mattermost: { start: startMattermostDouble, channel: () => createMattermostChannel(deps, buttons), answers: ANSWERS },
  ntfy: { start: startNtfyDouble, channel: (server) => createNtfyChannel({ server, token: 'tk_right' }, deps), answers: [`POST ${LINK}`, `POST ${LINK} snooze=30m`, `POST ${LINK} answer=not-mine`] },
  discord: { start: () => startDiscordDouble('bot'), channel: (url) => createDiscordChannel({ url: `${url}/api/v10`, token: 'right' }, deps), answers: ANSWERS },
}; // prettier-ignore

test.each(Object.keys(cases) as (keyof typeof cases)[])(
  'a page by %s is answered by its buttons, and the news of it have none',
  async (name) => {
    const { start, channel, answers } = cases[name];
    await using double = await start();
    const send = (reason: string) => channel(double.url).send(message(name, double.address, reason), new AbortController().signal);
    expect(await send('page')).toMatchObject({ kind: 'accepted' });
    expect(await send('resolved')).toMatchObject({ kind: 'accepted' });
    expect(double.refused).toEqual([]);
    expect(double.shown.map((one) => one.answers)).toEqual([answers, []]);
    // Who is not known in the chat still has the link.
    expect(name === 'mattermost' || double.shown[0]!.links.includes(LINK)).toBe(true);
  },
);

test('only calls of pages have buttons', () => {
  expect(answerButtons({ about: 'incident/1', reason: 'page' })).toEqual([]);
  expect(answerButtons({ about: null, reason: 'page' })).toEqual([]);
  expect(answerButtons({ about: `page/${ID}`, reason: 'ticket' }).map(({ command }) => command)).toEqual(ANSWERS);
});
