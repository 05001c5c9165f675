import type { PagedAlert } from './alert-sink.ts';

export type Unit = 'ratio' | 'percent' | 'seconds' | 'bytes' | 'plain';

/** A number for a person: the digits that vary, two as a rule, and its unit. */
export function formatFigure(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : 'minus infinite';
  if (unit === 'ratio') return `${digits(value * 100)} %`;
  if (unit === 'percent') return `${digits(value)} %`;
  if (unit === 'seconds') return formatSeconds(value);
  if (unit === 'bytes') return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
  return digits(value);
}

function formatSeconds(value: number): string {
  const size = Math.abs(value);
  if (size > 0 && size < 0.001) return `${digits(value * 1_000_000)} µs`;
  if (size < 1) return `${digits(value * 1000)} ms`;
  if (size < 120) return `${digits(value)} s`;
  if (size < 7200) return `${digits(value / 60)} min`;
  return size < 172_800 ? `${digits(value / 3600)} h` : `${digits(value / 86_400)} d`;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let [left, i] = [value, 0];
  for (; Math.abs(left) >= base && i < units.length - 1; i += 1) left /= base;
  return `${digits(left)} ${units[i]}`;
}

/** Two significant digits; a small whole number as it is, since people count with it. Thousands set off. */
const digits = (value: number): string => {
  if (Number.isInteger(value) && Math.abs(value) < 1_000) return String(value);
  const rounded = Number(value.toPrecision(2));
  return Math.abs(rounded) < 1_000 ? String(rounded) : rounded.toLocaleString('en');
};

/** What an alert's value counts: its `unit` annotation or label, else what the one metric of its expression is named after. */
export function unitOf({ annotations, labels, expr }: Pick<PagedAlert, 'annotations' | 'labels' | 'expr'>): Unit {
  const said = annotations['unit'] ?? labels['unit'];
  const known = said === undefined ? undefined : UNITS[said.toLowerCase()];
  if (known !== undefined) return known;
  // A quotient, or a count of something within a histogram, is not in its metric's unit.
  if (/\bhistogram_quantile\b.*_seconds/.test(expr)) return 'seconds';
  if (/[/*]|_count\b|_bucket\b/.test(expr)) return /[_:]ratio/.test(expr) ? 'ratio' : 'plain';
  if (/[_:]ratio/.test(expr)) return 'ratio';
  if (/_(seconds|duration)(_sum|_bucket)?\b/.test(expr)) return 'seconds';
  return /_bytes\b/.test(expr) && !/\b(rate|irate|increase)\b/.test(expr) ? 'bytes' : 'plain';
}

const UNITS: Readonly<Record<string, Unit>> = {
  ratio: 'ratio', '1': 'ratio', percent: 'percent', '%': 'percent', s: 'seconds', seconds: 'seconds', bytes: 'bytes', b: 'bytes',
}; // prettier-ignore

const WORDS: Readonly<Record<string, string>> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
  '==': 'at',
  '!=': 'not',
};

/**
 * The number that an alert's value is compared with, said in words: `… > 0.05` is `above 5 %`. The value is that of the
 * left side of `and` and `unless`; with `or` it may be of either. An equation says nothing that its value does not.
 */
export function thresholdOf(expr: string, unit: Unit): string | undefined {
  const left = leftSide(expr);
  const match = left === undefined ? null : /(>=|<=|==|!=|>|<)\s*(?:bool\s+)?(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*\)*\s*$/i.exec(left);
  return match === null ? undefined : `${WORDS[match[1]!]} ${formatFigure(Number(match[2]), unit)}`;
}

/** Whether the value is what the expression asks for, and no measure of anything: `up == 0`. */
export const isEquation = (expr: string): boolean => /==\s*(?:bool\s+)?[-\d.]+\s*\)*\s*$/.test(leftSide(expr) ?? '');

/** What is left of the first `and` or `unless` outside of brackets and quotes; undefined where there is an `or`. */
function leftSide(given: string): string | undefined {
  const expr = given.trim();
  // Brackets and quoted text, blanked to the same length, inmost first.
  let plain = expr.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, (text) => '.'.repeat(text.length));
  for (let before = ''; before !== plain;) {
    before = plain;
    plain = plain.replaceAll(/\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}/g, (text) => '.'.repeat(text.length));
  }
  if (expr.startsWith('(') && /^\.+$/.test(plain)) return leftSide(expr.slice(1, -1));
  if (/\bor\b/i.test(plain)) return undefined;
  const at = plain.search(/\b(and|unless)\b/i);
  return at === -1 ? expr : expr.slice(0, at);
}

/** `3 minutes`, `2 hours`: a length of time as it is said. */
export function spoken(ms: number): string {
  const units: [number, string][] = [[86_400_000, 'day'], [3_600_000, 'hour'], [60_000, 'minute'], [1_000, 'second']]; // prettier-ignore
  // 90 minutes and 36 hours are clearer than '2 hours' and '2 days'.
  const [size, name] = units.find(([one]) => ms >= 2 * one) ?? units[3]!;
  const count = Math.max(0, Math.round(ms / size));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
