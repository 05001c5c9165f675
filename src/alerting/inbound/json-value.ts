import { z } from 'zod';

/** A step of a path: a key of an object, or an index of an array. */
export type PathStep = string | number;

const MOST_STEPS = 30;
const STEP = /\.?(?:\[(?:(\d{1,6})|'([^'\\]{1,200})'|"([^"\\]{1,200})")\]|([^.[\]*'"\s]{1,200}))/y;

/** Reads `incident.id`, `$.alerts[0].labels['a b']`. @throws Error with the column where it goes wrong */
export function parsePath(path: string): PathStep[] {
  const steps: PathStep[] = [];
  let at = path.startsWith('$') ? 1 : 0;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match || (at > 0 && match[0][0] !== '.' && match[0][0] !== '['))
      throw new Error(`a path is such as incident.id or $.alerts[0].name: see column ${at + 1}`);
    const [, index, single, double, name] = match;
    steps.push(index === undefined ? (single ?? double ?? name ?? '') : Number(index));
    at += match[0].length;
    if (steps.length > MOST_STEPS) throw new Error(`a path has at most ${MOST_STEPS} steps`);
  }
  if (steps.length === 0) throw new Error('a path names something, such as incident.id');
  return steps;
}

export const pathText = z.string().max(1_000).check((context) => {
  try {
    parsePath(context.value);
  } catch (error) {
    context.issues.push({ code: 'custom', message: (error as Error).message, input: context.value });
  }
}); // prettier-ignore

/** What stands there; undefined where nothing does. Only what the document itself has: no prototype is looked at. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const step of parsePath(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PathStep, unknown>)[step];
  }
  return value;
}

/** As people read it: undefined for nothing, null and what is empty. */
export function textOf(value: unknown, longest = 1_000): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : cutText(value.trim(), longest);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' || typeof one === 'number')) return cutText(value.join(', '), longest);
  return undefined;
} // prettier-ignore

/** Never half a character. */
export const cutText = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`;

const MOST_LINES = 40;
const LONGEST_LINE = 500;
const DEEPEST = 6;

/** A sender's own details as lines `name: value`, as many as fit. */
export function detailLines(details: unknown): string {
  const lines: string[] = [];
  const walk = (value: unknown, name: string, depth: number): void => {
    if (lines.length >= MOST_LINES) return;
    if (typeof value === 'object' && value !== null && depth < DEEPEST) {
      for (const [key, one] of Object.entries(value).slice(0, MOST_LINES)) walk(one, name === '' ? key : `${name}.${key}`, depth + 1);
      return;
    }
    const text = textOf(value, LONGEST_LINE);
    if (text !== undefined) lines.push(cutText(name === '' ? text : `${cutText(name, 200)}: ${text}`, LONGEST_LINE));
  };
  walk(details, '', 0);
  return lines.join('\n');
}

const YEAR_2100 = 4_102_444_800;

/** ISO 8601, or seconds or milliseconds since 1970; undefined where it is no time between 1971 and 2100. Grafana's year 1 is none. */
export function timeOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{9,14}(\.\d{1,9})?$/.test(value) ? Number(value) : NaN;
  const at = Number.isNaN(number) ? (typeof value === 'string' && value.length <= 40 ? Date.parse(value) : NaN) : number < YEAR_2100 ? number * 1000 : number;
  return at > 31_536_000_000 && at < YEAR_2100 * 1000 ? Math.round(at) : undefined;
} // prettier-ignore
