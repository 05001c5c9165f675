import { Temporal } from 'temporal-polyfill';
import { tryParseDuration } from '../src/platform/duration.ts';
import { CliError } from './cli-error.ts';

/** A point in time as people type it: `now`, `1h` (an hour ago), `2026-03-01T09:00:00Z`, `1772355600` (seconds). Milliseconds. */
export function parseMoment(option: string, text: string, now: number): number {
  if (text === 'now') return now;
  const back = tryParseDuration(text.replace(/^-/, '').replace(/ ago$/, ''));
  if (back !== undefined && text !== '0') return now - back;
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Without a zone, Date would take a date as UTC and a time as local: ask for what is meant.
  const at = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new CliError(`${option} can't be '${text}'.`, { hint: "write '1h' for an hour ago, 'now', or a time such as '2026-03-01T09:00:00Z'" });
  return at;
} // prettier-ignore

/** A time to come, as people type it: `now`, `4h` (from now), `2026-12-24 18:00` or `2026-12-24` on their clock, or with a zone. Milliseconds. */
export function timeAhead(option: string, text: string, now: number, timeZone: string): number {
  if (text === 'now') return now;
  const ahead = tryParseDuration(text.replace(/^\+/, ''));
  if (ahead !== undefined && text !== '0') return now + ahead;
  try {
    if (/T.*(Z|[+-]\d\d:\d\d)$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    if (/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?$/.test(text)) return Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    // Said below: a day that does not exist is no time either.
  }
  throw new CliError(`${option} can't be '${text}'.`, { hint: "write '4h' for four hours from now, '2026-12-24 18:00' on your clock, or '2026-12-24T18:00:00Z'" });
} // prettier-ignore
