import { expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { Channel, Outcome } from './channel.ts';
import type { Message } from './delivery.ts';
import { createEmailChannel, type SmtpSettings } from './email/email-channel.ts';
import { httpPeer, smtpPeer, tcpPeer } from './test-peers.ts';
import { createWebhookChannel } from './webhook/webhook-channel.ts';

const FAST = { connectMs: 1_500, greetingMs: 1_500, commandMs: 1_500, overallMs: 2_000 };
const clock = systemClock;

const smtp = (port: number, more: Partial<SmtpSettings> = {}): Channel =>
  createEmailChannel({ host: '127.0.0.1', port, from: 'nines <nines@example.org>', ...more }, { clock, timeouts: FAST });
const webhook = (): Channel => createWebhookChannel({ secret: 's3cret' }, { clock, timeoutMs: 1_500 });

const message = (channel: Message['channel'], address: string): Message => ({
  key: `page:01h:0:0:ana:${channel}`,
  channel,
  address,
  subject: 'Restart the cache',
  text: 'Errors at 4.2 %.',
  priority: 0,
  reason: 'page',
  about: 'page/01h',
});

/** One peer of each channel that behaves in the same way: what every channel must make of it. */
interface Setting extends AsyncDisposable {
  readonly channel: Channel;
  readonly address: string;
  readonly keys: () => unknown[];
}
type Peer = () => Promise<Setting>;

const email =
  (start: () => Promise<{ port: number; received?: { mail: { headers: { key: string; value: string }[] } }[] } & AsyncDisposable>): Peer =>
  async () => {
    const peer = await start();
    const keys = () => (peer.received ?? []).map(({ mail }) => mail.headers.find(({ key }) => key === 'x-nines-key')?.value);
    return { channel: smtp(peer.port), address: 'ana@example.org', keys, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
  };
const hook =
  (answer?: Parameters<typeof httpPeer>[0]): Peer =>
  async () => {
    const peer = await httpPeer(answer);
    const keys = () => peer.received.map(({ headers }) => headers['idempotency-key']);
    return { channel: webhook(), address: peer.url, keys, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
  };
const hookOn =
  (start: () => Promise<{ port: number } & AsyncDisposable>): Peer =>
  async () => {
    const peer = await start();
    const address = `http://127.0.0.1:${peer.port}/`;
    return { channel: webhook(), address, keys: () => [], [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
  };
const gone = async (): Promise<{ port: number } & AsyncDisposable> => {
  const peer = await tcpPeer(() => undefined);
  await peer[Symbol.asyncDispose]();
  return { port: peer.port, [Symbol.asyncDispose]: () => Promise.resolve() };
};
const silent = () => tcpPeer(() => undefined);
const hangingUp = () => tcpPeer((socket) => socket.end());
const garbage = () => tcpPeer((socket) => socket.write('\u0000\u0001 what?\r\n\r\n'));
const trickle = () =>
  tcpPeer((socket) => {
    const timer = setInterval(() => socket.write('2'), 50);
    socket.on('close', () => clearInterval(timer));
  });
const smtpError = (code: number): Error => Object.assign(new Error('no'), { responseCode: code });

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: Parameters<NonNullable<Parameters<typeof httpPeer>[0]>>[0]): void =>
    void response.writeHead(code, headers).end('no');

const cases: [string, Peer, Partial<Outcome>][] = [
  ['e-mail: a server that takes it', email(smtpPeer), { kind: 'accepted' }],
  ['webhook: a server that takes it', hook(), { kind: 'accepted', answer: '200 OK: thanks' }],
  ['e-mail: no server', email(gone), { kind: 'failed', channelDown: true }],
  ['webhook: no server', hookOn(gone), { kind: 'failed', channelDown: true }],
  ['e-mail: a server that never greets', email(silent), { kind: 'failed', channelDown: true }],
  ['webhook: a server that never answers', hookOn(silent), { kind: 'failed', error: 'no answer within 1.5 s' }],
  ['e-mail: a server that trickles', email(trickle), { kind: 'failed', channelDown: true }],
  ['webhook: a server that trickles', hookOn(trickle), { kind: 'failed', channelDown: true }],
  ['e-mail: a server that hangs up', email(hangingUp), { kind: 'failed', channelDown: true }],
  ['webhook: a server that hangs up', hookOn(hangingUp), { kind: 'failed', channelDown: true }],
  ['e-mail: garbage', email(garbage), { kind: 'failed', channelDown: true }],
  ['webhook: garbage', hookOn(garbage), { kind: 'failed', channelDown: true }],
  ['e-mail: hangs after the message', email(() => smtpPeer({ onData: (stream) => void stream.resume() })), { kind: 'failed', channelDown: true }],
  ['webhook: hangs in its answer, but has taken it', hook((response) => void response.write('th')), { kind: 'accepted' }],
  ['e-mail: no such mailbox', email(() => smtpPeer({ onRcptTo: (_, __, done) => done(smtpError(550)) })), { kind: 'refused' }],
  ['webhook: no such address', hook(status(404)), { kind: 'refused', error: '404 Not Found: no' }],
  ['e-mail: come back later', email(() => smtpPeer({ onRcptTo: (_, __, done) => done(smtpError(451)) })), { kind: 'failed', channelDown: false }],
  ['webhook: come back later', hook(status(429, { 'retry-after': '7' })), { kind: 'failed', retryAfterMs: 7_000 }],
  ['webhook: asked to wait', hook(status(408)), { kind: 'failed' }],
  ['webhook: a defect of the receiver', hook(status(503)), { kind: 'failed', channelDown: true }],
  ['webhook: a redirect', hook(status(307, { location: 'http://127.0.0.1:1/' })), { kind: 'refused' }],
  ['e-mail: the sender is not allowed', email(() => smtpPeer({ onMailFrom: (_, __, done) => done(smtpError(553)) })), { kind: 'failed', channelDown: true }],
]; // prettier-ignore

test.concurrent.each(cases)('%s', async (_, start, expected) => {
  await using peer = await start();
  const name = peer.channel.name;
  const began = performance.now();
  const outcome = await peer.channel.send(message(name, peer.address), new AbortController().signal);
  expect(outcome).toMatchObject(expected);
  expect(performance.now() - began).toBeLessThan(10_000);
  if (expected.kind === 'accepted') expect(peer.keys()).toEqual([`page:01h:0:0:ana:${name}`]);
});

test.each<[Channel, Message['channel'], string]>([
  [smtp(1), 'email', 'ana@example.org, eve@example.org'],
  [smtp(1), 'email', 'ana@example.org\r\nRCPT TO:<eve@example.org>'],
  [smtp(1), 'email', '<ana@example.org>'],
  [webhook(), 'webhook', 'file:///etc/passwd'],
  [webhook(), 'webhook', 'https://user:password@example.org/'],
  [webhook(), 'webhook', 'nowhere'],
])('%o refuses the address %s %j without asking anyone', async (channel, name, address) => {
  expect(await channel.send(message(name, address), new AbortController().signal)).toMatchObject({ kind: 'refused' });
});

test('TLS where it is required is not done without', async () => {
  await using peer = await smtpPeer({ disabledCommands: ['STARTTLS'] });
  const outcome = await smtp(peer.port, { requireTls: true }).send(message('email', 'ana@example.org'), new AbortController().signal);
  expect(outcome).toMatchObject({ kind: 'failed', channelDown: true });
  expect(peer.received).toEqual([]);
});

test('a wrong password is told, and waits to be mended', async () => {
  await using peer = await smtpPeer({ authOptional: false, onAuth: (_, __, done) => done(null, {}), allowInsecureAuth: true });
  const outcome = await smtp(peer.port, { user: 'u', password: 'p' }).send(
    message('email', 'ana@example.org'),
    new AbortController().signal,
  );
  expect(outcome).toMatchObject({ kind: 'failed', channelDown: true, error: expect.stringContaining('535') as string });
});
