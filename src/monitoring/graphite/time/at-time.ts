import { GraphiteError } from '../graphite-error.ts';
import { parseTimeOffset } from './time-offset.ts';
import { fromWall, wallAt, type Wall } from './zone.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const HOURS: Readonly<Record<string, number>> = { noon: 12, midnight: 0, teatime: 16 };

/**
 * A time as at(1) and graphite-web write it: `now`, `-1h`, `now-2d`, `midnight`, `6am+yesterday`, `04:00_20110501`, `5/17/15`,
 * `may17`, `monday`, or seconds since the epoch. Answers in seconds since the epoch.
 * @param now seconds, what offsets count from
 * @throws GraphiteError
 */
export function parseAtTime(given: string, zone: string, now: number): number {
  const text = given.slice(0, 200).trim().toLowerCase().replaceAll(/[_, ]/g, '');
  if (/^\d+$/.test(text) && !isDate(text)) return within(Number(text), given);
  const cut = text.search(/[+-]/);
  // `6am+yesterday` is a time of a day, not an offset.
  const [reference, offset] =
    cut < 0 ? [text, ''] : /^\+[a-z]/.test(text.slice(cut)) ? [text.replace('+', ''), ''] : [text.slice(0, cut), text.slice(cut)];
  return within(referenceOf(reference, zone, now, given) + parseTimeOffset(offset), given);
}

const isDate = (text: string): boolean =>
  text.length === 8 && Number(text.slice(0, 4)) > 1900 && Number(text.slice(4, 6)) < 13 && Number(text.slice(6)) < 32;

function within(seconds: number, given: string): number {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 1e11) throw new GraphiteError(`'${given.slice(0, 60)}' is no time that there is.`);
  return seconds;
}

function referenceOf(text: string, zone: string, now: number, given: string): number {
  if (text === '' || text === 'now') return now;
  const { hour, minute, rest } = timeOfDay(text, given);
  const wall = { ...wallAt(now, zone), hour, minute, second: 0 };
  return fromWall(dayOf(rest, wall, given), zone);
}

const unreadable = (given: string): GraphiteError =>
  new GraphiteError(`'${given.slice(0, 60)}' is no time: write -1h, midnight, 20150517, 04:00_20110501 or seconds since the epoch.`);

/** The time of day that the text begins with, midnight where it doesn't, and the rest. */
function timeOfDay(text: string, given: string): { hour: number; minute: number; rest: string } {
  const clock = /^(\d{1,2})(?::(\d{2}))?(am|pm)|^(\d{1,2}):(\d{2})/.exec(text);
  if (clock !== null) {
    const minute = Number(clock[2] ?? clock[5] ?? 0);
    const hour = (Number(clock[1] ?? clock[4]) + (clock[3] === 'pm' ? 12 : 0)) % (clock[3] === 'pm' ? 24 : Infinity);
    if (hour > 23 || minute > 59) throw unreadable(given);
    return { hour, minute, rest: text.slice(clock[0].length) };
  }
  const word = /^(?:noon|midnight|teatime)/.exec(text)?.[0] ?? '';
  return { hour: HOURS[word] ?? 0, minute: 0, rest: text.slice(word.length) };
}

/** The day that the text names, at the wall's time of day. */
function dayOf(text: string, wall: Wall, given: string): Wall {
  if (text === '' || text === 'today') return wall;
  if (text === 'yesterday') return { ...wall, day: wall.day - 1 };
  if (text === 'tomorrow') return { ...wall, day: wall.day + 1 };
  const slashes = /^(\d{1,2})\/(\d{1,2})\/(\d{1,4})$/.exec(text);
  if (slashes !== null) return onDate(wall, centuryOf(Number(slashes[3])), Number(slashes[1]), Number(slashes[2]), given);
  if (/^\d{8}$/.test(text)) return onDate(wall, Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6)), given);
  const month = MONTHS.indexOf(text.slice(0, 3));
  if (month >= 0) return onDate(wall, wall.year, month + 1, Number(/\d{1,2}$/.exec(text)?.[0] ?? 0), given);
  const weekday = WEEKDAYS.indexOf(text.slice(0, 3));
  if (weekday < 0) throw unreadable(given);
  const today = new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay();
  return { ...wall, day: wall.day - ((today - weekday + 7) % 7) };
}

/** Of a year in two digits, the one from 1970 to 2069. */
function centuryOf(year: number): number {
  const full = year < 1900 ? year + 1900 : year;
  return full < 1970 ? full + 100 : full;
}

function onDate(wall: Wall, year: number, month: number, day: number, given: string): Wall {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= last)) throw unreadable(given);
  return { ...wall, year, month, day };
}
