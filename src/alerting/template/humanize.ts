/** Numbers as people read them, as Prometheus' templates write them (template/template.go, common/helpers/templates). */
import { general } from './decimal.ts';
import { TemplateError } from './template-error.ts';
import { Time, timeText } from './values.ts';

const UP = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;
const DOWN = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'] as const;
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'] as const;

function larger(value: number, base: number, units: readonly string[]): string {
  let prefix = '';
  let rest = value;
  for (const unit of units) {
    if (Math.abs(rest) < base) break;
    prefix = unit;
    rest /= base;
  }
  return general(rest, 4) + prefix;
}

function smaller(value: number, suffix = ''): string {
  let prefix = '';
  let rest = value;
  for (const unit of DOWN) {
    if (Math.abs(rest) >= 1) break;
    prefix = unit;
    rest *= 1000;
  }
  return general(rest, 4) + prefix + suffix;
}

export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return general(value, 4);
  return Math.abs(value) >= 1 ? larger(value, 1000, UP) : smaller(value);
}

export const humanize1024 = (value: number): string =>
  Math.abs(value) <= 1 || !Number.isFinite(value) ? general(value, 4) : larger(value, 1024, BINARY);

/** Seconds as `1d 2h 3m 4s`. */
export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return general(value, 4);
  if (value === 0) return `${general(value, 4)}s`;
  if (Math.abs(value) < 1) return smaller(value, 's');
  const sign = value < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(value));
  const days = Math.floor(whole / 86_400);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes > 0) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${general(Math.abs(value), 4)}s`;
}

export const humanizePercentage = (value: number): string => `${general(value * 100, 4)}%`;

/** What nanoseconds in 64 bits reach. */
const FURTHEST = 2 ** 63 / 1e9;

export function timeOf(seconds: number): Time {
  if (!Number.isFinite(seconds) || Math.abs(seconds) >= FURTHEST)
    throw new TemplateError(`${general(seconds, 6)} cannot be represented as a nanoseconds timestamp since it overflows int64`);
  // 1435065584.128 · 1000 is a little less than a whole number.
  return new Time(Math.trunc(Math.round(seconds * 1e6) / 1e3));
}

/** Seconds since the epoch as Go prints a UTC time: `2015-02-26 21:48:00 +0000 UTC`. */
export const humanizeTimestamp = (value: number): string => (Number.isFinite(value) ? timeText(timeOf(value)) : general(value, 4));
