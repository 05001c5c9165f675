import type { Histogram } from '../../histogram.ts';
import { CUSTOM, tighten } from '../../histogram/index.ts';
import { labelKey } from '../labels.ts';
import type { SeriesLine } from './series-notation.ts';

/** Classic histograms as native ones of custom boundaries, as `load_with_nhcb` adds them: a step has one where its +Inf bucket has a count. */
export function classicToNative(lines: Iterable<SeriesLine>): SeriesLine[] {
  const found = new Map<string, { labels: Record<string, string>; buckets: Map<number, SeriesLine>; sum: SeriesLine | undefined }>();
  for (const line of lines) {
    const { le, __name__: name = '', ...rest } = line.labels;
    const base = name.replace(/_(?:bucket|sum|count)$/, '');
    if (base === name || (name.endsWith('_bucket') && le === undefined)) continue;
    const labels = { ...rest, __name__: base };
    const key = labelKey(labels);
    const one = found.get(key) ?? { labels, buckets: new Map<number, SeriesLine>(), sum: undefined };
    found.set(key, one);
    if (name.endsWith('_bucket')) one.buckets.set(/inf/i.test(le!) ? Infinity : Number(le), line);
    else if (name.endsWith('_sum')) one.sum = line;
  }
  return [...found.values()].flatMap(({ labels, buckets, sum }) => {
    const bounds = [...buckets.keys()].sort((a, b) => a - b);
    const steps = Math.max(0, ...[...buckets.values()].map(({ values }) => values.length));
    if (bounds.length === 0) return [];
    const valueAt = (line: SeriesLine | undefined, step: number): number =>
      typeof line?.values[step] === 'number' ? line.values[step] : 0;
    const values = Array.from({ length: steps }, (_, step) => {
      if (![...buckets.values()].some((line) => typeof line.values[step] === 'number')) return undefined;
      const counts = bounds.map((bound) => valueAt(buckets.get(bound), step));
      return { histogram: native(bounds, counts, valueAt(sum, step)), hinted: false };
    });
    return [{ labels, values, startTimestamps: false }];
  });
}

function native(bounds: readonly number[], cumulative: readonly number[], sum: number): Histogram {
  const counts = cumulative.map((count, i) => count - (cumulative[i - 1] ?? 0));
  return tighten({
    schema: CUSTOM,
    zeroThreshold: 0,
    zeroCount: 0,
    count: cumulative.at(-1)!,
    sum,
    positive: { indexes: counts.map((_, i) => i), counts },
    negative: { indexes: [], counts: [] },
    customValues: bounds.filter((bound) => bound !== Infinity),
    resetHint: 'unknown',
  });
}
