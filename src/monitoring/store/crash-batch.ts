import type { Labels } from '../series.ts';

const SAMPLES = 20;

/** What batch `n` of the crash test holds: some series that every batch has and one that only a few have, in times of their own. */
export function batchOf(n: number, base: number): { labels: Labels[]; times: Float64Array; values: Float64Array } {
  const labels = Array.from({ length: SAMPLES }, (_, i): Labels =>
    i % 4 === 0 ? { __name__: 'rare', group: String(n >> 3) } : { __name__: 'common', i: String(i % 7) },
  );
  return {
    labels,
    times: Float64Array.from(labels, (_, i) => base + n * SAMPLES + i),
    values: Float64Array.from(labels, (_, i) => n + i / 100),
  };
}
