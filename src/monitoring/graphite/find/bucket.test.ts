import { expect, test } from 'vitest';
import type { Series } from '../../series.ts';
import type { AggregationMethod } from '../settings.ts';
import { bucket, gridOf } from './bucket.ts';
import { aggregationOf, Steps, widened } from './step-of.ts';

const samples = (points: readonly (readonly [second: number, value: number])[]): Series => ({
  id: 1,
  labels: {},
  times: Float64Array.from(points, ([second]) => second * 1000),
  values: Float64Array.from(points, ([, value]) => value),
  from: 0,
  to: points.length,
});
const asList = (values: Float64Array): (number | null)[] => Array.from(values, (value) => (value === value ? value : null));

test.each([
  [600, 660, 10, { start: 610, end: 670, step: 10 }],
  [601, 669, 10, { start: 610, end: 670, step: 10 }],
  [601, 602, 10, { start: 610, end: 620, step: 10 }],
])('from %s to %s by %s', (from, until, step, grid) => {
  expect(gridOf(from, until, step)).toEqual(grid);
});

test.each<[AggregationMethod, (number | null)[]]>([
  ['average', [2, null, 7]],
  ['sum', [6, null, 7]],
  ['min', [1, null, 7]],
  ['max', [3, null, 7]],
  ['last', [2, null, 7]],
])('%s of the samples of a step', (method, expected) => {
  const given = samples([[60, 1], [70, 3], [80, 2], [185, 7], [190, NaN]]); // prettier-ignore
  expect(asList(bucket(given, { start: 60, end: 240, step: 60 }, method, false))).toEqual(expected);
});

test('samples that come a little early or late stay in steps of their own', () => {
  const grid = { start: 0, end: 60, step: 15 };
  const late = samples([[0.1, 1], [14.9, 2], [30.1, 3], [45, 4]]); // prettier-ignore
  expect(asList(bucket(late, grid, 'average', true))).toEqual([1, 2, 3, 4]);
  const early = samples([[0, 1], [15.2, 2], [29.8, 3], [44.9, 4]]); // prettier-ignore
  expect(asList(bucket(early, grid, 'average', true))).toEqual([1, 2, 3, 4]);
});

test.each([
  [[0, 10, 20, 30], 10],
  [[0, 9.8, 20.3, 30], 10],
  [[0, 60, 121, 180, 600], 60],
  [[0, 7, 14, 21], 7],
  [[0, 0.2, 0.4, 0.6], 1],
  [[0, 60], 60],
])('samples at %s have a step of %s s', (seconds, step) => {
  expect(new Steps([]).stepOf('a', samples(seconds.map((second) => [second, 1])), 0)).toBe(step);
});

test('a step is remembered, looked for again after a while, and given by settings', () => {
  const steps = new Steps([{ pattern: '^carbon\\.', step: 60 }]);
  const each10 = samples([0, 10, 20, 30].map((second) => [second, 1]));
  const each60 = samples([0, 60, 120, 180].map((second) => [second, 1]));
  expect(steps.stepOf('a', each10, 0)).toBe(10);
  expect(steps.stepOf('a', each60, 60_000)).toBe(10);
  expect(steps.stepOf('a', undefined, 3_600_000)).toBe(10);
  expect(steps.stepOf('a', each60, 3_600_000)).toBe(60);
  expect(steps.stepOf('carbon.x', each10, 0)).toBe(60);
});

test.each([
  [10, 86_400, 10_000, 10],
  [10, 30 * 86_400, 10_000, 300],
  [7, 30 * 86_400, 10_000, 266],
  [60, 5 * 365 * 86_400, 10_000, 21_600],
])('a step of %s s over %s s in at most %s values becomes %s s', (step, seconds, most, expected) => {
  expect(widened(step, seconds, most)).toBe(expected);
});

test.each([
  ['a.b', 'average'], ['stats.timers.x.count', 'sum'], ['stats.timers.x.upper_90', 'max'], ['stats.timers.x.lower', 'min'], ['stats.gauges.x', 'last'],
  ['http_requests_total', 'last'], ['latency_seconds_bucket', 'last'],
])('%s is put together by %s', (name, method) => {
  expect(aggregationOf(name, [])).toBe(method);
}); // prettier-ignore
