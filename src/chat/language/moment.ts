import { Temporal } from 'temporal-polyfill';
import { tryParseDuration } from '../../platform/duration.ts';

/** What times are read by: those without a zone are in the speaker's. */
export interface Reading {
  /** Milliseconds. */
  readonly now: number;
  readonly timeZone: string;
}

/** A time that was read from words: how many of them it took. Milliseconds. */
export interface Moment {
  readonly at: number;
  readonly took: number;
  /** Where a day was meant and no time of day: when it ends. */
  readonly dayEnds?: number;
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const UNIT_WORDS: Readonly<Record<string, string>> = {
  second: 's', seconds: 's', sec: 's', secs: 's', minute: 'm', minutes: 'm', min: 'm', mins: 'm', hour: 'h', hours: 'h', hr: 'h', hrs: 'h',
  day: 'd', days: 'd', week: 'w', weeks: 'w',
}; // prettier-ignore

/** `2h`, `90m`, `2 hours`, `an hour`, `half an hour`: milliseconds, and how many words it took. */
export function readLength(words: readonly string[], from = 0): { ms: number; took: number } | undefined {
  const [first = '', second = '', third = ''] = words.slice(from, from + 3).map((word) => word.toLowerCase());
  const short = /^\d/.test(first) ? tryParseDuration(first) : undefined;
  if (short !== undefined && first !== '0') return { ms: short, took: 1 };
  const glued = /^(\d{1,6}(?:\.\d{1,3})?)([a-z]+)$/.exec(first);
  const gluedUnit = glued === null ? undefined : unitOf(glued[2]!);
  if (gluedUnit !== undefined) return positive(Number(glued![1]) * gluedUnit, 1);
  if (first === 'half' && second === 'an' && third === 'hour') return { ms: 1_800_000, took: 3 };
  const unit = unitOf(second);
  if (unit === undefined) return undefined;
  if (first === 'a' || first === 'an' || first === 'one') return { ms: unit, took: 2 };
  return /^\d{1,6}(\.\d{1,3})?$/.test(first) ? positive(Number(first) * unit, 2) : undefined;
}

const positive = (ms: number, took: number) => (ms > 0 ? { ms: Math.round(ms), took } : undefined);

export const unitOf = (word: string): number | undefined => UNITS[UNIT_WORDS[word] ?? (Object.hasOwn(UNITS, word) ? word : '')];

/** Reads one time: `now`, `14:00`, `yesterday 14:00`, `20150517`, `2015-05-17T10:00Z`, `monday 9:00`, `2h ago`. */
export function readMoment(words: readonly string[], from: number, reading: Reading): Moment | undefined {
  const word = (words[from] ?? '').toLowerCase();
  if (word === '') return undefined;
  if (word === 'now') return { at: reading.now, took: 1 };
  const ago = readLength(words, from);
  if (ago !== undefined && words[from + ago.took]?.toLowerCase() === 'ago') return { at: reading.now - ago.ms, took: ago.took + 1 };
  const instant = readInstant(word, reading);
  if (instant !== undefined) return { at: instant, took: 1 };
  const day = readDay(word, reading);
  if (day !== undefined) {
    const skip = words[from + 1]?.toLowerCase() === 'at' ? 1 : 0;
    const time = readTime(words[from + 1 + skip] ?? '');
    if (time !== undefined) return { at: instantAt(day, time, reading.timeZone), took: 2 + skip };
    return { at: startOf(day, reading.timeZone), took: 1, dayEnds: startOf(day.add({ days: 1 }), reading.timeZone) };
  }
  const time = readTime(word);
  if (time === undefined) return undefined;
  const later = readDay((words[from + 1] ?? '').toLowerCase(), reading);
  if (later !== undefined) return { at: instantAt(later, time, reading.timeZone), took: 2 };
  // A time alone is the last that there was.
  const today = todayOf(reading);
  const at = instantAt(today, time, reading.timeZone);
  return { at: at > reading.now ? instantAt(today.subtract({ days: 1 }), time, reading.timeZone) : at, took: 1 };
}

const todayOf = ({ now, timeZone }: Reading): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate();

const startOf = (day: Temporal.PlainDate, timeZone: string): number => day.toZonedDateTime({ timeZone }).epochMilliseconds;

/** A local time that a change of the clocks skips is the next that exists, one that comes twice is the first. */
export const instantAt = (day: Temporal.PlainDate, time: Temporal.PlainTime, timeZone: string): number =>
  day.toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;

/** With date and time in one word: `2015-05-17T10:00`, `20150517T1000`, `2015-05-17_10:00`, with `Z` or an offset or without. */
function readInstant(word: string, { timeZone }: Reading): number | undefined {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)[t_](\d\d):?(\d\d)(?::?(\d\d))?(z|[+-]\d\d:?\d\d)?$/.exec(word);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '00', zone] = match;
  const plain = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  return attempt(() =>
    zone === undefined
      ? Temporal.PlainDateTime.from(plain).toZonedDateTime(timeZone).epochMilliseconds
      : Temporal.Instant.from(`${plain}${zone.toUpperCase()}`).epochMilliseconds,
  );
}

function readDay(word: string, reading: Reading): Temporal.PlainDate | undefined {
  if (word === 'today') return todayOf(reading);
  if (word === 'yesterday') return todayOf(reading).subtract({ days: 1 });
  if (word === 'tomorrow') return todayOf(reading).add({ days: 1 });
  const weekday = word.length >= 3 ? WEEKDAYS.findIndex((name) => name === word || name.slice(0, 3) === word) : -1;
  if (weekday !== -1) {
    const today = todayOf(reading);
    return today.subtract({ days: (today.dayOfWeek - 1 - weekday + 7) % 7 });
  }
  const match = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(word);
  return match === null ? undefined : attempt(() => Temporal.PlainDate.from(`${match[1]}-${match[2]}-${match[3]}`));
}

/** `14:00`, `9:30`, `2pm`, `2:30pm`, `noon`, `midnight`. */
export function readTime(word: string): Temporal.PlainTime | undefined {
  const lower = word.toLowerCase();
  if (lower === 'noon') return Temporal.PlainTime.from('12:00');
  if (lower === 'midnight') return Temporal.PlainTime.from('00:00');
  const match = /^(\d{1,2})(?::(\d\d))?(?::(\d\d))?(am|pm)?$/.exec(lower);
  if (match === null || (match[2] === undefined && match[4] === undefined)) return undefined;
  const [, hourText, minute = '00', second = '00', half] = match;
  const written = Number(hourText);
  if (half !== undefined && (written < 1 || written > 12)) return undefined;
  const hour = half === undefined ? written : (written % 12) + (half === 'pm' ? 12 : 0);
  return attempt(() => Temporal.PlainTime.from({ hour, minute: Number(minute), second: Number(second) }, { overflow: 'reject' }));
}

/** The coming moment for a time of day, for what is to happen then. */
export function comingTime(time: Temporal.PlainTime, reading: Reading): number {
  const today = todayOf(reading);
  const at = instantAt(today, time, reading.timeZone);
  return at > reading.now ? at : instantAt(today.add({ days: 1 }), time, reading.timeZone);
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
