import { setTimeout } from 'node:timers/promises';
import { type Channel, type Outcome, unconfigured, unlessStopped } from '../channel.ts';
import { cutText, inBytes, messageParts, sizeOf, type Message } from '../../messages/index.ts';
import { secretsOf, withoutSecrets } from '../secrets.ts';
import { withinTime } from '../time-limit.ts';
import { connectIrc, type IrcConnection, type IrcEnd } from './irc-connection.ts';
import { type IrcLogin, IrcRefusal, logIn } from './irc-login.ts';

export interface IrcSettings extends IrcEnd, IrcLogin {}

const UNSET = 'No IRC server is set, so its messages wait. Set irc.host in nines.yaml.';
const TIMEOUT_MS = 18_000;
/** A line has 512 bytes with its end and what the server puts before it: nick, user and host of up to 30, 12 and 63 bytes. */
const MAX_LINE = 512 - 2 - 110;
/** Of the text; title and links beside. */
const MOST_LINES = 10;
/** Lines that may follow each other at once, and the pause after each further one: a flood is cut off (RFC 1459, 8.10). */
const FLOOD = { burst: 4, pauseMs: 700 };

/**
 * Says a message in a channel, or to a nick: one connection a message, one at a time, gone when the server has answered a
 * PING that came after the last line; what it had against a line it said before that.
 */
export function createIrcChannel(
  settings: IrcSettings | undefined,
  { timeoutMs = TIMEOUT_MS, flood = FLOOD }: { timeoutMs?: number; flood?: typeof FLOOD } = {},
): Channel {
  if (settings === undefined) return unconfigured('irc', UNSET);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    name: 'irc',
    peer: () => `The IRC server ${settings.host}:${settings.port}`,
    async send(message, signal) {
      const outcome = await withinTime(signal, timeoutMs, (limit) => {
        // Two at a time would fight for the nick, and more look like clones.
        const mine = turn.then(() => say(settings, message, { limit, timeoutMs, flood }));
        turn = mine;
        return mine;
      });
      if (outcome.kind === 'accepted') return outcome;
      const { password, sasl, nickserv } = settings;
      return unlessStopped(signal, {
        ...outcome,
        error: withoutSecrets(outcome.error, secretsOf(message, password, sasl?.password, nickserv)).slice(0, 300),
      });
    },
  };
}

interface Saying {
  readonly limit: AbortSignal;
  readonly timeoutMs: number;
  readonly flood: typeof FLOOD;
}

async function say(settings: IrcSettings, message: Message, { limit, timeoutMs, flood }: Saying): Promise<Outcome> {
  const target = message.address;
  if (limit.aborted) return { kind: 'failed', error: 'others had the turn for too long', channelDown: false };
  let connection: IrcConnection | undefined;
  try {
    connection = await connectIrc(settings, limit);
    await logIn(connection, settings);
    if (/^[#&+]/.test(target)) await join(connection, target);
    const lines = ircLines(message, MAX_LINE - Buffer.byteLength(`PRIVMSG ${target} :`));
    for (const [i, line] of lines.entries()) {
      if (i >= flood.burst) await setTimeout(flood.pauseMs, undefined, { signal: limit });
      connection.write(`PRIVMSG ${target} :${line}`);
    }
    await heard(connection, target);
    connection.write('QUIT :sent');
    return { kind: 'accepted', answer: `${lines.length} lines to ${target}` };
  } catch (error) {
    if (error instanceof IrcRefusal && !error.ours) return { kind: 'refused', error: error.message };
    const said = limit.aborted ? `not done within ${timeoutMs / 1000} s` : (error as Error).message;
    return { kind: 'failed', error: said, channelDown: true };
  } finally {
    connection?.close();
  }
}

/** What a server may have against a JOIN: no such channel, too many, full, invited only, banned, a key, a registered nick (RFC 2812, 5.2). */
const NOT_JOINED = new Set(['403', '405', '407', '437', '471', '473', '474', '475', '476', '477']);

async function join(connection: IrcConnection, channel: string): Promise<void> {
  connection.write(`JOIN ${channel}`);
  for (;;) {
    const { command, params } = await connection.read();
    // 366 ends the list of names that follows a join.
    if (command === '366') return;
    if (NOT_JOINED.has(command)) throw new IrcRefusal(`${command} ${params.at(-1) ?? ''}`, false);
    if (command === 'ERROR') throw new Error(params.at(-1) ?? 'the server hung up');
  }
}

/** No such nick, may not speak in that channel, no such target. */
const NOT_HEARD = new Set(['401', '402', '403', '404', '407', '411', '412', '413', '414', '477', '531', '716']);

async function heard(connection: IrcConnection, target: string): Promise<void> {
  connection.write('PING :nines-heard');
  for (;;) {
    const { command, params } = await connection.read();
    if (command === 'PONG' && params.at(-1) === 'nines-heard') return;
    // NickServ may be missing: that is about no line of ours.
    const about = params.slice(0, -1).some((one) => one.toLowerCase() === target.toLowerCase());
    if (NOT_HEARD.has(command) && about) throw new IrcRefusal(`${command} ${params.at(-1) ?? ''}`, false);
    if (command === 'ERROR') throw new Error(params.at(-1) ?? 'the server hung up');
  }
}

/** The lines of a message, each of at most `room` bytes of UTF-8, cut between characters; the title in bold, the links last. */
export function ircLines(message: Message, room: number): string[] {
  const { title, body, links } = messageParts(message);
  const lines = body
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').trim())
    .filter((line) => line !== '');
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), '…'] : lines;
  const tail = links.map(({ label, url }) => `${label}: ${url}`).filter((line) => sizeOf(line, inBytes) <= room);
  return [`\u0002${cutText(title, room - 2, inBytes)}\u0002`, ...shown.map((line) => cutText(line, room, inBytes)), ...tail];
}
