import type { RetentionClass } from '../../rollups/index.ts';
import type { Labels } from '../../series.ts';

const HOUR = 3_600_000;
/** What a batch is apart from the one before it. */
const SPAN = HOUR;
const EVERY = 60_000;
/** So far behind its batch is a sample that comes late. */
const LATE = 8 * HOUR;

const name = (value: string) => [{ name: '__name__', op: '=' as const, value }];
/** Samples of `short_total` go soon and their rollups stay; `gone` has none; all others keep everything for the test's days. */
export const CLASSES: readonly RetentionClass[] = [
  { match: name('short_total'), raw: 12 * HOUR },
  { match: name('gone'), raw: 12 * HOUR, rollups: false },
];

export interface RollupBatch {
  /** The time that it is when the batch comes: its newest. */
  readonly time: number;
  readonly samples: readonly { readonly labels: Labels; readonly time: number; readonly value: number }[];
}

export const batchTime = (n: number, base: number): number => base + (n + 1) * SPAN;

/**
 * An hour of counters that reset and of a gauge, a sample each for hours that are rolled up already, and one that says that the batch
 * is there: a record of the log is there as a whole.
 */
export function rollupBatch(n: number, base: number): RollupBatch {
  const time = batchTime(n, base);
  const series: readonly Labels[] = [
    { __name__: 'short_total', s: 'a' },
    { __name__: 'short_total', s: 'b' },
    { __name__: 'long_total' },
    { __name__: 'gone' },
  ];
  const samples = series.flatMap((labels, s) =>
    Array.from({ length: SPAN / EVERY }, (_, i) => ({
      labels,
      time: time - SPAN + (i + 1) * EVERY - s,
      value: (n * 60 + i * (s + 1)) % 1_777,
    })),
  );
  const late = [series[0]!, series[2]!].map((labels, s) => ({ labels, time: time - LATE + 7 + s, value: (n * 13) % 97 }));
  return { time, samples: [...samples, ...late, { labels: { __name__: 'batch' }, time, value: n }] };
}
