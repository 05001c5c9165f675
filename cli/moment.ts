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
