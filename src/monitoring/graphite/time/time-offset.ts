import { GraphiteError } from '../graphite-error.ts';

export type TimeUnit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';

/** By what a unit begins with; longer beginnings before shorter. */
const UNITS: readonly (readonly [start: string, unit: TimeUnit, seconds: number])[] = [
  ['mon', 'months', 30 * 86_400], ['min', 'minutes', 60], ['s', 'seconds', 1], ['h', 'hours', 3600], ['d', 'days', 86_400],
  ['w', 'weeks', 7 * 86_400], ['y', 'years', 365 * 86_400],
]; // prettier-ignore

const LONGEST = 1e12;

export function unitOf(text: string): TimeUnit {
  return find(text)[1];
}

function find(text: string): (typeof UNITS)[number] {
  const found = UNITS.find(([start]) => text.startsWith(start));
  if (found === undefined) throw new GraphiteError(`'${text.slice(0, 40)}' is no unit of time: write s, min, h, d, w, mon or y.`);
  return found;
}

/** Seconds of an offset such as `-1h`, `+2d`, `1d12h` or `30min`; a month has 30 days, a year 365. @throws GraphiteError */
export function parseTimeOffset(text: string): number {
  if (text === '') return 0;
  const sign = text.startsWith('-') ? -1 : 1;
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  const parts = body.length > 200 ? null : body.match(/\d+[a-z]+/gi);
  if (parts === null || parts.join('') !== body)
    throw new GraphiteError(`'${text.slice(0, 40)}' is no span of time, such as '-1h' or '1d12h'.`);
  let seconds = 0;
  for (const part of parts) {
    const digits = /^\d+/.exec(part)![0];
    seconds += Number(digits) * find(part.slice(digits.length))[2];
  }
  if (seconds > LONGEST) throw new GraphiteError(`'${text.slice(0, 40)}' is too long a span of time.`);
  return sign * seconds;
}
