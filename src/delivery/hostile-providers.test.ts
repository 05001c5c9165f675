/** Whatever a provider does, every channel is done with it soon, says what happened, and none waits for another. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createECDH, randomBytes } from 'node:crypto';
import type net from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../test/harness/test-sql.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Channel, Outcome } from './channel.ts';
import { createCommandChannel } from './command/command-channel.ts';
import type { Message } from './delivery.ts';
import { createDiscordChannel } from './discord/discord-channel.ts';
import { createEmailChannel } from './email/email-channel.ts';
import { createIrcChannel } from './irc/irc-channel.ts';
import { createMatrixChannel } from './matrix/matrix-channel.ts';
import { createMattermostChannel } from './mattermost/mattermost-channel.ts';
import { ledgerMigrations } from '../ledger/index.ts';
import { jobsMigrations } from '../platform/jobs/index.ts';
import { deliveryMigrations } from './migrations.ts';
import { createNtfyChannel } from './ntfy/ntfy-channel.ts';
import { createOpsgenieChannel } from './opsgenie/opsgenie-channel.ts';
import { createPagerDutyChannel } from './pagerduty/pagerduty-channel.ts';
import { createPushChannel } from './push/push-channel.ts';
import { addSubscription } from './push/push-store.ts';
import { createPushoverChannel } from './pushover/pushover-channel.ts';
import { createSlackChannel } from './slack/slack-channel.ts';
import { createTeamsChannel } from './teams/teams-channel.ts';
import { createTelegramChannel } from './telegram/telegram-channel.ts';
import { tcpPeer } from './test-peers.ts';
import { createSmsChannel, createVoiceChannel } from './twilio/twilio-channel.ts';
import { createVictorOpsChannel } from './victorops/victorops-channel.ts';
import { createWebexChannel } from './webex/webex-channel.ts';
import { createWebhookChannel } from './webhook/webhook-channel.ts';

const TIMEOUT_MS = 1_000;
const clock = systemClock;
const account = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'right', from: '+15005550006' };

let database: TestSql;
let folder: string;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations]);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-hostile-'));
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  fs.rmSync(folder, { recursive: true });
});

interface Ways {
  /** The channel, and the address that its messages go to, of a provider at a port of this machine. */
  readonly at: (port: number, deps: { readonly clock: Clock; readonly timeoutMs: number }) => readonly [Channel, string];
  /** It takes any 2xx for a yes, whatever is in it: nothing tells its providers apart. */
  readonly anything?: true;
}
const hook = (port: number): string => `http://127.0.0.1:${port}/hook`;
const api = (port: number): string => `http://127.0.0.1:${port}`;

/** All of them: what is added to create-channels.ts is added here. */
const channels: Record<string, Ways> = {
  email: { at: (port) => [createEmailChannel({ host: '127.0.0.1', port, from: 'nines@example.org' }, { clock, timeouts: { connectMs: TIMEOUT_MS, greetingMs: TIMEOUT_MS, commandMs: TIMEOUT_MS, overallMs: TIMEOUT_MS } }), 'ana@example.org'] },
  webhook: { at: (port, deps) => [createWebhookChannel({ secret: 's' }, deps), hook(port)], anything: true },
  ntfy: { at: (port, deps) => [createNtfyChannel({ server: api(port) }, deps), 'topic'] },
  'slack as a bot': { at: (port, deps) => [createSlackChannel({ token: 'x', url: api(port) }, deps), '#ops'] },
  'slack by a webhook': { at: (port, deps) => [createSlackChannel(undefined, deps), hook(port)], anything: true },
  mattermost: { at: (port, deps) => [createMattermostChannel(deps), hook(port)], anything: true },
  teams: { at: (port, deps) => [createTeamsChannel(deps), hook(port)], anything: true },
  'discord as a bot': { at: (port, deps) => [createDiscordChannel({ token: 'x', url: api(port) }, deps), '223704706495545344'] },
  'discord by a webhook': { at: (port, deps) => [createDiscordChannel(undefined, deps), hook(port)] },
  telegram: { at: (port, deps) => [createTelegramChannel({ token: '1:x', url: api(port) }, deps), '5'] },
  matrix: { at: (port, deps) => [createMatrixChannel({ homeserver: api(port), token: 'x' }, deps), '!r:example.org'] },
  irc: { at: (port) => [createIrcChannel({ host: '127.0.0.1', port, tls: false, nick: 'nines' }, { timeoutMs: TIMEOUT_MS }), '#ops'] },
  pagerduty: { at: (port, deps) => [createPagerDutyChannel({ url: api(port) }, deps), 'R'.repeat(32)] },
  opsgenie: { at: (port, deps) => [createOpsgenieChannel({ key: 'x', url: api(port) }, deps), 'team:x'] },
  victorops: { at: (port, deps) => [createVictorOpsChannel({ key: 'x', url: api(port) }, deps), 'team'] },
  pushover: { at: (port, deps) => [createPushoverChannel({ token: 'a'.repeat(30), url: api(port) }, deps), 'u'.repeat(30)] },
  webex: { at: (port, deps) => [createWebexChannel({ token: 'x', url: api(port) }, deps), 'room'] },
  sms: { at: (port, deps) => [createSmsChannel({ ...account, url: api(port) }, deps), '+4930123456'] },
  voice: { at: (port, deps) => [createVoiceChannel({ ...account, url: api(port) }, deps), '+4930123456'] },
  push: { at: (port, deps) => [createPushChannel({ services: [api(port)] }, { ...deps, sql: database.sql, url: 'https://nines.example.org' }), `device ${port}`], anything: true },
}; // prettier-ignore

/** What a push service knows of a browser. */
async function subscribe(port: number): Promise<void> {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const keys = { p256dh: ecdh.getPublicKey().toString('base64url'), auth: randomBytes(16).toString('base64url') };
  await database.sql.transaction((tx) =>
    addSubscription(tx, { person: 'ana', endpoint: `${api(port)}/w`, label: `device ${port}`, ...keys }, 0),
  );
}

type Misdeed = (socket: net.Socket) => void;
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
/** Once the request is there as a whole: an answer that comes before its end is another misdeed. */
const say =
  (text: string): Misdeed =>
  (socket) =>
    void socket.once('data', () => void setTimeout(() => socket.end(text), 150));
const everyMs = (socket: net.Socket, ms: number, run: () => void): void => {
  const timer = setInterval(run, ms);
  socket.on('close', () => clearInterval(timer));
};
/** What was sent to each, where it sends without end. */
let flooded = 0;

const misdeeds: Record<string, { do: Misdeed; is: 'failed' | 'nonsense'; retryAfterMs?: number }> = {
  'never answers': { do: () => undefined, is: 'failed' },
  'hangs up': { do: (socket) => socket.end(), is: 'failed' },
  'hangs up in the middle of its answer': { do: (socket) => socket.once('data', () => socket.write('HTTP/1.1 2', () => socket.destroy())), is: 'failed' },
  'sends garbage': { do: (socket) => socket.write('\u0000\u0001 what?\r\n\r\n'), is: 'failed' },
  'sends headers without end': { do: (socket) => everyMs(socket, 50, () => socket.write('HTTP/1.1 200 OK\r\nx: y\r\n')), is: 'failed' },
  'sends one byte at a time': { do: (socket) => { let at = 0; everyMs(socket, 50, () => socket.write(`${HEAD}x: `[at++] ?? 'y')); }, is: 'failed' },
  'sends a header of a megabyte': { do: (socket) => socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`)), is: 'failed' },
  'has a defect': { do: say('HTTP/1.1 500 Internal Server Error\r\ncontent-length: 18\r\n\r\n<html>nginx</html>'), is: 'failed' },
  'asks for patience': { do: say('HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 4\r\n\r\nslow'), is: 'failed', retryAfterMs: 7_000 },
  'asks for patience until a year that is no year': { do: say('HTTP/1.1 503 Service Unavailable\r\nretry-after: 99999999999999\r\ncontent-length: 0\r\n\r\n'), is: 'failed' },
  'answers 200 with JSON that breaks off': { do: say(`${HEAD}content-length: 6\r\n\r\n{"ok":`), is: 'nonsense' },
  'answers 200 with other JSON': { do: say(`${HEAD}content-length: 13\r\n\r\n[[[null,{}]]]`), is: 'nonsense' },
  'answers 200 and a body without end': {
    do: (socket) => socket.once('data', () => {
      socket.write(`${HEAD}\r\n`);
      const more = (): void => { for (;;) { flooded += 65_536; if (!socket.write('x'.repeat(65_536)) || socket.destroyed) break; } };
      socket.on('drain', more);
      more();
    }),
    is: 'nonsense',
  },
}; // prettier-ignore

const message = (channel: Channel, address: string): Message => ({
  key: `page:01h:0:0:ana:${channel.name}`, channel: channel.name, address, subject: 'Restart the cache', text: 'Errors.', priority: 0, reason: 'page', person: 'ana', about: 'page/01h',
}); // prettier-ignore

test.concurrent.each(Object.entries(misdeeds))('a provider that %s, of every channel at once', async (_, misdeed) => {
  await using peer = await tcpPeer(misdeed.do);
  await subscribe(peer.port);
  const began = performance.now();
  const outcomes: Record<string, string> = {};
  const retries: (number | undefined)[] = [];
  await Promise.all(
    Object.entries(channels).map(async ([name, { at }]) => {
      // One that answers is given time: the machine may be busy.
      const answers = misdeed.is === 'nonsense' || misdeed.retryAfterMs !== undefined;
      const [channel, address] = at(peer.port, { clock, timeoutMs: answers ? 10 * TIMEOUT_MS : TIMEOUT_MS });
      const outcome: Outcome = await channel.send(message(channel, address), new AbortController().signal);
      outcomes[name] = outcome.kind === 'failed' && !outcome.channelDown ? 'failed, but not the provider' : outcome.kind;
      if (outcome.kind === 'failed' && !['email', 'irc'].includes(name)) retries.push(outcome.retryAfterMs);
    }),
  );
  const expected = Object.entries(channels).map(([name, { anything }]) => [name, misdeed.is === 'nonsense' && anything ? 'accepted' : 'failed']); // prettier-ignore
  expect(outcomes).toEqual(Object.fromEntries(expected));
  if (misdeed.retryAfterMs !== undefined) expect(new Set(retries)).toEqual(new Set([misdeed.retryAfterMs]));
  expect(performance.now() - began, 'all of them').toBeLessThan(12 * TIMEOUT_MS);
});

test('bodies without end were not read to theirs', () => {
  // What the system keeps of each connection, for twenty of them.
  expect(flooded).toBeLessThan(256 * 1024 * 1024);
});

test.concurrent.each([
  ['hangs', 'sleep 30', { kind: 'failed' }],
  ['fails', 'echo no >&2; exit 3', { kind: 'failed' }],
  ['writes without end', 'yes nonsense', { kind: 'failed' }],
])('a command that %s', async (_, script, expected) => {
  const channel = createCommandChannel({ siren: ['/bin/sh', '-c', script] }, { timeoutMs: TIMEOUT_MS });
  const began = performance.now();
  expect(await channel.send(message(channel, 'siren'), new AbortController().signal)).toMatchObject(expected);
  expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 8_000);
});
