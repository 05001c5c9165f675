import { connectIrc, type IrcConnection, IrcRefusal, type IrcLine, type IrcSettings, logIn } from '../../../delivery/index.ts';
import type { ChatAnswer } from '../../answer.ts';
import { pause } from '../loops.ts';
import type { WayDeps } from '../way.ts';

export interface IrcWaySettings extends IrcSettings {
  readonly commands: { readonly channels: readonly string[]; readonly trust: 'account' | 'nick' };
}

const AGAIN_MS = 15_000;
const LOGIN_MS = 30_000;
/** With `PRIVMSG #channel :` before it, and the source that the server adds, of 512 bytes. */
const MAX_LINE = 380;
const MOST_LINES = 8;
const PAUSE_MS = 700;
/** Whoever is in a channel of ours may ask; nobody may keep it busy. */
const MOST_WAITING = 20;
const ASK_MS = 60_000;
const SILENT_MS = 180_000;
/** What a server may have against a JOIN (RFC 2812, 5.2). */
const NOT_JOINED = new Set(['403', '405', '437', '471', '473', '474', '475', '476', '477']);

/** Stays in the channels and hears `!ack`, `nines: ack`, and anything in private; connects again where the connection ends. */
export async function runIrc(settings: IrcWaySettings, deps: WayDeps, signal: AbortSignal, trouble: (problem: string | undefined) => void): Promise<void> {
  while (!signal.aborted) {
    try {
      await converse(settings, deps, signal, trouble);
    } catch (error) {
      if (signal.aborted) return;
      const problem = (error as Error).message.slice(0, 200);
      trouble(`No commands come from IRC: ${problem}${error instanceof IrcRefusal ? ' (see irc in nines.yaml)' : ''}`);
    }
    await pause(AGAIN_MS, signal);
  }
} // prettier-ignore

async function converse(settings: IrcWaySettings, deps: WayDeps, signal: AbortSignal, trouble: (problem: string | undefined) => void) {
  const connection = await connectIrc(settings, signal);
  const late = setTimeout(() => connection.close(), LOGIN_MS);
  let heardAt = deps.clock.monotonic();
  // A connection whose other end is gone without a word would be listened to for ever.
  const alive = setInterval(() => {
    if (deps.clock.monotonic() - heardAt > SILENT_MS) connection.close();
    else connection.write('PING :nines');
  }, ASK_MS);
  try {
    const nick = await logIn(connection, settings);
    clearTimeout(late);
    for (const channel of settings.commands.channels) connection.write(`JOIN ${channel}`);
    trouble(undefined);
    const talk = new Talk(settings, deps, connection, nick);
    for (;;) {
      const line = await connection.read();
      heardAt = deps.clock.monotonic();
      if (NOT_JOINED.has(line.command)) trouble(`Commands don't come from ${line.params[1] ?? 'a channel'} of IRC: ${line.params.at(-1) ?? ''}`.slice(0, 300)); // prettier-ignore
      talk.take(line);
    }
  } finally {
    clearInterval(alive);
    clearTimeout(late);
    connection.close();
  }
} // prettier-ignore

class Talk {
  readonly #settings: IrcWaySettings;
  readonly #deps: WayDeps;
  readonly #connection: IrcConnection;
  readonly #nick: string;
  /** WHOIS that are under way: whose, and what is to happen with the account. */
  readonly #asked = new Map<string, { account: string | undefined; done: (account: string | undefined) => void }>();
  /** One after the other, so that lines of two answers do not mix. */
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(settings: IrcWaySettings, deps: WayDeps, connection: IrcConnection, nick: string) {
    this.#settings = settings;
    this.#deps = deps;
    this.#connection = connection;
    this.#nick = nick;
  }

  take({ source, command, params }: IrcLine): void {
    if (command === '330') this.#account(params[1], params[2]);
    // Registered and identified, on servers whose accounts are nicks.
    if (command === '307') this.#account(params[1], params[1]);
    if (command === '318' || command === '401') this.#whoisEnds(params[1]);
    if (command !== 'PRIVMSG') return;
    const speaker = source.split('!', 1)[0] ?? '';
    const [target = '', text = ''] = params;
    const direct = target.toLowerCase() === this.#nick.toLowerCase();
    const said = direct ? text : meant(text, this.#nick);
    // Bots that answer each other would never end; CTCP is no speech.
    if (said === undefined || speaker === '' || text.startsWith('\u0001') || this.#waiting >= MOST_WAITING) return;
    this.#waiting += 1;
    this.#turn = this.#turn
      .then(() => this.#answer(speaker, direct ? speaker : target, said))
      .catch((error: unknown) => this.#deps.log.warn({ err: error, way: 'irc' }, 'a chat could not be answered'))
      .finally(() => (this.#waiting -= 1));
  }

  async #answer(nick: string, where: string, text: string): Promise<void> {
    const id = this.#settings.commands.trust === 'nick' ? nick : ((await this.#accountOf(nick)) ?? '');
    const speaker = { chat: 'irc' as const, id: id === '' ? `${nick} (not logged in)` : id, name: nick };
    const answer = await this.#deps.desk.hear(speaker, { text });
    const to = answer.quiet ? nick : where;
    for (const [i, line] of ircLines(answer).entries()) {
      if (i > 2) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      this.#connection.write(`PRIVMSG ${to} :${line}`);
    }
  }

  #accountOf(nick: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#whoisEnds(nick), 10_000);
      const done = (account: string | undefined): void => {
        clearTimeout(late);
        resolve(account);
      };
      this.#asked.set(nick.toLowerCase(), { account: undefined, done });
      this.#connection.write(`WHOIS ${nick}`);
    });
  }

  #account(nick: string | undefined, account: string | undefined): void {
    const asked = this.#asked.get((nick ?? '').toLowerCase());
    if (asked) asked.account ??= account;
  }

  #whoisEnds(nick: string | undefined): void {
    const key = (nick ?? '').toLowerCase();
    const asked = this.#asked.get(key);
    this.#asked.delete(key);
    asked?.done(asked.account);
  }
}

/** In a channel: behind an exclamation mark, or our name. */
function meant(text: string, nick: string): string | undefined {
  if (/^![a-z]/i.test(text)) return text;
  const lower = text.toLowerCase();
  const called = [nick.toLowerCase(), 'nines'].find((name) => lower.startsWith(`${name}:`) || lower.startsWith(`${name},`));
  return called === undefined ? undefined : text.slice(called.length + 1);
}

/** An answer in lines of at most 380 bytes, the pictures by their addresses. */
export function ircLines({ text, pictures, buttons }: ChatAnswer): string[] {
  const shown = [...text.split('\n'), ...pictures.map(({ image }) => image)];
  if (buttons.length > 0) shown.push(`Then: ${buttons.map(({ command }) => `!${command}`).join(' · ')}`);
  const lines = shown.map((line) => cutBytes(line.replaceAll(/\p{Cc}/gu, ' ').trim())).filter((line) => line !== '');
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), `… and ${lines.length - MOST_LINES + 1} lines more`];
}

function cutBytes(line: string): string {
  let size = 0;
  let at = 0;
  for (const character of line) {
    size += Buffer.byteLength(character);
    if (size > MAX_LINE) return `${line.slice(0, at)}…`;
    at += character.length;
  }
  return line;
}
