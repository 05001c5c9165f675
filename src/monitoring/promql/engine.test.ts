import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock, type Timer } from '../../platform/clock.ts';
import { LimitError } from '../../platform/problem.ts';
import type { Matcher, Series, SeriesSource } from '../series.ts';
import { createQueryEngine } from './engine.ts';
import { MemorySource } from './memory-source.ts';
import { parse } from './parse-cache.ts';
import { selectorsOf } from './selectors.ts';
import { format } from './syntax/format.ts';

function fleet(series: number, samples: number): MemorySource {
  const source = new MemorySource();
  const times = Array.from({ length: samples }, (_, i) => i * 15_000);
  for (let i = 0; i < series; i++) {
    source.add({ __name__: 'requests_total', instance: `i${i}`, job: i % 2 === 0 ? 'a' : 'b' }, times, times.map((time) => time / 1000)); // prettier-ignore
  }
  return source;
}

test('answers of each kind', async () => {
  const engine = createQueryEngine({ source: fleet(2, 10), clock: systemClock });
  expect(await engine.instant('sum by (job) (increase(requests_total[1m]))', 120_000)).toEqual({
    kind: 'vector',
    time: 120_000,
    samples: [{ labels: { job: 'a' }, value: 60 }, { labels: { job: 'b' }, value: 60 }],
    warnings: [],
    infos: [],
  }); // prettier-ignore
  expect(await engine.instant('1 + 1', 0)).toMatchObject({ kind: 'scalar', value: 2 });
  expect(await engine.instant('("x")', 0)).toMatchObject({ kind: 'string', value: 'x' });
  const matrix = await engine.range(parse('count(requests_total)'), 0, 30_000, 15_000);
  expect(matrix).toMatchObject({
    kind: 'matrix',
    series: [{ labels: {}, times: Float64Array.of(0, 15_000, 30_000), values: Float64Array.of(2, 2, 2) }],
  });
  expect(await engine.instant('requests_total{instance="i1"}[30s]', 60_000)).toMatchObject({
    series: [{ times: Float64Array.of(45_000, 60_000) }],
  });
});

test.each(['and', 'unless'])('where only the result counts, what follows nothing and `%s` is not looked at', async (op) => {
  const engine = createQueryEngine({ source: fleet(2, 10), clock: systemClock });
  const query = (left: string): string => `${left} ${op} (requests_total * on () group_left () requests_total)`;
  const none = 'requests_total < 0';
  expect(await engine.instant(query(none), 60_000, { resultOnly: true })).toMatchObject({ kind: 'vector', samples: [] });
  await expect(engine.instant(query(none), 60_000)).rejects.toThrow('many-to-many');
  await expect(engine.instant(query('requests_total'), 60_000, { resultOnly: true })).rejects.toThrow('many-to-many');
});

test('labels of the same group are the same object, from query to query', async () => {
  const engine = createQueryEngine({ source: fleet(4, 10), clock: systemClock });
  const ask = async () => await engine.instant('sum by (job) (requests_total)', 60_000);
  const [first, second] = [await ask(), await ask()];
  if (first.kind !== 'vector' || second.kind !== 'vector') throw new Error('expected vectors');
  expect(second.samples[0]!.labels).toBe(first.samples[0]!.labels);
});

test.each([
  [
    'maxSamples',
    async (source: SeriesSource) =>
      await createQueryEngine({ source, clock: systemClock, settings: { maxSamples: 50 } }).instant('requests_total[5m]', 150_000),
    'query.maxSamples',
  ],
  [
    'maxSamples, by steps',
    async (source: SeriesSource) =>
      await createQueryEngine({ source, clock: systemClock, settings: { maxSamples: 500 } }).range(
        'vector(1) + on () group_right requests_total',
        0,
        100_000,
        1000,
      ),
    'query.maxSamples',
  ],
  [
    'maxSamples, by a subquery',
    async (source: SeriesSource) =>
      await createQueryEngine({ source, clock: systemClock, settings: { maxSamples: 5000 } }).instant('sum_over_time(vector(1)[1d:1s])', 0),
    'query.maxSamples',
  ],
  [
    'maxPoints',
    async (source: SeriesSource) =>
      await createQueryEngine({ source, clock: systemClock, settings: { maxPoints: 10 } }).range('requests_total', 0, 11_000, 1000),
    'query.maxPoints',
  ],
])('refuses beyond %s, and names the setting', async (_name, ask, setting) => {
  const error = await ask(fleet(10, 10)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(LimitError);
  expect((error as LimitError).extra['setting']).toBe(setting);
});

test('the source is told how many samples are left', async () => {
  const asked: (number | undefined)[] = [];
  const inner = fleet(10, 10);
  const source: SeriesSource = {
    select(matchers, from, to, options) {
      asked.push(options?.maxSamples);
      return inner.select(matchers, from, to);
    },
  };
  await createQueryEngine({ source, clock: systemClock, settings: { maxSamples: 1000 } }).instant(
    'sum(requests_total) + sum(requests_total)',
    150_000,
  );
  expect(asked[0]).toBe(1000);
  expect(asked[1]).toBeLessThan(1000);
});

test('a long evaluation lets others run, and ends where it is given up', async () => {
  const engine = createQueryEngine({ source: fleet(3000, 60), clock: systemClock });
  const controller = new AbortController();
  let turns = 0;
  const query = engine
    .range('quantile_over_time(0.9, requests_total[10m]) + mad_over_time(requests_total[10m])', 0, 900_000, 1000, {
      signal: controller.signal,
    })
    .catch((error: unknown) => error);
  const waits: number[] = [];
  while (turns < 20) {
    const before = performance.now();
    await nextTurn();
    waits.push(performance.now() - before);
    turns++;
  }
  expect(turns).toBe(20);
  // Half of them: a machine that has other things to do may hold up any one.
  expect(waits.toSorted((a, b) => a - b)[10]).toBeLessThan(200);
  controller.abort(new Error('given up'));
  expect(await query).toMatchObject({ message: 'given up' });
  expect(engine.activeQueries()).toEqual([]);
});

test('a timeout gives up', async () => {
  const waiting: { run: () => void; ms: number }[] = [];
  const clock = { ...systemClock, after: (ms: number, run: () => void): Timer => (waiting.push({ ms, run }), { cancel() {} }) };
  const stuck: SeriesSource = {
    select: (_matchers, _from, _to, options) => new Promise((_, reject) => options!.signal!.addEventListener('abort', () => reject(options!.signal!.reason as Error))),
  }; // prettier-ignore
  const engine = createQueryEngine({ source: stuck, clock, settings: { timeout: 5000 } });
  const query = engine.instant('up', 0, { timeout: 90_000 }).catch((error: unknown) => error);
  await nextTurn();
  expect(waiting[0]!.ms).toBe(5000);
  waiting[0]!.run();
  expect(await query).toMatchObject({ extra: { setting: 'query.timeout', limit: 5000 } });
});

test('so many at a time, the rest in line, and a line too long is turned away', async () => {
  const open: (() => void)[] = [];
  const source: SeriesSource = {
    select: async (_matchers: readonly Matcher[]): Promise<Series[]> => await new Promise((resolve) => open.push(() => resolve([]))),
  };
  const engine = createQueryEngine({ source, clock: systemClock, settings: { maxConcurrency: 2 } });
  const queries = Array.from({ length: 22 }, () => engine.instant('up', 0));
  await nextTurn();
  expect(open).toHaveLength(2);
  expect(engine.activeQueries()).toHaveLength(22);
  expect(engine.activeQueries()[0]).toMatchObject({ query: 'up' });
  await expect(engine.instant('up', 0)).rejects.toMatchObject({ status: 429, extra: { setting: 'query.maxConcurrency' } });
  const controller = new AbortController();
  open.shift()!();
  await queries[0];
  const late = engine.instant('up', 0, { signal: controller.signal }).catch((error: unknown) => error);
  controller.abort(new Error('gone'));
  expect(await late).toMatchObject({ message: 'gone' });
  for (let left = 21; left > 0; left--) {
    while (open.length === 0) await nextTurn();
    open.shift()!();
  }
  await Promise.all(queries);
  expect(engine.activeQueries()).toEqual([]);
});

test('one failing query leaves its neighbours alone', async () => {
  const engine = createQueryEngine({ source: fleet(4, 10), clock: systemClock, settings: { maxConcurrency: 1 } });
  const answers = await Promise.allSettled([
    engine.instant('requests_total + on (job) requests_total', 60_000),
    engine.instant('count(requests_total)', 60_000),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('selectorsOf tells metrics and how far back they are looked at', () => {
  const uses = selectorsOf(parse('rate(a[5m] offset 1h) / on (x) b{c="d"} + max_over_time((e @ 5)[1d:1h]) + f offset -10m'));
  expect(uses.map(({ matchers, reach, fixed }) => [format(parse(`{__name__="${matchers[0]!.value}"}`)), reach / 60_000, fixed])).toEqual([
    ['a', 65, false],
    ['b', 5, false],
    ['e', 1445, true],
    ['f', 0, false],
  ]);
});
