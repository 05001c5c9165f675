import type { Histogram } from '../histogram.ts';
import type { Journal } from './delta-totals.ts';
import { bucketCounts, coarser, spansOfCounts } from './exponential-histogram.ts';

interface Total {
  readonly histogram: Histogram;
  readonly time: number;
}

const MOST_STREAMS = 200_000;

/** Adds up exponential histograms that senders report as differences, as `DeltaTotals` does numbers. */
export class HistogramTotals {
  readonly #totals = new Map<number, Total>();

  /** The total with this part; undefined where the part isn't newer than the last one, and so was counted already. */
  add(id: number, time: number, part: Histogram, journal: Journal): Histogram | undefined {
    const before = this.#totals.get(id);
    if (before && time <= before.time) return undefined;
    if (!before && this.#totals.size >= MOST_STREAMS) {
      // The stream that began first: it starts anew, as after a restart.
      const [oldest] = this.#totals.keys();
      if (oldest !== undefined) this.#totals.delete(oldest);
    }
    const after = { histogram: before ? sumOf(before.histogram, part) : part, time };
    this.#totals.set(id, after);
    journal.undo.push(() => {
      if (this.#totals.get(id) !== after) return;
      if (before) this.#totals.set(id, before);
      else this.#totals.delete(id);
    });
    return after.histogram;
  }
}

/** The sum at the coarser scale and the wider zero bucket of the two. Buckets within that zero bucket stay what they are: a few at most. */
function sumOf(a: Histogram, b: Histogram): Histogram {
  const schema = Math.min(a.schema, b.schema);
  const side = (spans: 'positiveSpans' | 'negativeSpans', buckets: 'positiveBuckets' | 'negativeBuckets') => {
    const counts = new Map<number, number>();
    for (const one of [a, b]) {
      for (const [index, count] of bucketCounts(one[spans], one[buckets])) {
        const at = coarser(index, one.schema - schema);
        counts.set(at, (counts.get(at) ?? 0) + count);
      }
    }
    return spansOfCounts(counts);
  };
  const [positiveSpans, positiveBuckets] = side('positiveSpans', 'positiveBuckets');
  const [negativeSpans, negativeBuckets] = side('negativeSpans', 'negativeBuckets');
  return {
    schema,
    zeroThreshold: Math.max(a.zeroThreshold, b.zeroThreshold),
    zeroCount: a.zeroCount + b.zeroCount,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    positiveSpans,
    positiveBuckets,
    negativeSpans,
    negativeBuckets,
    customValues: undefined,
    resetHint: 'unknown',
  };
}
