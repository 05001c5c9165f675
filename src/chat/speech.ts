import type { Catalog, ResourceSet } from '../catalog/index.ts';
import { nearest } from '../catalog/index.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDuration } from '../platform/duration.ts';
import type { CallRoute, Principal } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';

/** One command being carried out: who speaks, where, about what, and the API as it is for them. */
export interface Speech {
  readonly set: ResourceSet;
  /** Milliseconds. */
  readonly now: number;
  readonly timeZone: string;
  readonly principal: Principal;
  /** The page that the thread, the mail or the button is about. */
  readonly about: string | null;
  /** Where people open nines, without a slash at its end. */
  readonly url: string;
  get<T>(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
}

export interface SpeechDeps {
  readonly call: CallRoute;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly url: string;
}

type Who = Pick<Speech, 'principal' | 'timeZone' | 'about'> & { readonly signal: AbortSignal };

export const createSpeech = ({ call, catalog, clock, url }: SpeechDeps, { signal, ...who }: Who): Speech => ({
  ...who,
  set: catalog.current(),
  now: clock.now(),
  url,
  get: (path, query = {}) => call({ method: 'GET', path, query, principal: who.principal, signal }),
  post: (path, body = {}) => call({ method: 'POST', path, body, principal: who.principal, signal }),
});

/** `14:05`, `Mon 14:05` on another day, `2026-03-01 14:05` where that is more than six days away. */
export function clockTime(iso: string | number, { now, timeZone }: Pick<Speech, 'now' | 'timeZone'>): string {
  const at = typeof iso === 'number' ? iso : Date.parse(iso);
  const part = (options: Intl.DateTimeFormatOptions, time: number): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(time);
  const date = (time: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone }).format(time);
  const time = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, at);
  if (date(at) === date(now)) return time;
  return Math.abs(at - now) < 6 * 86_400_000 ? `${part({ weekday: 'short' }, at)} ${time}` : `${date(at)} ${time}`;
}

/** `3m`, `2h5m`: in two units at most. */
export function howLong(ms: number): string {
  const unit = ms < 60_000 ? 1_000 : ms < 86_400_000 ? 60_000 : 3_600_000;
  return formatDuration(Math.max(0, Math.round(ms / unit) * unit));
}

export const since = (iso: string, { now }: Pick<Speech, 'now'>): string => `${howLong(now - Date.parse(iso))} ago`;

/** How a person is called; a name without a document stays as it is. */
export const titleOf = (set: ResourceSet, name: string): string => set.get('Person', name)?.title ?? name;

/** What a document is called in chat: by its name, its title, or the beginning of one where nothing else begins so. */
export function findNamed(set: ResourceSet, kinds: readonly string[], said: string): { kind: string; name: string } | undefined {
  const wanted = plain(said);
  const all = kinds.flatMap((kind) => set.list(kind).map(({ name, title }) => ({ kind, name, words: [plain(name), plain(title)] })));
  const exact = all.find(({ words }) => words.includes(wanted));
  if (exact !== undefined || wanted.length < 3) return exact;
  const begins = all.filter(({ words }) => words.some((word) => word.startsWith(wanted)));
  return begins.length > 0 && begins.every(({ name }) => name === begins[0]!.name) ? begins[0] : undefined;
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]+/g, ' ').trim(); // prettier-ignore

/** There is nothing of that name: what is near, or what there is. */
export function unknownName(set: ResourceSet, kinds: readonly string[], said: string): Problem {
  const names = kinds.flatMap((kind) => set.list(kind).map(({ name }) => name));
  const near = nearest(said, names);
  const words = kinds.map((kind) => (kind === 'EscalationPolicy' ? 'policy' : kind.toLowerCase()));
  const some = names.length === 0 ? 'There is none yet.' : near === undefined ? `There are ${[...new Set(names)].slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}.` : `Did you mean ${near}?`; // prettier-ignore
  return new Problem(404, 'not-found', `There is no ${list(words, 'or')} '${said.slice(0, 60)}'. ${some}`);
}

export const list = (words: readonly string[], join = 'and'): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${join} ${words.at(-1)}`;

/** One line of what came from outside. */
export const oneLine = (text: string, most = 200): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
};
