/** A real ngircd for tests, and whoever listens there. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { connectIrc } from '../../../src/delivery/channels/irc/irc-connection.ts';
import { logIn } from '../../../src/delivery/channels/irc/irc-login.ts';
import type { IrcSettings } from '../../../src/delivery/channels/irc/irc-channel.ts';
import { freePort } from '../free-port.ts';
import { has, startPeer } from '../peer-process.ts';

export const hasIrcServer = (): boolean => has('ngircd') && has('openssl');

/** On free ports, in the clear and with TLS; `more` is for its `[Global]`. */
export async function startIrcNetwork(more = '') {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-ircd-'));
  const at = (name: string): string => path.join(folder, name);
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', at('key.pem'), '-out', at('cert.pem')]); // prettier-ignore
  const [port, tlsPort] = [await freePort(), await freePort()];
  const config = `[Global]
Name = irc.example.org
Info = test
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = hello
AdminEMail = ops@example.org
AdminInfo1 = test
AdminInfo2 = test
ServerGID = ${process.getgid?.() ?? 0}
ServerUID = ${process.getuid?.() ?? 0}
${more}
[Limits]
MaxNickLength = 20
MaxPenaltyTime = 0
MaxConnectionsIP = 0
[Options]
DNS = no
Ident = no
PAM = no
[SSL]
CertFile = ${at('cert.pem')}
KeyFile = ${at('key.pem')}
Ports = ${tlsPort}
[Channel]
Name = #closed
Modes = +i
`;
  fs.writeFileSync(at('ngircd.conf'), config);
  const ready = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true))).on('error', () => resolve(false));
    });
  const peer = await startPeer('ngircd', ['-n', '-f', at('ngircd.conf')], ready);
  const settings: IrcSettings = { host: '127.0.0.1', port, tls: false, nick: 'nines' };
  const dispose = async (): Promise<void> => {
    await peer.stop('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return {
    settings,
    tls: { ...settings, port: tlsPort, tls: true, ca: fs.readFileSync(at('cert.pem'), 'utf8') },
    listen: (nick: string, channel: string, password?: string) => listen(settings, nick, channel, password),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Someone in a channel. */
async function listen(settings: IrcSettings, nick: string, channel: string, password?: string) {
  const ears = await connectIrc(settings, new AbortController().signal);
  await logIn(ears, { nick, password });
  ears.write(`JOIN ${channel}`);
  while ((await ears.read()).command !== '366');
  /** What is said, until someone leaves. */
  const until = async (): Promise<{ from: string; text: string }[]> => {
    const heard: { from: string; text: string }[] = [];
    for (;;) {
      const { source, command, params } = await ears.read();
      if (command === 'PRIVMSG') heard.push({ from: source.split('!')[0] ?? '', text: params[1] ?? '' });
      if (command === 'QUIT') return heard;
    }
  };
  return { ears, until };
}
