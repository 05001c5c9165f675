/** Numbers and times as a person reads them. All times in are milliseconds since the epoch or ISO 8601. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The digits that vary and no more: two significant ones, thousands with a suffix. `12345` is `12k`. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  const steps: readonly (readonly [number, string])[] = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  for (const [step, suffix] of steps) if (size >= step * 0.9995) return significant(value / step) + suffix;
  return size < 1e-4 ? value.toExponential(1) : significant(value);
}

/** Two significant digits; whole numbers under a thousand keep all of theirs. */
function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 10) return String(Math.round(value));
  return String(Number(value.toPrecision(2)));
}

/** A count that people compare: `1,240`. */
export const count = (value: number | null): string => (value === null ? '–' : Math.round(value).toLocaleString('en'));

/** 0.123 is `12 %`, 34.6 is `3,500 %`. */
export function percent(ratio: number | null): string {
  if (ratio === null || Math.abs(ratio) < 10) return ratio === null ? '–' : `${number(ratio * 100)}\u00a0%`;
  return `${count(Number((ratio * 100).toPrecision(2)))}\u00a0%`;
}

/** A ratio close to one, with as many digits as tell it from one: 0.99934 is `99.934 %`. */
export function nearOne(ratio: number | null): string {
  if (ratio === null) return '–';
  if (ratio >= 1) return '100\u00a0%';
  const missing = 1 - ratio;
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(missing)) - 2));
  return `${(ratio * 100).toFixed(digits)}\u00a0%`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
export function bytes(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  let rest = value;
  let unit = 0;
  while (Math.abs(rest) >= 1000 && unit < UNITS.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${number(rest)}\u00a0${UNITS[unit]}`;
}

/** How long, in the two largest units that matter: `1 h 12 min`, `45 s`, `230 ms`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < 1_000) return `${number(ms)}\u00a0ms`;
  if (ms < 10_000) return `${number(ms / 1_000)}\u00a0s`;
  if (ms < 2 * MINUTE) return `${Math.floor(ms / 1_000)}\u00a0s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}\u00a0min`;
  if (ms < 2 * DAY) return two(ms, HOUR, 'h', MINUTE, 'min');
  return two(ms, DAY, 'd', HOUR, 'h');
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small);
  return `${Math.floor(ms / big)}\u00a0${bigName}${rest === 0 ? '' : ` ${rest}\u00a0${smallName}`}`;
}

/** A clock that counts: `14:07`, `1:02:33`. Negative spans get a minus. */
export function stopwatch(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1_000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return (ms < 0 ? '−' : '') + (h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`);
}

export const toMs = (time: string | number): number => (typeof time === 'number' ? time : Date.parse(time));

/** `just now`, `4 min ago`, `in 2 h`. */
export function relative(time: string | number, now: number): string {
  const span = toMs(time) - now;
  if (Math.abs(span) < 5_000) return 'just now';
  const text = duration(Math.abs(span) < 10_000 ? Math.round(Math.abs(span) / 1000) * 1000 : Math.abs(span)).replace(
    / \d+\u00a0(min|h)$/,
    '',
  );
  return span < 0 ? `${text} ago` : `in ${text}`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const dayYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** The reader's own clock; with the day where it isn't today. */
export function clockTime(time: string | number, now: number, seconds = false): string {
  const date = new Date(toMs(time));
  if (Number.isNaN(date.getTime())) return '–';
  const hour = (seconds ? clockSeconds : clock).format(date);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return hour;
  return `${(date.getFullYear() === today.getFullYear() ? day : dayYear).format(date)}, ${hour}`;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Who an event's actor is to a reader: `person:ana` is `ana`. */
export const actorName = (actor: string): string => actor.replace(/^(person|account|token):/, '');
