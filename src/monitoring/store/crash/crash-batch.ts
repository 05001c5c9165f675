import type { Histogram } from '../../histogram.ts';
import { parseHistogram } from '../../histogram/index.ts';
import type { Labels } from '../../series.ts';

const SAMPLES = 20;

interface Batch {
  readonly labels: Labels[];
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly histograms: ReadonlyMap<number, Histogram>;
  /** By the index of the sample that they belong to. */
  readonly exemplars: readonly { readonly at: number; readonly labels: Labels; readonly value: number; readonly time: number }[];
}

const kindOf = (i: number): 'rare' | 'shape' | 'common' => (i % 4 === 0 ? 'rare' : i % 4 === 2 ? 'shape' : 'common');

const histogramOf = (n: number, i: number): Histogram =>
  parseHistogram(`schema:${n % 5} count:${n + i + 1} sum:${n / 8} z_bucket:1 buckets:[${n} 0 ${i}] offset:${i - 9}`).histogram;

/**
 * What batch `n` of the crash test holds, all in times of its own: some series that every batch has, one that only a few have and that
 * has exemplars, and some of native histograms.
 */
export function batchOf(n: number, base: number): Batch {
  const labels = Array.from({ length: SAMPLES }, (_, i): Labels => {
    const name = kindOf(i);
    return name === 'rare' ? { __name__: name, group: String(n >> 3) } : { __name__: name, i: String(i % 7) };
  });
  const times = Float64Array.from(labels, (_, i) => base + n * SAMPLES + i);
  const of = (name: string): number[] => labels.flatMap((_, i) => (kindOf(i) === name ? [i] : []));
  return {
    labels,
    times,
    values: Float64Array.from(labels, (_, i) => (kindOf(i) === 'shape' ? NaN : n + i / 100)),
    histograms: new Map(of('shape').map((i) => [i, histogramOf(n, i)])),
    exemplars: of('rare')
      .slice(0, 2)
      .map((at) => ({ at, labels: { trace_id: `${n}-${at}` }, value: n + at / 100, time: times[at] as number })),
  };
}
