import { guessUnit, pointsOf, type QueryEngine, renderChart, seriesName, stepFor } from '../monitoring/index.ts';
import type { PageAlert } from '../oncall/index.ts';
import { watchedExpressions } from './watched-expressions.ts';

/** A graph's numbers as they were, so that it reads the same when the samples are long gone. Times are milliseconds. */
export interface FrozenGraph {
  readonly title: string;
  readonly expr: string;
  readonly threshold: number | null;
  readonly unit: string;
  readonly from: number;
  readonly to: number;
  /** A value is null where there was none that JSON can hold. */
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number | null])[] }[];
  /** How many series more there were. */
  readonly left: number;
  /** Why there are no numbers. */
  readonly problem: string | null;
}

const MOST_GRAPHS = 8;
const MOST_SERIES = 10;
const POINTS = 60;

/** Half an hour on both sides, and less around a short outage, which would be a few points wide otherwise. */
const around = (outage: number): number => Math.min(30 * 60_000, Math.max(5 * 60_000, 2 * outage));

/** What the alerts of an incident watched, from some time before the outage to as long after. */
export async function freezeGraphs(
  query: Pick<QueryEngine, 'range'>,
  alerts: readonly Pick<PageAlert, 'rule' | 'expr'>[],
  outage: { began: number; ended: number; now: number },
  signal: AbortSignal,
): Promise<FrozenGraph[]> {
  const margin = around(outage.ended - outage.began);
  const from = outage.began - margin;
  // Not beyond now: what is not measured yet is no gap.
  const to = Math.max(from + 60_000, Math.min(outage.ended + margin, outage.now));
  const watched = new Map<string, { rule: string; expr: string; threshold: number | null }>();
  for (const { rule, expr } of alerts)
    for (const one of watchedExpressions(expr)) watched.set(one.expr, watched.get(one.expr) ?? { rule, ...one });
  const graphs: FrozenGraph[] = [];
  for (const { rule, expr, threshold } of [...watched.values()].slice(0, MOST_GRAPHS)) {
    const empty = { title: `${rule}: ${expr}`, expr, threshold, unit: guessUnit(expr), from, to, series: [], left: 0, problem: null };
    graphs.push(await freeze(query, empty, signal));
  }
  return graphs;
}

async function freeze(query: Pick<QueryEngine, 'range'>, empty: FrozenGraph, signal: AbortSignal): Promise<FrozenGraph> {
  const { expr, from, to } = empty;
  const step = stepFor(from, to, POINTS);
  try {
    const { series } = await query.range(expr, Math.ceil(from / step) * step, to, step, { signal, timeout: 20_000 });
    // The largest first: with more than can be shown, those are the ones that made it fire.
    const largest = series
      .map((one) => ({ one, peak: one.values.reduce((a, b) => (b > a ? b : a), -Infinity) }))
      .sort((a, b) => b.peak - a.peak);
    const kept = largest.slice(0, MOST_SERIES).map(({ one }) => ({
      name: seriesName(one.labels),
      points: pointsOf(one).map(([time, value]) => [time, Number.isFinite(value) ? value : null] as const),
    }));
    return { ...empty, series: kept, left: series.length - kept.length };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...empty, problem: error instanceof Error ? error.message.slice(0, 300) : 'the query failed' };
  }
}

/** The graph as a picture, from the frozen numbers alone. */
export function drawFrozen(graph: FrozenGraph, outage: { began: number; ended: number | null }, theme: 'light' | 'dark'): string {
  const ended = outage.ended === null ? [] : [{ time: outage.ended, label: 'outage ends' }];
  return renderChart({
    title: graph.title,
    series: graph.series.map(({ name, points }) => ({ name, points: points.map(([time, value]) => [time, value ?? NaN] as const) })),
    from: graph.from,
    to: graph.to,
    unit: graph.unit,
    width: 860,
    height: 360,
    theme,
    annotations: [{ time: outage.began, label: 'outage begins' }, ...ended],
    threshold: graph.threshold ?? undefined,
    gap: stepFor(graph.from, graph.to, POINTS) * 1.5,
  });
}
