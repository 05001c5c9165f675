/** What can be estimated of the observations of a histogram. Formulas are Prometheus' own. */
import type { Histogram } from '../histogram.ts';
import { CUSTOM } from './bounds.ts';
import { bucketsOf, type Bucket } from './iterate.ts';

/** The buckets with bounds to interpolate between: a zero bucket of a histogram of one sign only reaches to zero, and the lowest custom one begins there. */
function interpolable(histogram: Histogram): Bucket[] {
  const custom = histogram.schema === CUSTOM;
  const onlyPositive = histogram.negativeBuckets.length === 0 && histogram.positiveBuckets.length > 0;
  const onlyNegative = histogram.positiveBuckets.length === 0 && histogram.negativeBuckets.length > 0;
  return bucketsOf(histogram).map((bucket) => {
    const { lower, upper } = bucket;
    if (custom) return lower === -Infinity && upper > 0 ? { ...bucket, lower: 0 } : bucket;
    if (!(lower < 0 && upper > 0)) return bucket;
    return onlyPositive ? { ...bucket, lower: 0 } : onlyNegative ? { ...bucket, upper: 0 } : bucket;
  });
}

const isLinear = (histogram: Histogram, { lower, upper }: Bucket): boolean => histogram.schema === CUSTOM || (lower <= 0 && upper >= 0);

/** The value at this share of a bucket's observations. Exponential buckets are taken to be as dense as the buckets of a finer schema would be. */
function valueAt(histogram: Histogram, bucket: Bucket, share: number): number {
  const { lower, upper } = bucket;
  if (histogram.schema === CUSTOM && lower === -Infinity) return upper;
  if (histogram.schema === CUSTOM && upper === Infinity) return lower;
  if (isLinear(histogram, bucket)) return lower + (upper - lower) * share;
  const low = Math.log2(Math.abs(lower));
  const high = Math.log2(Math.abs(upper));
  return lower > 0 ? 2 ** (low + (high - low) * share) : -(2 ** (high + (low - high) * (1 - share)));
}

/** NaN where there are no observations, or where the quantile is among observations of NaN. */
export function quantile(phi: number, histogram: Histogram): number {
  if (phi < 0) return -Infinity;
  if (phi > 1) return Infinity;
  if (histogram.count === 0 || phi !== phi) return NaN;
  const buckets = interpolable(histogram);
  // Observations of NaN are counted, but in no bucket: then only the way up is right. Else the nearer end loses less to rounding.
  const forward = histogram.sum !== histogram.sum || phi < 0.5;
  if (!forward) buckets.reverse();
  let rank = (forward ? phi : 1 - phi) * histogram.count;
  let count = 0;
  let found: Bucket | undefined;
  for (const bucket of buckets) {
    found = bucket;
    count += bucket.count;
    if (count >= rank) break;
  }
  if (found === undefined) return NaN;
  count = Math.min(count, histogram.count);
  if (count < rank) return histogram.sum !== histogram.sum ? NaN : forward ? found.upper : found.lower;
  rank = forward ? rank - (count - found.count) : count - rank;
  return valueAt(histogram, found, rank / found.count);
}

/** The share of observations between two values. */
export function fraction(lower: number, upper: number, histogram: Histogram): number {
  if (histogram.count === 0 || lower !== lower || upper !== upper) return NaN;
  if (lower >= upper) return 0;
  const buckets = interpolable(histogram);
  const inBuckets = buckets.reduce((sum, { count }) => sum + count, 0);
  // Observations of NaN are in no fraction.
  const all = histogram.sum !== histogram.sum ? Math.min(inBuckets, histogram.count) : histogram.count;
  const rankOf = (value: number): number => {
    let rank = 0;
    for (const bucket of buckets) {
      if (bucket.lower >= value) return Math.min(rank, all);
      if (bucket.upper > value) return Math.min(rank + bucket.count * shareBelow(histogram, bucket, value), all);
      rank += bucket.count;
    }
    return all;
  };
  return (rankOf(upper) - rankOf(lower)) / histogram.count;
}

/** The share of a bucket's observations that are below a value within it. */
export function shareBelow(histogram: Histogram, bucket: Bucket, value: number): number {
  const { lower, upper } = bucket;
  if (lower === -Infinity || upper === Infinity) return 0;
  if (isLinear(histogram, bucket)) return (value - lower) / (upper - lower);
  const low = Math.log2(Math.abs(lower));
  const high = Math.log2(Math.abs(upper));
  const at = Math.log2(Math.abs(value));
  return value > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
}

/** Where a bucket's observations are taken to be. */
export function middle(histogram: Histogram, bucket: Bucket): number {
  const { lower, upper } = bucket;
  if (histogram.schema === CUSTOM) return (lower + upper) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  return Math.sign(upper) * Math.sqrt(upper * lower);
}

export function variance(histogram: Histogram): number {
  const mean = histogram.sum / histogram.count;
  let sum = 0;
  for (const bucket of bucketsOf(histogram)) sum += bucket.count * (middle(histogram, bucket) - mean) ** 2;
  return sum / histogram.count;
}
