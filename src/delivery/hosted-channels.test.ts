import { expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { HttpDeps } from './ask-provider.ts';
import type { Channel } from './channel.ts';
import type { Message } from './delivery.ts';
import { createDiscordChannel } from './discord/discord-channel.ts';
import { startDiscordDouble } from './discord/discord-double.ts';
import { createMatrixChannel } from './matrix/matrix-channel.ts';
import { startMatrixDouble } from './matrix/matrix-double.ts';
import { createMattermostChannel } from './mattermost/mattermost-channel.ts';
import { startMattermostDouble } from './mattermost/mattermost-double.ts';
import { createNtfyChannel } from './ntfy/ntfy-channel.ts';
import { startNtfyDouble } from './ntfy/ntfy-double.ts';
import { createOpsgenieChannel } from './opsgenie/opsgenie-channel.ts';
import { startOpsgenieDouble } from './opsgenie/opsgenie-double.ts';
import { createPagerDutyChannel } from './pagerduty/pagerduty-channel.ts';
import { startPagerDutyDouble } from './pagerduty/pagerduty-double.ts';
import type { ProviderDouble } from './provider-double.ts';
import { createPushoverChannel } from './pushover/pushover-channel.ts';
import { startPushoverDouble } from './pushover/pushover-double.ts';
import { createSlackChannel } from './slack/slack-channel.ts';
import { startSlackDouble } from './slack/slack-double.ts';
import { createTeamsChannel } from './teams/teams-channel.ts';
import { startTeamsDouble } from './teams/teams-double.ts';
import { createTelegramChannel } from './telegram/telegram-channel.ts';
import { startTelegramDouble } from './telegram/telegram-double.ts';
import { createVictorOpsChannel } from './victorops/victorops-channel.ts';
import { startVictorOpsDouble } from './victorops/victorops-double.ts';
import { createWebexChannel } from './webex/webex-channel.ts';
import { startWebexDouble } from './webex/webex-double.ts';
import { httpPeer } from './test-peers.ts';

const deps: HttpDeps = { clock: systemClock };

interface Hosted {
  readonly start: () => Promise<ProviderDouble>;
  /** The channel, pointed at `url`; with a token that is right, or wrong. */
  readonly channel: (url: string, token: 'right' | 'wrong') => Channel;
  /** Where the address is the server's: of one at `url`. */
  readonly addressAt?: (url: string) => string;
  /** Without a token there is no wrong one. */
  readonly tokenless?: true;
  /** Milliseconds that it asks for, in its own form. */
  readonly asks?: number;
}

const hosted: Record<string, Hosted> = {
  ntfy: { start: startNtfyDouble, channel: (server, token) => createNtfyChannel({ server, token: `tk_${token}` }, deps) },
  'Slack as a bot': { start: () => startSlackDouble('bot'), channel: (url, token) => createSlackChannel({ url: `${url}/api`, token: `xoxb-${token}` }, deps), asks: 30_000 },
  'Slack by a webhook': { start: () => startSlackDouble('hook'), channel: () => createSlackChannel(undefined, deps), addressAt: (url) => url, tokenless: true, asks: 30_000 },
  Mattermost: { start: startMattermostDouble, channel: () => createMattermostChannel(deps), addressAt: (url) => url, tokenless: true, asks: 1_000 },
  Teams: { start: startTeamsDouble, channel: () => createTeamsChannel(deps), addressAt: (url) => url, tokenless: true, asks: 12_000 },
  'Discord by a webhook': { start: () => startDiscordDouble('hook'), channel: () => createDiscordChannel(undefined, deps), addressAt: (url) => url, tokenless: true, asks: 64_570 },
  'Discord as a bot': { start: () => startDiscordDouble('bot'), channel: (url, token) => createDiscordChannel({ url: `${url}/api/v10`, token }, deps), asks: 64_570 },
  Telegram: { start: startTelegramDouble, channel: (url, token) => createTelegramChannel({ url, token: `123456:${token}` }, deps), asks: 5_000 },
  Matrix: { start: startMatrixDouble, channel: (homeserver, token) => createMatrixChannel({ homeserver, token: `syt_${token}` }, deps), asks: 2_000 },
  PagerDuty: { start: startPagerDutyDouble, channel: (url) => createPagerDutyChannel({ url }, deps), tokenless: true, asks: 9_000 },
  Opsgenie: { start: startOpsgenieDouble, channel: (url, key) => createOpsgenieChannel({ url, key }, deps), asks: 4_000 },
  Pushover: { start: startPushoverDouble, channel: (url, token) => createPushoverChannel({ url, token: (token === 'right' ? 'a' : 'b').repeat(30) }, deps), asks: 11_000 },
  VictorOps: { start: startVictorOpsDouble, channel: (url, key) => createVictorOpsChannel({ url, key }, deps), asks: 6_000 },
  Webex: { start: startWebexDouble, channel: (url, token) => createWebexChannel({ url, token }, deps), asks: 8_000 },
}; // prettier-ignore
const table = Object.entries(hosted);

const LINK = 'https://nines.example.org/a/secret_-~x';
const message = (channel: Channel, address: string, more: Partial<Message> = {}): Message => ({
  key: 'page:01h:0:0:ana:x',
  channel: channel.name,
  address,
  subject: 'Restart the cache',
  text: `Errors at 4.2 %.\n\nGraph: https://nines.example.org/graph?a=b&c=(d)\n\nAcknowledge: ${LINK}\n\nPage: https://nines.example.org/pages/01h`,
  priority: 0,
  reason: 'page',
  about: 'page/01h',
  action: { label: 'Acknowledge', url: LINK },
  ...more,
});
const send = (channel: Channel, address: string, more: Partial<Message> = {}) =>
  channel.send(message(channel, address, more), new AbortController().signal);

test.each(table)('%s: a page arrives with its links', async (_, { start, channel }) => {
  await using double = await start();
  const outcome = await send(channel(double.url, 'right'), double.address);
  expect(outcome, double.refused.join()).toMatchObject({ kind: 'accepted' });
  expect(double.shown).toMatchObject([{ text: expect.stringMatching(/Restart the cache[^]*Errors at 4\.2 %\./) as string }]);
  expect(double.shown[0]?.links).toEqual(expect.arrayContaining([LINK, 'https://nines.example.org/pages/01h']));
});

const HOSTILE = '*bold* _under_ `code` ~no~ <!channel> <@U1> @everyone @channel [a](https://evil) <b>x</b> & &amp; \\ | # > \u0000\u0007';

test.each(table)('%s: what an alert says is text, whatever it holds', async (_, { start, channel }) => {
  await using double = await start();
  const outcome = await send(channel(double.url, 'right'), double.address, { subject: HOSTILE, text: `${HOSTILE}\n- ${HOSTILE}` });
  expect(outcome, double.refused.join()).toMatchObject({ kind: 'accepted' });
  const said = '*bold* _under_ `code` ~no~ <!channel> <@U1> @everyone @channel [a](https://evil) <b>x</b> & &amp; \\ | # >';
  expect(double.shown[0]?.text).toContain(`- ${said}`);
});

const LONG: [string, string][] = [
  ['of letters', 'word '.repeat(13_000)],
  ['of what must be escaped', '&<>*_\\"\n'.repeat(8_000)],
  ['of emoji', '🔥'.repeat(16_000)],
  ['of one word', 'x'.repeat(64_000)],
  ['of lines', 'line\n\n'.repeat(10_000)],
  ['half a pair', `${'🔥'.repeat(2_000)}\ud83d`.repeat(4)],
];

test.each(table.flatMap(([name, one]) => LONG.map(([what, text]) => [name, what, text, one] as const)))(
  '%s: a long text %s is cut, and the links are kept',
  async (_, __, text, { start, channel }) => {
    await using double = await start();
    const more = { subject: text.slice(0, 500), text: `${text}\n\nAcknowledge: ${LINK}\n\nPage: https://nines.example.org/pages/01h` };
    const outcome = await send(channel(double.url, 'right'), double.address, more);
    expect(outcome, double.refused.join().slice(0, 500)).toMatchObject({ kind: 'accepted' });
    expect(double.shown[0]?.links).toContain(LINK);
    expect(double.shown[0]?.text.isWellFormed()).toBe(true);
  },
);

test.each(table)('%s: an address that it does not know is refused', async (_, { start, channel }) => {
  await using double = await start();
  expect(await send(channel(double.url, 'right'), double.stranger)).toMatchObject({ kind: 'refused' });
  expect(double.shown).toEqual([]);
});

test.each(table.filter(([, { tokenless }]) => !tokenless))(
  '%s: a wrong token is told, and waits to be mended',
  async (_, { start, channel }) => {
    await using double = await start();
    expect(await send(channel(double.url, 'wrong'), double.address)).toMatchObject({ kind: 'failed', channelDown: true });
    expect(double.shown).toEqual([]);
  },
);

test.each(table)('%s: asked for patience, or broken, it is tried again', async (_, { start, channel, asks }) => {
  await using double = await start();
  double.next = 'too many';
  expect(await send(channel(double.url, 'right'), double.address)).toMatchObject({ kind: 'failed', ...(asks && { retryAfterMs: asks }) });
  double.next = 'broken';
  expect(await send(channel(double.url, 'right'), double.address)).toMatchObject({ kind: 'failed', channelDown: true });
});

const ADDRESSES: Record<string, string> = {
  Telegram: '5',
  Matrix: '!r:example.org',
  PagerDuty: 'R'.repeat(32),
  Opsgenie: 'team:x',
  Pushover: 'u'.repeat(30),
  VictorOps: 'payments',
  Webex: 'Y2lzY29zcGFyazovL3VzL1JPT00',
  ntfy: 't',
  'Slack as a bot': '#ops',
  'Discord as a bot': '223704706495545344',
};

test.each(table)('%s: a web page that says 200 is not taken for success', async (name, { channel, addressAt }) => {
  await using peer = await httpPeer(
    (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>a captive portal</html>'),
  );
  const outcome = await send(channel(peer.url, 'right'), addressAt?.(peer.url) ?? ADDRESSES[name] ?? '');
  expect(outcome).toMatchObject({ kind: 'failed', channelDown: true });
});

test.each(table.filter(([name]) => ['Matrix', 'ntfy', 'PagerDuty', 'Opsgenie', 'VictorOps', 'Discord as a bot'].includes(name)))(
  '%s: a second copy is known as one',
  async (_, { start, channel }) => {
    await using double = await start();
    const way = channel(double.url, 'right');
    await send(way, double.address);
    await send(way, double.address);
    expect(new Set(double.shown.map(({ key }) => key)).size).toBe(1);
  },
);

test.each(table.filter(([name]) => ['PagerDuty', 'Opsgenie', 'VictorOps'].includes(name)))(
  '%s: the end of a page ends it there, too',
  async (_, { start, channel }) => {
    await using double = await start();
    const way = channel(double.url, 'right');
    await send(way, double.address);
    expect(await send(way, double.address, { key: 'page:01h:0:resolved:ana:x', reason: 'resolved' })).toMatchObject({ kind: 'accepted' });
    expect(double.shown.map(({ key, text }) => `${key} ${text.split('\n')[0]}`)).toEqual([
      'nines/page/01h Restart the cache',
      expect.stringMatching(/nines\/page\/01h (resolve|closed)/) as string,
    ]);
  },
);

test('Telegram: a link to a host without a dot goes in the text, for a button would be refused', async () => {
  await using double = await startTelegramDouble();
  const action = { label: 'Acknowledge', url: 'http://localhost:9900/a/x' };
  const channel = createTelegramChannel({ url: double.url, token: '123456:right' }, deps);
  expect(await send(channel, double.address, { action, text: 'It is down.' })).toMatchObject({ kind: 'accepted' });
  expect(double.shown[0]?.text).toContain('Acknowledge: http://localhost:9900/a/x');
});

test('without its settings a channel says what to set', async () => {
  const unset = [createNtfyChannel, createSlackChannel, createTelegramChannel, createMatrixChannel, createOpsgenieChannel].map((create) =>
    create(undefined, deps),
  );
  for (const channel of unset) {
    expect(await send(channel, '#x')).toMatchObject({
      kind: 'unconfigured',
      error: expect.stringMatching(/Set \w+.* in nines\.yaml/) as string,
    });
  }
});
