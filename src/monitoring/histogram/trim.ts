import type { Histogram } from '../histogram.ts';
import { bucketsOf, type Bucket } from './iterate.ts';
import { loosen, tighten } from './make.ts';
import { middle, shareBelow } from './statistics.ts';
import type { Sparse } from './sparse.ts';

/**
 * The observations below `bound` (or above it), as far as buckets tell: the bucket that it falls into is cut by interpolation. Count and
 * sum are those of what is left, each bucket's observations taken to be in its middle; a histogram of which nothing goes stays as it is.
 */
export function trim(histogram: Histogram, bound: number, keepBelow: boolean): Histogram {
  let changed = false;
  let count = 0;
  let sum = 0;
  const keep = (bucket: Bucket): number => {
    const { lower, upper } = bucket;
    const below = upper <= bound ? 1 : lower >= bound ? 0 : shareBelow(histogram, bucket, bound);
    const left = bucket.count * (keepBelow ? below : 1 - below);
    changed ||= left !== bucket.count;
    count += left;
    const cut = below > 0 && below < 1 ? { ...bucket, ...(keepBelow ? { upper: bound } : { lower: bound }) } : bucket;
    if (left !== 0) sum += left * middle(histogram, cut);
    return left;
  };
  const left = bucketsOf(histogram).map(keep);
  if (!changed) return histogram;
  const loose = loosen(histogram);
  const negatives = loose.negative.indexes.length;
  const zeros = histogram.zeroCount === 0 ? 0 : 1;
  const negative: Sparse = { indexes: loose.negative.indexes, counts: left.slice(0, negatives).reverse() };
  const positive: Sparse = { indexes: loose.positive.indexes, counts: left.slice(negatives + zeros) };
  return tighten({ ...loose, negative, positive, zeroCount: zeros === 1 ? left[negatives]! : 0, count, sum });
}
