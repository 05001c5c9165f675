import type { Histogram } from '../histogram.ts';
import { sameBounds } from './align.ts';
import { CUSTOM } from './bounds.ts';
import { loosen } from './make.ts';
import type { Sparse } from './sparse.ts';

/** Whether two say the same: empty buckets and what is known of counter resets aside. `same` compares counts and sums. */
export function equals(a: Histogram, b: Histogram, same: (x: number, y: number) => boolean = Object.is): boolean {
  const left = loosen(a);
  const right = loosen(b);
  const sparse = (x: Sparse, y: Sparse): boolean =>
    x.indexes.length === y.indexes.length && x.indexes.every((index, i) => index === y.indexes[i] && same(x.counts[i]!, y.counts[i]!));
  return (
    a.schema === b.schema &&
    same(a.count, b.count) &&
    same(a.sum, b.sum) &&
    (a.schema === CUSTOM
      ? sameBounds(a.customValues, b.customValues)
      : same(a.zeroThreshold, b.zeroThreshold) && same(a.zeroCount, b.zeroCount)) &&
    sparse(left.positive, right.positive) &&
    sparse(left.negative, right.negative)
  );
}
