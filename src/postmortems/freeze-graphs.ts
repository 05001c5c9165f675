import { freezeGraph, type FrozenGraph, type QueryEngine } from '../monitoring/index.ts';
import type { PageAlert } from '../oncall/index.ts';
import { watchedExpressions } from './watched-expressions.ts';

const MOST_GRAPHS = 8;
const FREEZE = { points: 60, mostSeries: 10 };

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
  for (const { rule, expr, threshold } of [...watched.values()].slice(0, MOST_GRAPHS))
    graphs.push(await freezeGraph(query, { title: `${rule}: ${expr}`, expr, threshold, from, to }, { ...FREEZE, signal }));
  return graphs;
}

/** When an outage began and ended, as a graph of it marks. */
export const outageMarks = (outage: { began: number; ended: number | null }) => [
  { time: outage.began, label: 'outage begins' },
  ...(outage.ended === null ? [] : [{ time: outage.ended, label: 'outage ends' }]),
];
