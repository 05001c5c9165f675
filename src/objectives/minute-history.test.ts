import { expect, test } from 'vitest';
import { HOUR, MINUTE, MinuteHistory } from './minute-history.ts';

/** Three hours with one event a minute, the 90th to 99th minute bad. */
function threeHours(): MinuteHistory {
  const history = new MinuteHistory();
  for (let i = 0; i < 180; i++) history.set(i * MINUTE, { good: i >= 90 && i < 100 ? 0 : 1, total: 1 });
  return history;
}

test.each([
  ['all', 0, 3 * HOUR, 170, 180],
  ['whole minutes', 80 * MINUTE, 95 * MINUTE, 10, 15],
  ['parts of minutes', 80.5 * MINUTE, 90.25 * MINUTE, 9.5, 9.75],
  ['before and after', -HOUR, 10 * HOUR, 170, 180],
  ['nothing', 5 * HOUR, 6 * HOUR, 0, 0],
])('%s', (_, from, to, good, total) => {
  const sum = threeHours().sum(from, to);
  expect(sum.good).toBeCloseTo(good, 9);
  expect(sum.total).toBeCloseTo(total, 9);
});

test('old hours are kept as sums, older ones not at all', () => {
  const history = threeHours();
  history.compact(2 * HOUR, HOUR);
  expect(history.sum(0, 3 * HOUR)).toEqual({ good: 110, total: 120 });
  expect(history.sum(HOUR, 1.5 * HOUR)).toEqual({ good: 25, total: 30 });
  expect(history.firstEvent).toBe(HOUR);
});

test('a minute that is set again is not counted twice', () => {
  const history = new MinuteHistory();
  history.set(0, { good: 1, total: 1 });
  history.set(0, { good: 3, total: 4 });
  expect(history.sum(0, HOUR)).toEqual({ good: 3, total: 4 });
});

test('the first event', () => {
  const history = new MinuteHistory();
  expect(history.firstEvent).toBeUndefined();
  history.set(0, { good: 0, total: 0 });
  history.set(HOUR + 7 * MINUTE, { good: 0, total: 1 });
  history.set(2 * HOUR, { good: 1, total: 1 });
  expect(history.firstEvent).toBe(HOUR + 7 * MINUTE);
});
