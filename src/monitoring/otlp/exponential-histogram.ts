import type { BucketSpan, Histogram } from '../histogram.ts';

/** Buckets of an OTLP exponential histogram: counts of consecutive buckets, the first of which has index `offset`. */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface ExponentialPoint {
  readonly scale: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

/** Schemas that Prometheus has: a finer scale is made coarser, a coarser one can't be kept. */
const FINEST = 8;
export const COARSEST = -4;
/** Prometheus' threshold of the zero bucket where a sender gives none. */
const ZERO_THRESHOLD = 1e-128;
/** Empty buckets in a row that are cheaper to write than a further span. */
const SHORT_GAP = 2;

/**
 * The native histogram of a point whose scale is at least `COARSEST`.
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#exponential-histograms
 */
export function nativeHistogram(point: ExponentialPoint): Histogram {
  const shift = Math.max(0, point.scale - FINEST);
  const [positiveSpans, positiveBuckets] = spansOf(point.positive, shift);
  const [negativeSpans, negativeBuckets] = spansOf(point.negative, shift);
  return {
    schema: point.scale - shift,
    zeroThreshold: point.zeroThreshold > 0 ? point.zeroThreshold : ZERO_THRESHOLD,
    zeroCount: point.zeroCount,
    count: point.count,
    sum: point.sum,
    positiveSpans,
    positiveBuckets,
    negativeSpans,
    negativeBuckets,
    customValues: undefined,
    resetHint: 'unknown',
  };
}

/** OTLP numbers a bucket by its lower boundary, Prometheus by its upper one: hence the one that is added. */
function spansOf({ offset, counts }: ExponentialBuckets, shift: number): [BucketSpan[], Float64Array] {
  const merged = new Map<number, number>();
  for (const [i, count] of counts.entries()) {
    const index = coarser(offset + i + 1, shift);
    merged.set(index, (merged.get(index) ?? 0) + count);
  }
  return spansOfCounts(merged);
}

/** The index of the bucket that holds this one when two make one, `shift` times. */
export const coarser = (index: number, shift: number): number => Math.floor((index - 1) / 2 ** shift) + 1;

/** Each bucket's index and count. */
export function* bucketCounts(spans: readonly BucketSpan[], buckets: Float64Array): Generator<[index: number, count: number]> {
  let index = 0;
  let at = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++) yield [index++, buckets[at++] as number];
  }
}

/** Spans and counts of buckets by their index. Empty ones are written only where that is shorter. */
export function spansOfCounts(counts: ReadonlyMap<number, number>): [BucketSpan[], Float64Array] {
  const spans: { offset: number; length: number }[] = [];
  const buckets: number[] = [];
  let next = 0;
  for (const [index, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (count === 0) continue;
    const span = spans.at(-1);
    const gap = index - next;
    if (span && gap <= SHORT_GAP) {
      for (let i = 0; i < gap; i++) buckets.push(0);
      span.length += gap + 1;
    } else spans.push({ offset: span ? gap : index, length: 1 });
    buckets.push(count);
    next = index + 1;
  }
  return [spans, Float64Array.from(buckets)];
}
