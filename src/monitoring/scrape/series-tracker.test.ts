import { expect, test } from 'vitest';
import { isStale } from '../series.ts';
import { createMemorySink } from './memory-sink.ts';
import { createSeriesTracker } from './series-tracker.ts';

const harness = () => {
  const tracker = createSeriesTracker(createMemorySink());
  const series = (name: string) => tracker.track({ __name__: name });
  /** A round of the given series: its values, and what it marked stale. */
  const round = (time: number, names: string[]) => {
    tracker.begin();
    names.forEach((name, i) => tracker.add(series(name), i + 1, time));
    const added = tracker.added();
    const { ids, times, values } = tracker.finish(time);
    expect(new Set(times)).toEqual(new Set(ids.length > 0 ? [time] : []));
    const ofStale = (stale: boolean) => [...ids].filter((_, i) => isStale(values, i) === stale);
    return { added, live: ofStale(false), stale: ofStale(true) };
  };
  return { tracker, series, round };
};

test('rounds: what is new, what ends, what comes back', () => {
  const { round } = harness();
  expect(round(1, ['a', 'b'])).toEqual({ added: 2, live: [0, 1], stale: [] });
  expect(round(2, ['b', 'c'])).toEqual({ added: 1, live: [1, 2], stale: [0] });
  expect(round(3, ['b', 'c'])).toEqual({ added: 0, live: [1, 2], stale: [] });
  expect(round(4, ['a'])).toEqual({ added: 1, live: [0], stale: [1, 2] });
  expect(round(5, [])).toEqual({ added: 0, live: [], stale: [0] });
  expect(round(6, [])).toEqual({ added: 0, live: [], stale: [] });
});

test('a round that is begun again forgets what it had', () => {
  const { tracker, series, round } = harness();
  round(1, ['a']);
  tracker.begin();
  tracker.add(series('a'), 9, 2);
  tracker.add(series('b'), 9, 2);
  expect(round(3, ['b'])).toEqual({ added: 1, live: [1], stale: [0] });
});

test('a series counts once a round', () => {
  const { tracker, series } = harness();
  tracker.begin();
  expect(tracker.add(series('a'), 1, 1)).toBe(true);
  expect(tracker.add(series('a'), 2, 1)).toBe(false);
  expect([...tracker.finish(1).values]).toEqual([1]);
});

test('samples with a time of their own are not followed by a stale marker', () => {
  const { tracker, series, round } = harness();
  tracker.begin();
  tracker.addTimed(series('a'), 7, 123);
  const { ids, times, values } = tracker.finish(1_000);
  expect([[...ids], [...times], [...values]]).toEqual([[0], [123], [7]]);
  expect(round(2_000, [])).toEqual({ added: 0, live: [], stale: [] });
});

test('columns grow as needed, and NaN is not the stale marker', () => {
  const { tracker, series } = harness();
  tracker.begin();
  for (let i = 0; i < 1_000; i += 1) tracker.add(series(`s${i}`), i === 500 ? NaN : i, 1);
  const { ids, values } = tracker.finish(1);
  expect(ids).toHaveLength(1_000);
  expect(values[999]).toBe(999);
  expect(values[500]).toBeNaN();
  expect(isStale(values, 500)).toBe(false);
});
