import type { Histogram } from '../histogram.ts';
import { CUSTOM, upperBound } from './bounds.ts';
import { loosen } from './make.ts';

export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
}

/** The buckets that have observations, from the lowest to the highest: negative ones, the zero bucket, positive ones. */
export function bucketsOf(histogram: Histogram): Bucket[] {
  const { schema, customValues, zeroCount, zeroThreshold, positive, negative } = loosen(histogram);
  const buckets: Bucket[] = [];
  const push = (lower: number, upper: number, count: number): void =>
    void buckets.push({ lower, upper, count, lowerInclusive: lower < 0, upperInclusive: upper > 0 });
  for (let i = negative.indexes.length - 1; i >= 0; i--) {
    const index = negative.indexes[i]!;
    push(-upperBound(schema, index, undefined), -upperBound(schema, index - 1, undefined), negative.counts[i]!);
  }
  // Below zero after a subtraction, it is left out, as in Prometheus; buckets of either side stay.
  if (schema !== CUSTOM && zeroCount > 0) {
    buckets.push({ lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount, lowerInclusive: true, upperInclusive: true });
  }
  for (const [i, index] of positive.indexes.entries()) {
    push(upperBound(schema, index - 1, customValues), upperBound(schema, index, customValues), positive.counts[i]!);
  }
  return buckets;
}
