import type { Histogram } from '../histogram.ts';
import { packSparse, sparseOf, type Sparse } from './sparse.ts';

/** A histogram with its buckets by index, on which one reckons. */
export interface Loose extends Omit<Histogram, 'positiveSpans' | 'positiveBuckets' | 'negativeSpans' | 'negativeBuckets'> {
  readonly positive: Sparse;
  readonly negative: Sparse;
}

const known = new WeakMap<Histogram, Loose>();

/** Remembered as long as the histogram lives: the same samples are asked for again and again. */
export function loosen(histogram: Histogram): Loose {
  let loose = known.get(histogram);
  if (loose === undefined) {
    const { positiveSpans, positiveBuckets, negativeSpans, negativeBuckets, ...rest } = histogram;
    loose = { ...rest, positive: sparseOf(positiveSpans, positiveBuckets), negative: sparseOf(negativeSpans, negativeBuckets) };
    known.set(histogram, loose);
  }
  return loose;
}

/** Without empty buckets. */
export function tighten({ positive, negative, ...rest }: Loose): Histogram {
  const above = packSparse(positive);
  const below = packSparse(negative);
  return {
    schema: rest.schema,
    zeroThreshold: rest.zeroThreshold,
    zeroCount: rest.zeroCount,
    count: rest.count,
    sum: rest.sum,
    positiveSpans: above.spans,
    positiveBuckets: above.buckets,
    negativeSpans: below.spans,
    negativeBuckets: below.buckets,
    customValues: rest.customValues,
    resetHint: rest.resetHint,
  };
}

export const withHint = (histogram: Histogram, resetHint: Histogram['resetHint']): Histogram =>
  histogram.resetHint === resetHint ? histogram : { ...histogram, resetHint };

/** The same histogram without any observation: what a counter was before a reset. */
export const emptyLike = ({ schema, customValues }: Histogram): Histogram => ({
  schema,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveSpans: [],
  positiveBuckets: new Float64Array(0),
  negativeSpans: [],
  negativeBuckets: new Float64Array(0),
  customValues,
  resetHint: 'unknown',
});
