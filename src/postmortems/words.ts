import { significant } from '../monitoring/index.ts';

const iso = (time: number | string): string => new Date(time).toISOString();

/** `03:05`. */
export const clockTime = (time: number | string): string => iso(time).slice(11, 16);
/** `03:05`, and `03:05:20` in a story so short that minutes would say nothing. */
export const clockFor =
  (storyMs: number) =>
  (time: number | string): string =>
    iso(time).slice(11, storyMs < 20 * 60_000 ? 19 : 16);
/** `2026-11-21`. */
export const date = (time: number | string): string => iso(time).slice(0, 10);
/** `2026-11-21 03:05 UTC`. */
export const dateTime = (time: number | string): string => `${date(time)} ${clockTime(time)} UTC`;

/** As people say it: `45 s`, `53 min`, `2 h 5 min`, `3 d 4 h`. */
export function lasting(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  if (minutes < 48 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const joined = (large: number, one: string, small: number, other: string): string =>
  small === 0 ? `${large} ${one}` : `${large} ${one} ${small} ${other}`;

/** A count of events, in two significant digits where it is large: `17`, `1,200`. */
export const count = (value: number): string =>
  Math.abs(value) < 100 ? String(Math.round(value)) : Number(value.toPrecision(2)).toLocaleString('en-US');

export const percent = (ratio: number): string => `${significant(ratio * 100)} %`;

/** `a`, `a and b`, `a, b and c`. */
export const list = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
