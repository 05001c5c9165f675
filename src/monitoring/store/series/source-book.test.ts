import { expect, test } from 'vitest';
import { LimitError } from '../../../platform/problem.ts';
import type { Labels } from '../../series.ts';
import { SourceBook } from './source-book.ts';

const flood = { protocol: 'remote-write', name: 'shop' };
const quiet = { protocol: 'statsd', name: '' };

function bookWith(limit: number) {
  const labels: Labels[] = [{}];
  let now = 0;
  const book = new SourceBook({ limit, now: () => now });
  const add = (source: typeof flood, its: Labels): void => {
    const number = book.numberOf(source);
    book.check(number, (id) => labels[id]);
    book.own(labels.push(its) - 1, number);
  };
  return { book, add, wait: (ms: number) => (now += ms) };
}

function refusalOf(run: () => void): LimitError {
  try {
    run();
  } catch (error) {
    if (error instanceof LimitError) return error;
  }
  throw new Error('nothing was refused');
}

test('a source at its limit is refused, with the metric and the label to blame; another source is not', () => {
  const { book, add } = bookWith(100);
  for (let i = 0; i < 90; i++) add(flood, { __name__: 'requests', user: String(i), code: String(i % 3) });
  for (let i = 0; i < 10; i++) add(flood, { __name__: 'up', instance: String(i) });
  const refusal = refusalOf(() => add(flood, { __name__: 'requests', user: 'new' }));
  expect(refusal.status).toBe(429);
  expect(refusal.extra).toMatchObject({ limit: 100, setting: 'store.maxSeriesPerSource' });
  expect(refusal.message).toContain("remote-write 'shop' has 100 series");
  expect(refusal.message).toContain("90 are of the metric 'requests'");
  expect(refusal.message).toContain("'user' has the most values, 90");
  add(quiet, { __name__: 'up' });
  expect(book.list()).toEqual([
    { ...flood, series: 100, refused: 1 },
    { ...quiet, series: 1, refused: 0 },
  ]);
});

test('what is told a flooding source is worked out now and then, not every time', () => {
  const { add, wait } = bookWith(1);
  add(flood, { __name__: 'first' });
  const first = refusalOf(() => add(flood, { __name__: 'second' })).message;
  expect(refusalOf(() => add(flood, { __name__: 'second' })).message).toBe(first);
  wait(60_000);
  expect(refusalOf(() => add(flood, { __name__: 'second' })).message).toBe(first);
});

test('sources are bounded: those beyond count as one of their protocol', () => {
  const { book, add } = bookWith(1_000_000);
  for (let i = 0; i < 5000; i++) add({ protocol: 'statsd', name: `10.0.0.${i}` }, { __name__: String(i) });
  const list = book.list();
  expect(list.length).toBeLessThan(1100);
  expect(list[0]).toMatchObject({ protocol: 'statsd', name: '(others)' });
  expect(list.reduce((sum, { series }) => sum + series, 0)).toBe(5000);
});

test('a text stands for the same source in another process; series without one belong to nobody and have no limit', () => {
  const { book, add } = bookWith(1);
  add({ protocol: 'scrape', name: 'a/b' }, { __name__: 'up' });
  const text = book.textOf(book.numberOf({ protocol: 'scrape', name: 'a/b' }));
  const other = new SourceBook({ limit: 1, now: () => 0 });
  for (const id of [1, 2, 3]) other.own(id, other.numberOfText(''));
  other.own(4, other.numberOfText(text));
  expect(other.list()).toContainEqual({ protocol: 'scrape', name: 'a/b', series: 1, refused: 0 });
  other.check(0, () => undefined);
});
