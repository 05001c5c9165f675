import { expect, test } from 'vitest';
import { parse } from '../promql/index.ts';
import { askerOf } from './asker-of.ts';
import { QueryBook } from './query-book.ts';
import { QueryTimes } from './query-times.ts';

test.each([
  ['Grafana/11.1.0', 'grafana'],
  ['Mozilla/5.0 (X11; Linux x86_64)', 'web'],
  ['nines/0.1.0', 'nines command'],
  ['promtool/3.0', 'prometheus'],
  ['curl/8.0', 'api'],
  [undefined, 'api'],
  ['a'.repeat(1e6), 'api'],
])('%s is %s', (agent, asker) => expect(askerOf(agent)).toBe(asker));

test('names are counted by asker, and known after a restart', () => {
  const book = new QueryBook();
  book.note(parse('sum(rate(a[5m])) / sum(rate(a[5m])) + b'), 'grafana', 10);
  book.note(parse('a'), 'web', 20);
  book.note(parse('a'), 'web', 30);
  book.note(parse('{__name__=~"x.+"}'), 'web', 30);
  book.note(parse('{job="b"} + 1'), 'web', 40);
  book.noteNames(['disk.used'], 'graphite', 50);
  const expected = [
    { name: '=b', asker: 'grafana', count: 1, lastAt: 10 },
    { name: '=a', asker: 'grafana', count: 1, lastAt: 10 },
    { name: '=a', asker: 'web', count: 2, lastAt: 30 },
    { name: '=~x.+', asker: 'web', count: 1, lastAt: 30 },
    { name: '=disk.used', asker: 'graphite', count: 1, lastAt: 50 },
  ];
  expect(book.list()).toEqual(expect.arrayContaining(expected));
  expect(book.list()).toHaveLength(expected.length);
  const after = new QueryBook();
  after.restore(book.list());
  expect(after.list()).toEqual(book.list());
  expect(after.uses().find(({ selectors }) => selectors[0]?.[0]?.op === '=~')?.selectors).toEqual([
    [{ name: '__name__', op: '=~', value: 'x.+' }],
  ]);
});

test('however many names are asked for, the book stays small and keeps the newest', () => {
  const book = new QueryBook();
  for (let i = 0; i < 30_000; i++) book.noteNames([`m${i}`], 'api', i);
  expect(book.list()).toHaveLength(20_000);
  expect(book.list().at(-1)?.name).toBe('=m29999');
});

test('the slowest queries of the last hour, and percentiles of the newest', () => {
  const times = new QueryTimes();
  expect(times.quantile(0.5)).toBeNull();
  const asked = { query: 'up', asker: 'web', queueMs: 0, samples: 1, problem: undefined };
  for (let i = 1; i <= 500; i++) times.note({ ...asked, at: i, evalMs: i });
  expect(times.slowest(500, 3).map(({ evalMs }) => evalMs)).toEqual([500, 499, 498]);
  expect(times.slowest(500, 1000)).toHaveLength(100);
  expect(times.quantile(0.5)).toBe(251);
  times.note({ ...asked, at: 3_700_000, evalMs: 2 });
  expect(times.slowest(3_700_000, 10).map(({ evalMs }) => evalMs)).toEqual([2]);
});
