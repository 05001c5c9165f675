import { Breath } from '../../platform/columns/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SeriesIndex } from '../series.ts';

interface Stat {
  readonly name: string;
  readonly value: number;
}

const LOOK_BACK_MS = 6 * 3_600_000;
/** All series are read for it: once in a while is often enough. */
const FRESH_MS = 30_000;
const DEFAULT_LIMIT = 10;

const most = (counts: ReadonlyMap<string, number>, limit: number): Stat[] =>
  [...counts]
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
    .slice(0, limit);

interface Counts {
  readonly series: number;
  readonly from: number;
  readonly to: number;
  readonly seriesByMetric: Map<string, number>;
  readonly seriesByPair: Map<string, number>;
  readonly valuesByName: Map<string, number>;
  readonly bytesByName: Map<string, number>;
}

/** Counts over the series of the last hours, as `/api/v1/status/tsdb` has them. */
export function createTsdbStatus({ index, clock }: { index: SeriesIndex; clock: Clock }): (limit: number) => Promise<unknown> {
  let counted: { at: number; counts: Promise<Counts> } | undefined;
  return async (limit) => {
    const now = clock.now();
    if (counted === undefined || now - counted.at > FRESH_MS) counted = { at: now, counts: count(index, now - LOOK_BACK_MS, now) };
    const counts = await counted.counts;
    const first = (from: ReadonlyMap<string, number>): Stat[] => most(from, limit || DEFAULT_LIMIT);
    return {
      headStats: {
        numSeries: counts.series,
        numLabelPairs: counts.seriesByPair.size,
        chunkCount: counts.series,
        minTime: counts.from,
        maxTime: counts.to,
      },
      seriesCountByMetricName: first(counts.seriesByMetric),
      labelValueCountByLabelName: first(counts.valuesByName),
      memoryInBytesByLabelName: first(counts.bytesByName),
      seriesCountByLabelValuePair: first(counts.seriesByPair),
    };
  };
}

async function count(index: SeriesIndex, from: number, to: number): Promise<Counts> {
  const all = await index.series([], from, to);
  const counts = { seriesByMetric: new Map(), seriesByPair: new Map(), valuesByName: new Map(), bytesByName: new Map() };
  const add = (to: Map<string, number>, name: string, n: number): void => void to.set(name, (to.get(name) ?? 0) + n);
  const breath = new Breath();
  for (const labels of all) {
    if (breath.due) await breath.take();
    for (const [name, value] of Object.entries(labels)) {
      if (name === '__name__') add(counts.seriesByMetric, value, 1);
      const pair = `${name}=${value}`;
      if (!counts.seriesByPair.has(pair)) {
        add(counts.valuesByName, name, 1);
        add(counts.bytesByName, name, Buffer.byteLength(value));
      }
      add(counts.seriesByPair, pair, 1);
    }
  }
  return { series: all.length, from, to, ...counts };
}
