import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStale, writeStale } from '../../series.ts';
import type { LogRecord } from '../log/log-record.ts';
import { ReusedBytes } from '../log/reused-bytes.ts';
import { sampleBlock } from './sample-block.ts';

type Sample = readonly [id: number, time: number, value: number | 'stale'];

function recordOf(samples: readonly Sample[]): LogRecord {
  const values = new Float64Array(samples.length);
  for (const [i, [, , value]] of samples.entries()) {
    if (value === 'stale') writeStale(values, i);
    else values[i] = value;
  }
  const [ids, times] = [Uint32Array.from(samples, ([id]) => id), Float64Array.from(samples, ([, time]) => time)];
  return { kind: 'samples', columns: { ids, times, values } };
}

function blockOf(records: readonly LogRecord[], memory = new ReusedBytes()) {
  const { columns, rows, oldest } = sampleBlock(records, memory);
  const [ids, times, values] = columns.map(({ data }) => data) as [Uint32Array, Float64Array, Float64Array];
  const samples = Array.from(ids, (id, i): Sample => [id, times[i] as number, isStale(values, i) ? 'stale' : (values[i] as number)]);
  return { samples, rows, oldest };
}

const inOrder = (samples: readonly Sample[]): Sample[] => [...samples].sort(([a, at], [b, bt]) => a - b || at - bt);

test.each<[string, Sample[][], Sample[] | 'as they came']>([
  ['nothing', [], []],
  ['scrapes', [[[1, 10, 1], [2, 10, 2]], [[1, 20, 3], [2, 20, 4]]], [[1, 10, 1], [1, 20, 3], [2, 10, 2], [2, 20, 4]]],
  ['one that came late', [[[1, 20, 1], [2, 20, 2]], [[2, 10, 3], [1, 30, 4]]], [[1, 20, 1], [1, 30, 4], [2, 10, 3], [2, 20, 2]]],
  ['stale markers', [[[2, 10, 'stale'], [1, 30, 'stale']], [[2, 5, 1], [1, 20, 2]]], [[1, 20, 2], [1, 30, 'stale'], [2, 5, 1], [2, 10, 'stale']]],
  ['two of one time', [[[1, 10, 1]], [[1, 10, 2]]], [[1, 10, 1], [1, 10, 2]]],
  ['ids far apart, which the engine sorts', [[[4_000_000_000, 10, 1], [7, 20, 2]]], 'as they came'],
])('%s', (_, requests, expected) => {
  const { samples, rows, oldest } = blockOf(requests.map(recordOf));
  expect(samples).toEqual(expected === 'as they came' ? requests.flat() : expected);
  expect(rows).toBe(requests.flat().length);
  expect(oldest).toBe(Math.min(...requests.flat().map(([, time]) => time)));
}); // prettier-ignore

test('whatever came is there once, series by series, in memory that was used before', () => {
  const memory = new ReusedBytes();
  const sample = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.nat(50), fc.oneof(fc.constant('stale' as const), fc.integer()));
  fc.assert(
    fc.property(fc.array(fc.array(sample, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 5 }), (requests) => {
      const { samples } = blockOf(requests.map(recordOf), memory);
      const all = requests.flat();
      if (all.length > 1) expect(samples.map(([id]) => id)).toEqual(inOrder(all).map(([id]) => id));
      // Of so few, every order can be put right.
      if (all.length > 1 && all.length <= 17) expect(samples.map(([, time]) => time)).toEqual(inOrder(all).map(([, time]) => time));
      const texts = (list: readonly Sample[]): string[] => list.map(String).sort();
      expect(texts(samples)).toEqual(texts(all));
    }),
    { numRuns: 300 },
  );
});

test('a segment in the wrong order takes no second', () => {
  const backwards = Array.from({ length: 200_000 }, (_, i): Sample => [1, 200_000 - i, i]);
  const began = process.cpuUsage();
  expect(blockOf([recordOf(backwards)]).rows).toBe(200_000);
  expect(process.cpuUsage(began).user).toBeLessThan(2_000_000);
});
