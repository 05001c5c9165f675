import { guessUnit, pointsOf, renderChart, seriesName, stepFor, type Theme } from '../charts/index.ts';
import type { QueryEngine } from '../promql/index.ts';

/** Something that happened while a graph ran: a deploy, an outage's beginning. Milliseconds. */
export interface Annotation {
  readonly time: number;
  readonly label: string;
}

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

export interface GraphToFreeze {
  readonly title: string;
  readonly expr: string;
  readonly from: number;
  readonly to: number;
  readonly threshold?: number | null;
  /** Guessed from the expression when left out. */
  readonly unit?: string;
}

interface FreezeOptions {
  readonly signal: AbortSignal;
  /** The most points of a series. */
  readonly points: number;
  readonly mostSeries: number;
}

/** Asks the query and keeps the answer. A query that fails is kept as a graph without numbers that says why. */
export async function freezeGraph(query: Pick<QueryEngine, 'range'>, graph: GraphToFreeze, options: FreezeOptions): Promise<FrozenGraph> {
  const { expr, from, to } = graph;
  const { signal, points, mostSeries } = options;
  const empty = { threshold: null, unit: guessUnit(expr), ...graph, series: [], left: 0, problem: null };
  const step = stepFor(from, to, points);
  try {
    const { series } = await query.range(expr, Math.ceil(from / step) * step, to, step, { signal, timeout: 20_000 });
    // The largest first: with more than can be shown, those are the ones that are looked for.
    const largest = series
      .map((one) => ({ one, peak: one.values.reduce((a, b) => (b > a ? b : a), -Infinity) }))
      .sort((a, b) => b.peak - a.peak);
    const kept = largest.slice(0, mostSeries).map(({ one }) => ({
      name: seriesName(one.labels),
      points: pointsOf(one).map(([time, value]) => [time, Number.isFinite(value) ? value : null] as const),
    }));
    return { ...empty, series: kept, left: series.length - kept.length };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...empty, problem: error instanceof Error ? error.message.slice(0, 300) : 'the query failed' };
  }
}

interface Look {
  readonly theme: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly annotations: readonly Annotation[];
  /** In which times are written; UTC by default. */
  readonly timeZone?: string;
}

/** The graph as an SVG picture, from the frozen numbers alone. */
export function drawFrozen(graph: FrozenGraph, { theme, width = 860, height = 360, annotations, timeZone }: Look): string {
  return renderChart({
    title: graph.title,
    series: graph.series.map(({ name, points }) => ({ name, points: points.map(([time, value]) => [time, value ?? NaN] as const) })),
    from: graph.from,
    to: graph.to,
    unit: graph.unit,
    width,
    height,
    theme,
    annotations,
    threshold: graph.threshold ?? undefined,
    timeZone,
  });
}
