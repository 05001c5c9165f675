import type { BucketSpan } from '../histogram.ts';

/** Buckets by index, ascending, without those that are empty. */
export interface Sparse {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
}

export const NO_BUCKETS: Sparse = { indexes: [], counts: [] };

/** The buckets of spans that have observations (or a NaN for a count). */
export function sparseOf(spans: readonly BucketSpan[], buckets: Float64Array): Sparse {
  const indexes: number[] = [];
  const counts: number[] = [];
  let at = 0;
  let index = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++, index++, at++) {
      const count = buckets[at] ?? 0;
      if (count === 0) continue;
      indexes.push(index);
      counts.push(count);
    }
  }
  return { indexes, counts };
}

/** Spans and buckets without an empty one: what `Compact(0)` makes in Prometheus. */
export function packSparse({ indexes, counts }: Sparse): { spans: readonly BucketSpan[]; buckets: Float64Array } {
  const spans: { offset: number; length: number }[] = [];
  const kept: number[] = [];
  let next = 0;
  for (const [i, index] of indexes.entries()) {
    const count = counts[i]!;
    if (count === 0) continue;
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: last === undefined ? index : index - next, length: 1 });
    kept.push(count);
    next = index + 1;
  }
  return { spans, buckets: Float64Array.from(kept) };
}

/** Both, index by index. */
export function mergeSparse(a: Sparse, b: Sparse, combine: (a: number, b: number) => number): Sparse {
  const indexes: number[] = [];
  const counts: number[] = [];
  for (let i = 0, j = 0; i < a.indexes.length || j < b.indexes.length;) {
    const left = a.indexes[i] ?? Infinity;
    const right = b.indexes[j] ?? Infinity;
    const index = Math.min(left, right);
    indexes.push(index);
    counts.push(combine(left === index ? a.counts[i++]! : 0, right === index ? b.counts[j++]! : 0));
  }
  return { indexes, counts };
}

/** The buckets under other indexes, which rise or stay where the old ones do. */
export function reindex({ indexes, counts }: Sparse, to: (index: number) => number): Sparse {
  const moved: number[] = [];
  const sums: number[] = [];
  for (const [i, index] of indexes.entries()) {
    const target = to(index);
    if (moved.length > 0 && moved.at(-1) === target) sums[sums.length - 1]! += counts[i]!;
    else {
      moved.push(target);
      sums.push(counts[i]!);
    }
  }
  return { indexes: moved, counts: sums };
}
