import type net from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasIrcServer, startIrcNetwork } from '../../../../test/harness/channels/irc-network.ts';
import type { Message } from '../../messages/message.ts';
import { tcpPeer } from '../test-peers.ts';
import { createIrcChannel, ircLines } from './irc-channel.ts';
import { connectIrc, parseIrcLine } from './irc-connection.ts';
import { logIn } from './irc-login.ts';

const FAST = { timeoutMs: 8_000, flood: { burst: 4, pauseMs: 20 } };
const message = (address: string, more: Partial<Message> = {}): Message => ({
  key: 'k', channel: 'irc', address, subject: 'Restart the cache', text: 'Errors at 4.2 %.\n\nPage: https://n.example.org/p', priority: 0, reason: 'page', ...more,
}); // prettier-ignore
const never = new AbortController().signal;

const withServer = test.skipIf(!hasIrcServer());

withServer('ngircd: a page is said in a channel, in the clear and by TLS', async () => {
  await using irc = await startIrcNetwork();
  const { ears, until } = await irc.listen('ana', '#ops');
  for (const settings of [irc.settings, irc.tls]) {
    const channel = createIrcChannel(settings, FAST);
    expect(await channel.send(message('#ops'), never)).toEqual({ kind: 'accepted', answer: '3 lines to #ops' });
    expect(await until()).toEqual([
      { from: 'nines', text: '\u0002Restart the cache\u0002' },
      { from: 'nines', text: 'Errors at 4.2 %.' },
      { from: 'nines', text: 'Page: https://n.example.org/p' },
    ]);
  }
  ears.close();
});

withServer(
  'ngircd: another nick where this one is in use; long lines arrive whole; ten messages at once come one after the other',
  async () => {
    await using irc = await startIrcNetwork();
    const { ears, until } = await irc.listen('nines', '#ops');
    const channel = createIrcChannel(irc.settings, FAST);
    const text = `${'ü🔥'.repeat(300)}\nQUIT :bye\r\nPRIVMSG #other :hello\n${'x'.repeat(2_000)}`;
    expect(await channel.send(message('#ops', { text }), never)).toMatchObject({ kind: 'accepted' });
    const heard = await until();
    expect(heard.map(({ from }) => from)).toEqual(Array.from({ length: 5 }, () => 'nines1'));
    expect(heard[1]?.text).toMatch(/^(ü🔥)+ü?…$/u);
    expect(heard.slice(2, 4).map((one) => one.text)).toEqual(['QUIT :bye', 'PRIVMSG #other :hello']);
    const many = Array.from({ length: 10 }, (_, i) => channel.send(message('#ops', { subject: `Page ${i}`, text: '' }), never));
    expect((await Promise.all(many)).map(({ kind }) => kind)).toEqual(many.map(() => 'accepted'));
    const all: string[] = [];
    while (all.length < 10) all.push(...(await until()).map((one) => one.text));
    expect(all).toEqual(many.map((_, i) => `\u0002Page ${i}\u0002`));
    ears.close();
  },
);

withServer(
  'ngircd: no such nick and a closed channel are refused; a wrong password and a certificate that nobody signed wait to be mended',
  async () => {
    await using irc = await startIrcNetwork('Password = right');
    const right = { ...irc.settings, password: 'right' };
    expect(await createIrcChannel(right, FAST).send(message('nobody'), never)).toMatchObject({
      kind: 'refused',
      error: expect.stringContaining('401') as string,
    });
    expect(await createIrcChannel(right, FAST).send(message('#closed'), never)).toMatchObject({
      kind: 'refused',
      error: expect.stringContaining('473') as string,
    });
    expect(await createIrcChannel({ ...right, password: 'wrong' }, FAST).send(message('#ops'), never)).toMatchObject({
      kind: 'failed',
      channelDown: true,
    });
    expect(await createIrcChannel({ ...irc.tls, ca: undefined, password: 'right' }, FAST).send(message('#ops'), never)).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('self-signed') as string,
    });
    const { ears, until } = await irc.listen('ana', '#x', 'right');
    // The bot is in no channel of hers, so her own leaving ends the listening.
    expect(await createIrcChannel(right, FAST).send(message('ana'), never)).toMatchObject({ kind: 'accepted' });
    const said = until();
    const bye = await connectIrc(right, never);
    await logIn(bye, { nick: 'ben', password: 'right' });
    bye.write('JOIN #x');
    bye.write('QUIT :x');
    expect((await said).map((one) => one.text)).toContain('Errors at 4.2 %.');
    ears.close();
    bye.close();
  },
);

/** A server that knows SASL, from https://ircv3.net/specs/extensions/sasl-3.1, and one that has nothing of it. */
const saslServer = (has: boolean) => {
  const seen: string[] = [];
  const start = () =>
    tcpPeer((socket) => {
      let inside = false;
      socket.setEncoding('utf8').on('data', (data: string) => {
        for (const line of data.split('\r\n').filter((one) => one !== '')) {
          seen.push(line);
          const say = (text: string): void => void socket.write(`:irc ${text}\r\n`);
          if (line.startsWith('CAP REQ')) say(has ? 'CAP * ACK :sasl' : 'CAP * NAK :sasl');
          if (line === 'AUTHENTICATE PLAIN') socket.write('AUTHENTICATE +\r\n');
          else if (line.startsWith('AUTHENTICATE ')) {
            inside = Buffer.from(line.slice(13), 'base64').toString() === 'bot\0bot\0right';
            say(inside ? '903 nines :SASL authentication successful' : '904 nines :SASL authentication failed');
          }
          if (line === 'CAP END' && inside) say('001 nines :Welcome');
          if (line.startsWith('PING')) socket.write(`:irc PONG irc ${line.slice(5)}\r\n`);
          if (line === 'QUIT :sent') socket.end();
        }
      });
    });
  return { seen, start };
};

test.each([
  [true, 'right', { kind: 'accepted' }],
  [true, 'wrong', { kind: 'failed', error: '904 SASL authentication failed' }],
  [false, 'right', { kind: 'failed', error: 'the server has no SASL; set irc.nickserv instead' }],
])('SASL: server with it %s, password %s', async (hasSasl, password, expected) => {
  const server = saslServer(hasSasl);
  await using peer = await server.start();
  const channel = createIrcChannel(
    { host: '127.0.0.1', port: peer.port, tls: false, nick: 'nines', sasl: { user: 'bot', password } },
    FAST,
  );
  expect(await channel.send(message('ana'), never)).toMatchObject(expected);
  expect(server.seen.some((line) => line.startsWith('PRIVMSG'))).toBe(expected.kind === 'accepted');
});

test.concurrent.each<[string, (socket: net.Socket) => void]>([
  ['sends a line without end', (socket) => socket.write('x'.repeat(100_000))],
  ['says only PING', (socket) => { const timer = setInterval(() => socket.write('PING :x\r\n'), 20); socket.on('close', () => clearInterval(timer)); }],
  ['has every nick in use', (socket) => { socket.on('data', () => socket.write(':irc 433 * nines :Nickname is already in use\r\n'.repeat(3))); }],
])('a server that %s fails in time', async (_, onConnection) => {
  await using peer = await tcpPeer(onConnection);
  const channel = createIrcChannel({ host: '127.0.0.1', port: peer.port, tls: false, nick: 'nines' }, { timeoutMs: 700 });
  expect(await channel.send(message('#ops'), never)).toMatchObject({ kind: 'failed', channelDown: true });
}); // prettier-ignore

test('no line is longer than its room, breaks a character, or holds a line break', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 60, max: 400 }), (text, subject, room) => {
      for (const line of ircLines(message('#ops', { text, subject }), room)) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(room);
        expect(line.isWellFormed() && !/[\r\n\0]/.test(line)).toBe(true);
      }
    }),
  );
}); // prettier-ignore

test.each([
  [':irc.example.org 433 * nines :Nickname is already in use', { source: 'irc.example.org', command: '433', params: ['*', 'nines', 'Nickname is already in use'] }],
  ['@time=2026-11-21T00:00:00Z :ana!a@h PRIVMSG #ops :a :b', { source: 'ana!a@h', command: 'PRIVMSG', params: ['#ops', 'a :b'] }],
  ['PING :x', { source: '', command: 'PING', params: ['x'] }],
  ['', { source: '', command: '', params: [] }],
  [':only', { source: 'only', command: '', params: [] }],
])('reads %j', (text, expected) => {
  expect(parseIrcLine(text)).toEqual(expected);
}); // prettier-ignore
