/** Brings two histograms to the same buckets, as Prometheus reconciles them. */
import { CUSTOM, exponentialBound } from './bounds.ts';
import type { Loose } from './make.ts';
import { reindex, type Sparse } from './sparse.ts';

/** To a lower resolution: a bucket of it holds 2^n of the higher one whole. */
export function toSchema(loose: Loose, schema: number): Loose {
  if (schema >= loose.schema) return loose;
  const merged = 2 ** (loose.schema - schema);
  const to = (index: number): number => Math.floor((index - 1) / merged) + 1;
  return { ...loose, schema, positive: reindex(loose.positive, to), negative: reindex(loose.negative, to) };
}

/** Takes buckets within the threshold into the zero bucket. A populated bucket that it falls into goes whole: the threshold is its bound then. */
export function widenZero(loose: Loose, threshold: number): Loose {
  let wanted = threshold;
  for (let before = NaN; wanted !== before;) {
    before = wanted;
    for (const { indexes } of [loose.positive, loose.negative]) {
      for (const index of indexes) {
        if (exponentialBound(loose.schema, index - 1) >= wanted) break;
        wanted = Math.max(wanted, exponentialBound(loose.schema, index));
      }
    }
  }
  let { zeroCount } = loose;
  const outside = ({ indexes, counts }: Sparse): Sparse => {
    let first = 0;
    while (first < indexes.length && exponentialBound(loose.schema, indexes[first]!) <= wanted) zeroCount += counts[first++]!;
    return first === 0 ? { indexes, counts } : { indexes: indexes.slice(first), counts: counts.slice(first) };
  };
  const positive = outside(loose.positive);
  const negative = outside(loose.negative);
  return { ...loose, positive, negative, zeroCount, zeroThreshold: wanted };
}

/** Onto fewer custom bounds, each of which it has. */
export function toBounds(loose: Loose, bounds: readonly number[]): Loose {
  const own = loose.customValues ?? [];
  const target = [...own, Infinity].map((bound) => {
    const at = bounds.findIndex((one) => one >= bound);
    return at < 0 ? bounds.length : at;
  });
  return { ...loose, customValues: bounds, positive: reindex(loose.positive, (index) => target[index] ?? bounds.length) };
}

export const sameBounds = (a: readonly number[] = [], b: readonly number[] = []): boolean =>
  a.length === b.length && a.every((bound, i) => bound === b[i]);

export interface Aligned {
  readonly a: Loose;
  readonly b: Loose;
  /** Whether custom bounds differed: those that both have are left. */
  readonly reconciled: boolean;
}

/** Undefined where one has exponential buckets and the other custom ones. */
export function align(a: Loose, b: Loose): Aligned | undefined {
  if ((a.schema === CUSTOM) !== (b.schema === CUSTOM)) return undefined;
  if (a.schema === CUSTOM) {
    if (sameBounds(a.customValues, b.customValues)) return { a, b, reconciled: false };
    const others = new Set(b.customValues);
    const common = (a.customValues ?? []).filter((bound) => others.has(bound));
    return { a: toBounds(a, common), b: toBounds(b, common), reconciled: true };
  }
  let left = a;
  let right = b;
  while (left.zeroThreshold !== right.zeroThreshold) {
    if (left.zeroThreshold < right.zeroThreshold) left = widenZero(left, right.zeroThreshold);
    else right = widenZero(right, left.zeroThreshold);
  }
  const schema = Math.min(left.schema, right.schema);
  return { a: toSchema(left, schema), b: toSchema(right, schema), reconciled: false };
}
