import type { Histogram } from '../histogram.ts';
import { align } from './align.ts';
import { loosen, tighten, type Loose } from './make.ts';
import { mergeSparse, NO_BUCKETS, type Sparse } from './sparse.ts';

export interface Combined {
  readonly histogram: Histogram;
  /** Custom bounds differed and were reduced to those in common. */
  readonly reconciled: boolean;
  /** One is said to follow a counter reset, and the other not to. */
  readonly collision: boolean;
}

const collides = (a: Histogram, b: Histogram): boolean =>
  (a.resetHint === 'reset' && b.resetHint === 'notReset') || (a.resetHint === 'notReset' && b.resetHint === 'reset');

/** Undefined where one has exponential buckets and the other custom ones. */
export function add(a: Histogram, b: Histogram): Combined | undefined {
  const same = a.resetHint === b.resetHint;
  const resetHint = same ? a.resetHint : a.resetHint === 'gauge' || b.resetHint === 'gauge' ? 'gauge' : 'unknown';
  return combine(a, b, (x, y) => x + y, resetHint);
}

/** A difference is a gauge. Undefined likewise. */
export const subtract = (a: Histogram, b: Histogram): Combined | undefined => combine(a, b, (x, y) => x - y, 'gauge');

function combine(
  a: Histogram,
  b: Histogram,
  of: (x: number, y: number) => number,
  resetHint: Histogram['resetHint'],
): Combined | undefined {
  const aligned = align(loosen(a), loosen(b));
  if (aligned === undefined) return undefined;
  const { a: left, b: right } = aligned;
  const loose: Loose = {
    ...left,
    zeroCount: of(left.zeroCount, right.zeroCount),
    count: of(left.count, right.count),
    sum: of(left.sum, right.sum),
    positive: mergeSparse(left.positive, right.positive, of),
    negative: mergeSparse(left.negative, right.negative, of),
    resetHint,
  };
  return { histogram: tighten(loose), reconciled: aligned.reconciled, collision: collides(a, b) };
}

function scale(histogram: Histogram, of: (x: number) => number, negative: boolean, buckets: boolean): Histogram {
  const loose = loosen(histogram);
  const each = (sparse: Sparse): Sparse => (buckets ? { indexes: sparse.indexes, counts: sparse.counts.map(of) } : NO_BUCKETS);
  return tighten({
    ...loose,
    zeroCount: of(loose.zeroCount),
    count: of(loose.count),
    sum: of(loose.sum),
    positive: each(loose.positive),
    negative: each(loose.negative),
    resetHint: negative ? 'gauge' : loose.resetHint,
  });
}

/** What is multiplied by less than 0 counts nothing: a gauge. */
export const multiply = (histogram: Histogram, by: number): Histogram => scale(histogram, (x) => x * by, by < 0, true);

/** Divided by 0 only the totals are left: infinite, or NaN. */
export const divide = (histogram: Histogram, by: number): Histogram => scale(histogram, (x) => x / by, by < 0, by !== 0);
