/** The other sides of channels that have no provider's double: servers and programs that really run. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { ProviderDouble, Shown } from '../../../src/delivery/channels/provider-double.ts';
import { httpPeer, smtpPeer } from '../../../src/delivery/channels/test-peers.ts';
import { startIrcNetwork } from './irc-network.ts';
import type { OtherSide } from './terms.ts';

const linksIn = (text: string): string[] => text.match(/https?:\/\/[^\s"<>]+/g) ?? [];
const now = (shown: readonly Shown[]) => () => Promise.resolve(shown);

export const ofDouble = async (double: Promise<ProviderDouble>): Promise<OtherSide> => {
  const one = await double;
  return {
    port: Number(new URL(one.url).port),
    stranger: one.stranger,
    refused: one.refused,
    shown: now(one.shown),
    mood: (mood) => void (one.next = mood),
    [Symbol.asyncDispose]: () => one[Symbol.asyncDispose](),
  };
};

const smtpError = (code: number): Error => Object.assign(new Error('no'), { responseCode: code });

/** An SMTP server that knows one account, and every mailbox but one. */
export async function startMailServer(): Promise<OtherSide> {
  let mood = 'well';
  const refused: string[] = [];
  const peer = await smtpPeer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ password }, _, done) => done(null, password === 'right' ? { user: 'nines' } : {}),
    onMailFrom: (_, __, done) => done(mood === 'broken' ? smtpError(421) : null),
    onRcptTo({ address }, _, done) {
      if (mood === 'too many') return done(smtpError(451));
      done(address.startsWith('stranger') ? smtpError(550) : null);
    },
  });
  const shown = (): Shown[] =>
    peer.received.map(({ to, mail }) => ({
      to: to.join(),
      text: `${mail.subject}\n${(mail.text ?? '').replaceAll('\r\n', '\n')}`,
      links: linksIn(mail.text ?? '').filter((link) => (mail.html ?? '').includes(link)),
      key: `${mail.messageId} ${mail.headers.find(({ key }) => key === 'x-nines-key')?.value}`,
    }));
  return {
    port: peer.port,
    stranger: 'stranger@example.org',
    refused,
    shown: () => Promise.resolve(shown()),
    mood: (next) => void (mood = next),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

/** A receiver of webhooks, whose answers are its own. */
export async function startReceiver(): Promise<OtherSide> {
  let mood = 'well';
  const shown: Shown[] = [];
  const peer = await httpPeer((response, { path: at, headers, body }) => {
    const status = mood === 'too many' ? 429 : mood === 'broken' ? 503 : at === '/hook/right' ? 200 : 404;
    const { subject, text, action } = JSON.parse(body) as { subject: string; text: string; action: { url: string } | null };
    const links = [...linksIn(text), ...(action ? [action.url] : [])];
    if (status === 200) shown.push({ to: at, text: `${subject}\n${text}`, links, key: String(headers['idempotency-key']) });
    response.writeHead(status, mood === 'too many' ? { 'retry-after': '7' } : {}).end(status === 200 ? 'thanks' : 'no');
  });
  const { origin, port } = new URL(peer.url);
  return {
    port: Number(port),
    stranger: `${origin}/hook/wrong`,
    refused: [],
    shown: now(shown),
    mood: (next) => void (mood = next),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

/** An ngircd, and someone in #ops who writes down what is said until the speaker leaves. */
export async function startIrcListener(): Promise<OtherSide> {
  const network = await startIrcNetwork('Password = right');
  const { ears, until } = await network.listen('ana', '#ops', 'right');
  const shown: Shown[] = [];
  const listening = (async () => {
    for (;;) {
      const said = (await until()).map(({ text }) => text.replaceAll('\u0002', '')).join('\n');
      if (said !== '') shown.push({ to: '#ops', text: said, links: linksIn(said) });
    }
  })().catch(() => undefined);
  return {
    port: network.settings.port,
    stranger: 'nobody',
    refused: [],
    async shown(count) {
      await expect.poll(() => shown.length).toBeGreaterThanOrEqual(count);
      return shown;
    },
    async [Symbol.asyncDispose]() {
      ears.close();
      await listening;
      await network[Symbol.asyncDispose]();
    },
  };
}

/** A program that writes down what it is told, and does as the file `mood` says. */
export function startSiren(): OtherSide & { readonly folder: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-siren-'));
  const script = path.join(folder, 'siren');
  const mood = path.join(folder, 'mood');
  fs.writeFileSync(mood, 'well');
  fs.writeFileSync(
    script,
    `cd "$1"; case "$(cat mood)" in 'too many') echo later; exit 75;; broken) echo no siren here >&2; exit 1;; esac
n=$(ls -d told.* 2>/dev/null | wc -l); mkdir "told.$n"; cat > "told.$n/text"; printf %s "$NINES_KEY" > "told.$n/key"; printf %s "$NINES_LINK" > "told.$n/link"; echo rang`,
  );
  const told = (): Shown[] =>
    fs.readdirSync(folder).filter((name) => name.startsWith('told.')).toSorted((a, b) => Number(a.slice(5)) - Number(b.slice(5))).map((name) => {
      const read = (file: string): string => fs.readFileSync(path.join(folder, name, file), 'utf8');
      return { to: 'siren', text: read('text'), links: [read('link'), ...linksIn(read('text'))], key: read('key') };
    }); // prettier-ignore
  return {
    folder,
    port: 0,
    stranger: 'nobody',
    refused: [],
    shown: () => Promise.resolve(told()),
    mood: (next) => fs.writeFileSync(mood, next),
    [Symbol.asyncDispose]: () => Promise.resolve(fs.rmSync(folder, { recursive: true })),
  };
}
