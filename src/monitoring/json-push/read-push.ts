import { checkLabels, type LabelLimits } from '../label-limits.ts';
import type { Labels } from '../series.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';

export interface PushedSample {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export interface Push {
  readonly samples: PushedSample[];
  /** What was wrong, with the place in the body. */
  readonly wrong: { readonly where: string; readonly problem: string; readonly example: string }[];
}

export interface PushContext {
  readonly limits: LabelLimits;
  readonly now: number;
  /** Milliseconds: what is older is refused. */
  readonly retention: number;
}

/** A time in seconds is below this until the year 5138, and one in milliseconds above it since 1973. */
const MILLISECONDS_FROM = 1e11;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a pushed body: `[{name, value, labels?, time?}, …]`, or `{name: value, …}` where a value may also be `{value, labels?, time?}`.
 * What is wrong is told and left out; the rest counts.
 */
export function readPush(body: unknown, context: PushContext): Push {
  const push: Push = { samples: [], wrong: [] };
  if (Array.isArray(body)) {
    for (const [i, item] of body.entries()) {
      if (isObject(item)) add(push, context, `[${i}]`, item['name'], item, {});
      else push.wrong.push({ where: `[${i}]`, problem: 'is not an object {name, value}', example: exampleOf(item) });
    }
  } else if (isObject(body)) {
    for (const [name, value] of Object.entries(body))
      add(push, context, `.${name.slice(0, 100)}`, name, isObject(value) ? value : { value }, {});
  } else push.wrong.push({ where: 'the body', problem: 'is neither {name: value} nor [{name, value}]', example: exampleOf(body) });
  return push;
}

/** Reads what was pushed to one name: a number, or `{value, labels?, time?}`. */
export function readOne(name: string, body: unknown, labels: Readonly<Record<string, string>>, context: PushContext): Push {
  const push: Push = { samples: [], wrong: [] };
  add(push, context, 'the body', name, isObject(body) ? body : { value: body }, labels);
  return push;
}

const FIELDS = new Set(['name', 'value', 'labels', 'time']);

function add(
  push: Push,
  { limits, now, retention }: PushContext,
  where: string,
  name: unknown,
  item: Record<string, unknown>,
  more: Readonly<Record<string, string>>,
): void {
  const refuse = (problem: string): void => void push.wrong.push({ where, problem, example: exampleOf(item) });
  const unknown = Object.keys(item).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) return refuse(`has '${unknown.slice(0, 60)}', which is none of name, value, labels, time`);
  if (typeof name !== 'string' || name === '') return refuse("has no name: give 'name', a text");
  const value = numberOf(item['value']);
  if (value === undefined) return refuse('has no value: give a number, or true or false');
  const time = timeOf(item['time'], now);
  if (time === undefined) return refuse("has a time that is neither ISO 8601 ('2026-01-31T12:00:00Z') nor seconds since 1970");
  if (time < now - retention) return refuse('is older than samples are kept (store.retention)');
  if (time > now + FURTHEST_AHEAD_MS) return refuse('is more than a day ahead');
  const given = item['labels'] ?? {};
  if (!isObject(given)) return refuse('has labels that are not an object of texts');
  const pairs: [string, string][] = [['__name__', name], ...Object.entries(more)];
  for (const [label, text] of Object.entries(given)) {
    if (typeof text !== 'string' && typeof text !== 'number' && typeof text !== 'boolean')
      return refuse(`has the label '${label.slice(0, 60)}', whose value is not a text`);
    // A label without a value is no label.
    if (text !== '') pairs.push([label, String(text)]);
  }
  const labels = checkLabels(pairs, limits);
  if (typeof labels === 'string') return refuse(labels);
  push.samples.push({ labels, value, time });
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function timeOf(time: unknown, now: number): number | undefined {
  if (time === undefined || time === null) return now;
  if (typeof time === 'number') return Math.round(time >= MILLISECONDS_FROM ? time : time * 1000);
  if (typeof time !== 'string' || time.length > 40 || !ISO.test(time)) return undefined;
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** No deeper than a person would look; a body may nest as deep as it is long. */
function exampleOf(item: unknown): string {
  if (!isObject(item)) return Array.isArray(item) ? '[…]' : String(item).slice(0, 200);
  const shown = Object.entries(item).slice(0, 5);
  return shown
    .map(([field, value]) => `${field}: ${isObject(value) || Array.isArray(value) ? '{…}' : String(value).slice(0, 60)}`)
    .join(', ');
}
