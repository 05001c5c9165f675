/** The times at which a rule is evaluated anew, and what its expression answers at them. */
import type { Expr, MatrixSeries, QueryEngine } from '../../monitoring/index.ts';
import { LimitError } from '../../platform/problem.ts';
import type { RuleState } from '../alerts/index.ts';
import { dueAt, type RuleSample } from '../evaluation/index.ts';
import type { AlertRule } from '../rules/index.ts';
import type { Turn } from './replay.ts';

export interface TurnsOptions {
  readonly query: Pick<QueryEngine, 'instant' | 'range'>;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly signal: AbortSignal;
  /** Told how far it has come, 0 to 1. */
  readonly progress: (done: number) => void;
}

/** Steps that one query answers at a time: an answer has so many values a series. */
const CHUNK = 500;

/** At each multiple of the step, as Prometheus evaluates: whole chunks of it are asked at once. */
export async function* turnsOfInterval(rule: AlertRule, options: TurnsOptions): AsyncGenerator<Turn> {
  const { from, to, stepMs, signal, progress } = options;
  const first = Math.ceil(from / stepMs) * stepMs;
  // `@ start()` and `@ end()` mean the one time of an evaluation.
  const ask = namesEnds(rule.parsed) ? oneByOne : inChunks;
  for (let start = first; start <= to; start += CHUNK * stepMs) {
    signal.throwIfAborted();
    const end = Math.min(to, start + (CHUNK - 1) * stepMs);
    yield* await ask(rule, options, start, end);
    progress((end - from) / (to - from));
  }
}

async function inChunks(rule: AlertRule, { query, stepMs, signal }: TurnsOptions, start: number, end: number): Promise<Turn[]> {
  const { series } = await query.range(rule.parsed, start - rule.offsetMs, end - rule.offsetMs, stepMs, { signal });
  return turned(series, { start: start - rule.offsetMs, offsetMs: rule.offsetMs, stepMs, count: Math.floor((end - start) / stepMs) + 1 });
}

interface Grid {
  readonly start: number;
  readonly offsetMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** A matrix is by series and then by time; a rule is evaluated time by time. */
function turned(series: readonly MatrixSeries[], { start, offsetMs, stepMs, count }: Grid): Turn[] {
  const turns = Array.from({ length: count }, (_, i) => ({ at: start + offsetMs + i * stepMs, vector: [] as RuleSample[] }));
  for (const { labels, times, values, histograms } of series) {
    for (let i = 0; i < times.length; i++) {
      const histogram = histograms?.[i];
      const turn = turns[Math.round((times[i]! - start) / stepMs)];
      turn?.vector.push(histogram === undefined ? { labels, value: values[i]! } : { labels, value: Number.NaN, histogram });
    }
  }
  return turns;
}

async function oneByOne(rule: AlertRule, options: TurnsOptions, start: number, end: number): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let at = start; at <= end; at += options.stepMs) turns.push(await turnAt(rule, options, at));
  return turns;
}

async function turnAt(rule: AlertRule, { query, signal }: TurnsOptions, at: number): Promise<Turn> {
  const result = await query.instant(rule.parsed, at - rule.offsetMs, { signal });
  if (result.kind === 'scalar') return { at, vector: [{ labels: {}, value: result.value }] };
  return { at, vector: result.kind === 'vector' ? result.samples : [] };
}

function namesEnds(node: Expr): boolean {
  const at = 'at' in node && node.at !== undefined && node.at.kind !== 'time';
  if (at) return true;
  const parts: Expr[] = Object.values(node).flatMap((part: unknown) => (Array.isArray(part) ? part : [part])).filter(isExpr); // prettier-ignore
  return parts.some(namesEnds);
}
const isExpr = (part: unknown): part is Expr =>
  typeof part === 'object' && part !== null && 'kind' in part && 'type' in part && 'span' in part;

/** More evaluations than this, one by one, take minutes. */
const MOST_TURNS = 20_000;

/**
 * When nines evaluates by itself: as samples of the metrics arrived that the rule reads, at its interval, and when time alone changes
 * something (a `for` that runs out, a sample that goes out of sight). `after` has to be told of each turn's alerts.
 * @throws LimitError where samples arrived more often than can be gone through
 */
export function turnsOfArrival(rule: AlertRule, options: TurnsOptions): { turns: AsyncIterable<Turn>; after: (at: number, state: RuleState) => void } {
  let state: RuleState = new Map();
  async function* turns(): AsyncGenerator<Turn> {
    const { from, to, stepMs, signal, progress } = options;
    const arrivals = await arrivalsOf(rule, options);
    const newest = new Map<string, number>();
    let [next, tick, taken] = [0, Math.ceil(from / stepMs) * stepMs, 0];
    let last: Turn = { at: from, vector: [] };
    for (let at = from - 1; ; ) {
      const goneAt = [...newest.values()].flatMap((time) => rule.reads.reaches.map((reach) => time + reach)).filter((time) => time > at);
      const due = dueAt(rule, state);
      at = Math.min(arrivals[next]?.at ?? Infinity, tick, due > at ? due : Infinity, ...goneAt);
      if (at > to) return;
      for (; arrivals[next] !== undefined && arrivals[next]!.at <= at; next++) newest.set(arrivals[next]!.metric, arrivals[next]!.at);
      if (tick <= at) tick += stepMs;
      signal.throwIfAborted();
      if (++taken > MOST_TURNS) throw tooMany();
      const turn = await turnAt(rule, options, at);
      for await (const missed of endsBetween(rule, options, last, turn)) yield (last = missed);
      yield (last = turn);
      if (taken % 100 === 0) progress((at - from) / (to - from));
    }
  }
  return { turns: turns(), after: (_, now) => void (state = now) };
} // prettier-ignore

const keyOf = ({ labels }: RuleSample): string =>
  Object.keys(labels)
    .sort()
    .map((name) => `${name}\u0000${labels[name]}`)
    .join('\u0000');
const keysOf = ({ vector }: Turn): Set<string> => new Set(vector.map(keyOf));
function hasAll(turn: Turn, keys: ReadonlySet<string>): boolean {
  const there = keysOf(turn);
  return [...keys].every((key) => there.has(key));
}

/**
 * A series may have ended by a stale marker, which arrived as a sample does and is one that no query shows. Where results are gone
 * that were there at `last`, and not only in the very millisecond of the next turn, the moments of their ends are looked for.
 */
async function* endsBetween(rule: AlertRule, options: TurnsOptions, last: Turn, next: Turn): AsyncGenerator<Turn> {
  for (let from = last; from.at < next.at - 1;) {
    const keys = keysOf(from);
    if (hasAll(next, keys)) return;
    let gone = await turnAt(rule, options, next.at - 1);
    if (hasAll(gone, keys)) return;
    for (let low = from.at; low + 1 < gone.at;) {
      const middle = await turnAt(rule, options, Math.floor((low + gone.at) / 2));
      if (hasAll(middle, keys)) low = middle.at;
      else gone = middle;
    }
    yield gone;
    from = gone;
  }
}

const tooMany = (): LimitError =>
  new LimitError(422, `In this time samples arrived more than ${MOST_TURNS} times: take a shorter time, or evaluate at the interval.`, {
    limit: MOST_TURNS,
    setting: 'evaluate: interval',
  });

const HOUR_MS = 3_600_000;

/** The times of the samples that the rule reads, oldest first: a sample arrives when it is taken. */
async function arrivalsOf({ reads }: AlertRule, { query, from, to, signal }: TurnsOptions): Promise<{ at: number; metric: string }[]> {
  const found = new Map<string, { at: number; metric: string }>();
  for (const { text, metric = '' } of reads.selectors) {
    for (let start = from; start < to; start += HOUR_MS) {
      const end = Math.min(to, start + HOUR_MS);
      const result = await query.instant(`${text}[${Math.ceil((end - start) / 1000)}s]`, end, { signal });
      if (result.kind !== 'matrix') continue;
      for (const { times } of result.series) for (const at of times) if (at >= from) found.set(`${metric} ${at}`, { at, metric });
      if (found.size > MOST_TURNS) throw tooMany();
    }
  }
  return [...found.values()].sort((a, b) => a.at - b.at);
}
