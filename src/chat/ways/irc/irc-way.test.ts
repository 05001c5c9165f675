import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { has, startPeer } from '../../../../test/harness/peer-process.ts';
import { connectIrc, type IrcConnection, logIn } from '../../../delivery/index.ts';
import { systemClock } from '../../../platform/clock.ts';
import { silentLog } from '../../../platform/log.ts';
import { answer, quietly } from '../../answer.ts';
import type { Speaker } from '../../speaker.ts';
import type { WayDeps } from '../way.ts';
import { ircLines, runIrc } from './irc-way.ts';

const freePort = async (): Promise<number> => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** A real ngircd, and nines on it in #ops. */
async function network(trust: 'account' | 'nick') {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-chat-ircd-'));
  const port = await freePort();
  const ids = `ServerGID = ${process.getgid?.() ?? 0}\nServerUID = ${process.getuid?.() ?? 0}`;
  const admin = 'AdminEMail = ops@example.org\nAdminInfo1 = test\nAdminInfo2 = test';
  const config = `[Global]\nName = irc.example.org\nInfo = test\nListen = 127.0.0.1\nPorts = ${port}\nMotdPhrase = hello\n${admin}\n${ids}\n[Limits]\nMaxPenaltyTime = 0\nMaxNickLength = 20\n[Options]\nDNS = no\nIdent = no\nPAM = no\n`; // prettier-ignore
  fs.writeFileSync(path.join(folder, 'ngircd.conf'), config);
  const ready = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true))).on('error', () => resolve(false));
    });
  const peer = await startPeer('ngircd', ['-n', '-f', path.join(folder, 'ngircd.conf')], ready);
  const heard: { speaker: Speaker; text: string }[] = [];
  const desk: WayDeps['desk'] = {
    hear: (speaker, { text }) => {
      heard.push({ speaker, text });
      return Promise.resolve(text.includes('help') ? quietly('for you alone') : answer('You have it: #7g8h', { buttons: [{ label: 'Resolve', command: 'resolve #7g8h' }] })); // prettier-ignore
    },
    hearPrincipal: () => Promise.reject(new Error('not here')),
  };
  const once = async (_way: string, _key: string, work: () => Promise<void>) => (await work(), true);
  const deps: WayDeps = {
    clock: systemClock,
    log: silentLog,
    desk,
    heard: { once, surely: () => Promise.resolve() },
    pageAt: (_, ref) => Promise.resolve(ref === '$page' ? 'p1' : undefined),
    later: () => undefined,
  };
  const stop = new AbortController();
  const end = { host: '127.0.0.1', port, tls: false, nick: 'nines' };
  const ears = await connectIrc(end, stop.signal);
  await logIn(ears, { nick: 'ana' });
  ears.write('JOIN #ops');
  await line(ears, '366');
  const problems: (string | undefined)[] = [];
  const running = runIrc({ ...end, commands: { channels: ['#ops'], trust } }, deps, stop.signal, (problem) => problems.push(problem));
  await line(ears, 'JOIN');
  const dispose = async (): Promise<void> => {
    stop.abort();
    await running;
    await peer.stop('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { ears, heard, problems, [Symbol.asyncDispose]: dispose };
}

async function line(ears: IrcConnection, command: string): Promise<readonly string[]> {
  for (;;) {
    const one = await ears.read();
    if (one.command === command) return one.params;
  }
}

const withServer = test.skipIf(!has('ngircd'));

withServer('ngircd: a command in a channel is answered there; what is for the speaker alone goes to them', async () => {
  await using irc = await network('nick');
  irc.ears.write('PRIVMSG #ops :good morning, ack the coffee');
  irc.ears.write('PRIVMSG #ops :!ack');
  expect(await line(irc.ears, 'PRIVMSG')).toEqual(['#ops', 'You have it: #7g8h']);
  expect(await line(irc.ears, 'PRIVMSG')).toEqual(['#ops', 'Then: !resolve #7g8h']);
  irc.ears.write('PRIVMSG #ops :nines: help');
  expect(await line(irc.ears, 'PRIVMSG')).toEqual(['ana', 'for you alone']);
  irc.ears.write('PRIVMSG nines :oncall payments');
  expect(await line(irc.ears, 'PRIVMSG')).toEqual(['ana', 'You have it: #7g8h']);
  expect(irc.heard.map(({ text }) => text)).toEqual(['!ack', ' help', 'oncall payments']);
  expect(irc.heard[0]!.speaker).toEqual({ chat: 'irc', id: 'ana', name: 'ana' });
  expect(irc.problems).toEqual([undefined]);
});

withServer('ngircd: a nick proves nothing: without an account, whoever has it is a stranger', async () => {
  await using irc = await network('account');
  irc.ears.write('PRIVMSG #ops :!ack');
  await line(irc.ears, 'PRIVMSG');
  expect(irc.heard[0]!.speaker).toEqual({ chat: 'irc', id: 'ana (not logged in)', name: 'ana' });
});

test('an answer is a few lines that fit', () => {
  const lines = ircLines(answer(`${'ä'.repeat(400)}\nb\u0007\n\n${'line\n'.repeat(20)}`));
  expect(lines).toHaveLength(8);
  expect(Buffer.byteLength(lines[0]!)).toBeLessThanOrEqual(383);
  expect(lines[1]).toBe('b');
  expect(lines[7]).toBe('… and 15 lines more');
});
