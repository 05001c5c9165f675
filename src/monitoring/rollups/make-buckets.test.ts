import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundsOf } from '../../../test/harness/campaigns.mjs';
import { writeStale } from '../series.ts';
import type { BucketRows } from './bucket-rows.ts';
import { bucketsOf, coarserOf, type SampleBlock } from './make-buckets.ts';

type Value = number | 'stale' | 'histogram';
type Sample = readonly [series: number, time: number, value: Value];

function blockOf(samples: readonly Sample[]): SampleBlock {
  const values = new Float64Array(samples.length);
  const words = new Uint32Array(values.buffer);
  for (const [i, [, , value]] of samples.entries()) {
    if (value === 'stale') writeStale(values, i);
    else if (value === 'histogram') words.set([0x53, 0x7ff80000], 2 * i);
    else values[i] = value;
  }
  return { ids: Uint32Array.from(samples, ([id]) => id), times: Float64Array.from(samples, ([, time]) => time), values };
}

const rowOf = (rows: BucketRows, i: number): Record<string, number> =>
  Object.fromEntries(
    (
      ['series', 'end', 'firstBefore', 'lastBefore', 'count', 'sum', 'min', 'max', 'first', 'last', 'resets', 'stale', 'items'] as const
    ).map((name) => [name, rows[name][i]!]),
  );
const listOf = (rows: BucketRows): Record<string, number>[] => Array.from({ length: rows.size }, (_, i) => rowOf(rows, i));

/** What a bucket is, said as plainly as it can be. */
function plainly(samples: readonly Sample[], width: number): Record<string, number>[] {
  const groups = new Map<string, Sample[]>();
  for (const one of samples) {
    const key = `${one[0]} ${Math.ceil(one[1] / width) * width}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    if (group.at(-1)?.[1] !== one[1]) group.push(one);
  }
  return [...groups].map(([key, group]) => {
    const [series, end] = key.split(' ').map(Number) as [number, number];
    const live = group.filter((one): one is readonly [number, number, number] => typeof one[2] === 'number');
    const values = live.map(([, , value]) => value);
    const numbers = values.filter((value) => !Number.isNaN(value));
    return {
      series,
      end,
      firstBefore: live.length > 0 ? end - live[0]![1] : 0,
      lastBefore: live.length > 0 ? end - live.at(-1)![1] : 0,
      count: live.length,
      sum: values.reduce((sum, value) => sum + value, 0),
      min: numbers.length > 0 ? Math.min(...numbers) : NaN,
      max: numbers.length > 0 ? Math.max(...numbers) : NaN,
      first: values[0] ?? 0,
      last: values.at(-1) ?? 0,
      resets: values.reduce((sum, value, i) => (i > 0 && value < values[i - 1]! ? sum + values[i - 1]! : sum), 0),
      stale: (group.at(-1)![2] === 'stale' ? 1 : 0) + (group.some(([, , value]) => value === 'histogram') ? 2 : 0),
      items: group.length,
    };
  });
}

const value = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: -50, max: 1000 }) },
  { weight: 2, arbitrary: fc.constantFrom<Value>('stale', 'histogram', Number.NaN, Infinity, -Infinity, 0) },
);
const samples = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4000 }), value), { maxLength: 120 })
  .map((list) => list.map(([id, time, one]) => [id, time * 1000, one] as Sample).sort((a, b) => a[0] - b[0] || a[1] - b[1]));

test('buckets are what their samples say, however these are cut into blocks, and wider ones are those of the samples too', async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.integer({ min: 0, max: 120 }), async (all, cut) => {
      const blocks = [blockOf(all.slice(0, cut)), blockOf(all.slice(cut))];
      const minutes = await bucketsOf(blocks, 60_000);
      expect(listOf(minutes)).toEqual(plainly(all, 60_000));
      const fives = await coarserOf(minutes, 300_000);
      expect(listOf(fives)).toEqual(plainly(all, 300_000));
      expect(listOf(await coarserOf(fives, 3_600_000))).toEqual(plainly(all, 3_600_000));
    }),
    { numRuns: roundsOf('buckets') },
  );
}, 3_600_000);

test('a sum loses nothing to rounding within a bucket', async () => {
  const all = Array.from({ length: 36 }, (_, i): Sample => [1, (i + 1) * 100_000, [1e16, 1, -1e16][i % 3]!]);
  const rows = await coarserOf(await bucketsOf([blockOf(all)], 300_000), 3_600_000);
  expect([...rows.sum.subarray(0, rows.size)]).toEqual([12]);
});

test('more buckets than fit at first', async () => {
  const all = Array.from({ length: 5000 }, (_, i): Sample => [1 + Math.floor(i / 1000), (i + 1) * 60_000, i]);
  expect(listOf(await bucketsOf([blockOf(all)], 60_000))).toEqual(plainly(all, 60_000));
});
