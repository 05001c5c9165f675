/** What one evaluation makes of one series: pure. Times are milliseconds. */
import { parseDuration } from '../../platform/duration.ts';
import type { GraphiteRuleSpec, Limits } from './graphite-rule-kind.ts';

export const LEVELS = ['critical', 'today', 'eventually'] as const;
export type Level = (typeof LEVELS)[number] | 'missing';

/** A condition that holds, or held until a moment ago. */
export interface Holding {
  /** Since when it holds. */
  readonly since: number;
  readonly fired: boolean;
  /** Since when it only fires because of `keepFiringFor`. */
  readonly clearSince: number | null;
}

/** What is remembered of a series of a rule. */
export interface SeriesMemory {
  readonly series: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The last that there was. */
  readonly value: number;
  readonly holding: Readonly<Partial<Record<Level, Holding>>>;
}

export interface Told {
  readonly level: Level;
  readonly to: 'firing' | 'resolved';
  readonly since: number;
}

export interface SeriesDecision {
  /** Undefined: it is forgotten. */
  readonly memory: SeriesMemory | undefined;
  readonly told: readonly Told[];
}

const beyond = (value: number, { above = Infinity, below = -Infinity }: Limits): boolean => value > above || value < below;

/**
 * @param value what the window says; undefined where the series has none in it
 * @param listeningSince since when samples could be seen: what is missing from before that may only not have been heard
 */
export function decideSeries(
  spec: GraphiteRuleSpec,
  series: string,
  known: SeriesMemory | undefined,
  value: number | undefined,
  now: number,
  listeningSince: number,
): SeriesDecision {
  if (value !== undefined) return decideValue(spec, known ?? { series, firstSeen: now, lastSeen: now, value, holding: {} }, value, now);
  return known === undefined ? { memory: undefined, told: [] } : decideMissing(spec, known, now, listeningSince);
}

function decideValue(spec: GraphiteRuleSpec, known: SeriesMemory, value: number, now: number): SeriesDecision {
  const told: Told[] = [];
  const holding: Partial<Record<Level, Holding>> = {};
  let worse = false;
  for (const level of LEVELS) {
    const limits = spec[level];
    const holds = limits !== undefined && beyond(value, limits);
    const before = known.holding[level];
    // What is critical needs no ticket too; one that is there already stays.
    const next = step(holds && (!worse || before?.fired === true), before, spec, now);
    if (next !== undefined) holding[level] = next;
    if (next?.fired === true && before?.fired !== true) told.push({ level, to: 'firing', since: next.since });
    if (next?.fired !== true && before?.fired === true) told.push({ level, to: 'resolved', since: before.since });
    worse ||= holds;
  }
  const gone = known.holding.missing;
  if (gone?.fired === true) told.push({ level: 'missing', to: 'resolved', since: gone.since });
  return { memory: { ...known, lastSeen: now, value, holding }, told };
}

/** `for` before it fires, `keepFiringFor` after it no longer holds. */
function step(holds: boolean, before: Holding | undefined, spec: GraphiteRuleSpec, now: number): Holding | undefined {
  if (holds) {
    const since = before?.since ?? now;
    return { since, fired: before?.fired === true || now - since >= parseDuration(spec.for), clearSince: null };
  }
  if (before?.fired !== true) return undefined;
  const clearSince = before.clearSince ?? now;
  return now - clearSince < parseDuration(spec.keepFiringFor) ? { ...before, clearSince } : undefined;
}

/** Nothing is decided on what is not known, until it has been gone for long enough: then that is the alert, in place of the others. */
function decideMissing(spec: GraphiteRuleSpec, known: SeriesMemory, now: number, listeningSince: number): SeriesDecision {
  const gone = now - Math.max(known.lastSeen, listeningSince);
  const after = parseDuration(spec.missing === false ? '10m' : spec.missing.after);
  const before = known.holding.missing;
  if (gone < after && before === undefined) return { memory: known, told: [] };
  const told: Told[] = LEVELS.flatMap((level) => {
    const one = known.holding[level];
    return one?.fired === true ? [{ level, to: 'resolved' as const, since: one.since }] : [];
  });
  if (spec.missing === false) return { memory: undefined, told };
  if (now - known.lastSeen >= Math.max(after, parseDuration(spec.missing.forgetAfter))) {
    if (before !== undefined) told.push({ level: 'missing', to: 'resolved', since: before.since });
    return { memory: undefined, told };
  }
  if (before === undefined) told.push({ level: 'missing', to: 'firing', since: known.lastSeen });
  const missing = before ?? { since: known.lastSeen, fired: true, clearSince: null };
  return { memory: { ...known, holding: { missing } }, told };
}
