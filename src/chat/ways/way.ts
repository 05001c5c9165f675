import { timingSafeEqual } from 'node:crypto';
import type { ChatName } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import type { ChatAnswer } from '../answer.ts';
import type { ChatDesk } from '../desk.ts';
import type { Heard } from './heard.ts';

/** What every way in works with. */
export interface WayDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: ChatDesk;
  readonly heard: Heard;
  /** The page that a message of nines is about, by what the chat calls it. */
  readonly pageAt: (chat: ChatName, ref: string) => Promise<string | undefined>;
  /** Goes on after the request was answered; what fails is logged. */
  readonly later: (way: string, work: () => Promise<void>) => void;
}

/** The largest that a chat sends: a command, and the message that a button was under. */
export const WAY_BODY_LIMIT = 256 * 1024;
/** Older requests may be played back by whoever recorded them; chats say five minutes. */
export const FRESH_SECONDS = 300;
/** Chats wait three seconds; what takes longer is answered later. */
const PATIENCE_MS = 2_000;

/** 401: not from the chat, or too old. Says nothing of which. */
export const notFromChat = (chat: string): Problem =>
  new Problem(401, 'bad-signature', `The request's signature is not one of ${chat}'s, or it is older than five minutes.`);

/** Compares in the same time whatever is different. */
export function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The answer, where it is there soon. */
export async function soon(clock: Clock, answering: Promise<ChatAnswer>): Promise<ChatAnswer | undefined> {
  let cancel: () => void = () => undefined;
  const patience = new Promise<undefined>((resolve) => {
    const timer = clock.after(PATIENCE_MS, () => resolve(undefined));
    cancel = () => timer.cancel();
  });
  try {
    return await Promise.race([answering, patience]);
  } finally {
    cancel();
  }
}

/** A JSON object; throws a 400 Problem. */
export function objectIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem(400, 'bad-json', `The body is not JSON: ${(error as Error).message.slice(0, 200)}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem(400, 'bad-json', 'The body is no JSON object.');
  return value as Record<string, unknown>;
}

/** Text, or a number as such; empty for anything else. */
export const wordIn = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');

/** A header that came once. */
export function headerOf(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Bounds how much goes on after requests were answered: what comes beyond is refused, and the chat says so to whoever asked. */
export function createLater({ log, most = 100 }: { log: Log; most?: number }) {
  const underWay = new Set<Promise<void>>();
  return {
    later(way: string, work: () => Promise<void>): void {
      if (underWay.size >= most) throw new LimitError(429, 'Too many commands are under way.', { limit: most, setting: 'nothing: wait a moment', retryAfter: 5 }); // prettier-ignore
      const run: Promise<void> = work()
        .catch((error: unknown) => log.warn({ err: error, way }, 'a chat could not be answered'))
        .finally(() => underWay.delete(run));
      underWay.add(run);
    },
    /** Everything that was begun is done. */
    async idle(): Promise<void> {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
