/**
 * Durations as people write them, in Prometheus' syntax: `15s`, `1h30m`, `1d12h`, `250ms`. Units in falling
 * order, each at most once; a day is 24 h, a week 7 d, a year 365 d. `0` alone needs no unit.
 */
import { z } from 'zod';
import { badRequest } from './problem.ts';

const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** A century: longer is a slip of the finger, and would not fit a timer or a column. */
const LONGEST = 100 * UNITS[0][1];

/** Milliseconds, or undefined where `text` is no duration. */
export function tryParseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : PATTERN.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [i, [, ms]] of UNITS.entries()) total += Number(match[i + 1] ?? 0) * ms;
  return total <= LONGEST ? total : undefined;
}

/** What is wrong with `text`, and what would be right. */
export function explainDuration(text: string): string {
  const quoted = JSON.stringify(text.slice(0, 40));
  const guess = likelyMeaning(text);
  const instead = guess === undefined ? "write a whole number and a unit, such as '30s', '5m' or '1d12h'" : `did you mean '${guess}'?`;
  return `${quoted} is not a duration: ${instead}`;
}

/** Milliseconds. Throws a 400 `Problem` that says what would be right. */
export function parseDuration(text: string): number {
  const ms = tryParseDuration(text);
  if (ms === undefined) throw badRequest(explainDuration(text));
  return ms;
}

/** The shortest spelling that reads back as the same: `90000` is `1m30s`, `604800000` is `1w`, 0 is `0s`. Whole milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let left = Math.round(ms);
  if (left === 0) return '0s';
  let out = '';
  for (const [unit, size] of UNITS) {
    // As Prometheus: years and weeks only where nothing is left over, so that 10 days are `10d` and not `1w3d`.
    if ((unit === 'y' || unit === 'w') && left % size !== 0) continue;
    const count = Math.floor(left / size);
    if (count > 0) out += `${count}${unit}`;
    left -= count * size;
  }
  return out;
}

/** A document's duration: stays the text that was written; `parseDuration` makes it a number. */
export function durationText(range: { min?: string; max?: string } = {}): z.ZodString {
  const min = range.min === undefined ? 0 : parseDuration(range.min);
  const max = range.max === undefined ? LONGEST : parseDuration(range.max);
  return z.string().check((context) => {
    const ms = tryParseDuration(context.value);
    const issue = (message: string): void => void context.issues.push({ code: 'custom', message, input: context.value });
    if (ms === undefined) issue(explainDuration(context.value));
    else if (ms < min) issue(`${context.value} is too short: at least ${formatDuration(min)}`);
    else if (ms > max) issue(`${context.value} is too long: at most ${formatDuration(max)}`);
  });
}

const WORDS: Readonly<Record<string, string>> = {
  sec: 's', secs: 's', second: 's', seconds: 's', min: 'm', mins: 'm', minute: 'm', minutes: 'm', hr: 'h', hrs: 'h',
  hour: 'h', hours: 'h', day: 'd', days: 'd', week: 'w', weeks: 'w', year: 'y', years: 'y', millis: 'ms', msec: 'ms',
}; // prettier-ignore

/** `5 minutes` → `5m`, `1.5h` → `1h30m`, `30` → `30s`: only where the meaning is plain. */
function likelyMeaning(text: string): string | undefined {
  const match = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]*)\s*$/i.exec(text);
  if (match === null) return undefined;
  const word = match[2]!.toLowerCase();
  const unit = word === '' ? 's' : (WORDS[word] ?? word);
  const size = UNITS.find(([name]) => name === unit)?.[1];
  const ms = size === undefined ? 0 : Math.round(Number(match[1]) * size);
  return ms > 0 && ms <= LONGEST ? formatDuration(ms) : undefined;
}
