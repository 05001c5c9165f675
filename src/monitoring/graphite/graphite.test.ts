import { expect, test } from 'vitest';
import { MemoryIndex } from '../../../test/conformance/graphite/memory-index.ts';
import { systemClock } from '../../platform/clock.ts';
import { LimitError } from '../../platform/problem.ts';
import { MemorySource } from '../promql/index.ts';
import type { Labels } from '../series.ts';
import { Graphite } from './graphite.ts';
import type { GraphiteSettings } from './settings.ts';

const NOW = 1_735_700_400;
const MINUTES = 60;

function over(series: readonly (readonly [Labels, (minute: number) => number])[], settings: Partial<GraphiteSettings> = {}): Graphite {
  const source = new MemorySource();
  const minutes = Array.from({ length: 2 * MINUTES + 1 }, (_, i) => i);
  for (const [labels, value] of series) source.add(labels, minutes.map((i) => (NOW + (i - 2 * MINUTES) * 60) * 1000), minutes.map(value)); // prettier-ignore
  const limits = { maxConcurrency: 2, timeout: 10_000, maxSamples: 1e7 };
  return new Graphite({ source, index: new MemoryIndex(series.map(([labels]) => labels)), clock: systemClock, limits, settings });
}

const question = { from: NOW - 600, until: NOW, now: NOW, zone: 'UTC', xFilesFactor: 0, template: new Map<string, string>() };
const ask = async (graphite: Graphite, ...targets: string[]) =>
  (await graphite.render(targets, question)).map(({ name, start, step, values }) => ({ name, start, step, values: [...values] }));

test('the check durations of servers, smoothed, by their backends', async () => {
  const named = (server: string, backend: string, frontend: string): Labels => ({
    __name__: `servers.${server}.haproxy.${backend}.${frontend}.check_duration`,
  });
  const graphite = over([
    [named('web1', 'be', 'fe'), (i) => i],
    [named('web2', 'be', 'fe'), (i) => i + 10],
    [named('web1', 'api', 'fe'), () => 5],
  ]); // prettier-ignore
  const found = await ask(graphite, 'aliasByNode(movingMedian(groupByNode(servers.*.haproxy.*.*.check_duration,3,"averageSeries"),10),0)');
  expect(found.map(({ name }) => name)).toEqual(['api', 'be']);
  // At 111 minutes, the mean of i and i + 10 was 106 to 115 in the ten minutes before.
  expect(found[1]).toMatchObject({
    start: NOW - 540,
    step: 60,
    values: [110.5, 111.5, 112.5, 113.5, 114.5, 115.5, 116.5, 117.5, 118.5, 119.5],
  });
});

test('how much of the time is spent waiting for locks', async () => {
  const graphite = over([[{ __name__: 'a.lockTime' }, (i) => i * i], [{ __name__: 'a.totalTime' }, (i) => 4 * i * i]]); // prettier-ignore
  const [found] = await ask(graphite, 'scale(divideSeries(derivative(a.lockTime),derivative(a.totalTime)),100)');
  expect(found?.name).toBe('scale(divideSeries(derivative(a.lockTime),derivative(a.totalTime)),100)');
  expect(found?.values).toEqual([NaN, 25, 25, 25, 25, 25, 25, 25, 25, 25]);
});

test("series of Prometheus are found by their metric's name and by tags", async () => {
  const graphite = over([
    [{ __name__: 'up', job: 'a', instance: 'x:1' }, () => 1],
    [{ __name__: 'up', job: 'b', instance: 'y:1' }, () => 0],
  ]);
  const names = async (target: string): Promise<string[]> => (await ask(graphite, target)).map(({ name }) => name);
  expect(await names('up')).toEqual(['up;instance=x:1;job=a', 'up;instance=y:1;job=b']);
  expect(await names('up;instance=x:1;job=a')).toEqual(['up;instance=x:1;job=a']);
  expect(await names('up;job=a')).toEqual([]);
  expect(await names("aliasByNode(seriesByTag('name=up', 'job!=b'), 'job', 0)")).toEqual(['a.up']);
});

test('a step is found in the time before where there are too few samples in the time that is asked for', async () => {
  const source = new MemorySource();
  const times = Array.from({ length: 240 }, (_, i) => (NOW - 3585 + i * 15) * 1000);
  source.add({ __name__: 'a.b' }, times, times.map((_, i) => i)); // prettier-ignore
  const limits = { maxConcurrency: 2, timeout: 10_000, maxSamples: 1e7 };
  const graphite = new Graphite({ source, index: new MemoryIndex([{ __name__: 'a.b' }]), clock: systemClock, limits });
  const [found] = await graphite.render(['a.b'], { ...question, from: NOW - 30 });
  expect(found).toMatchObject({ step: 15, start: NOW - 15, values: Float64Array.of(238, 239) });
});

test('limits are told with the setting that raises them', async () => {
  const many = Array.from({ length: 50 }, (_, i) => [{ __name__: `a.b${i}` }, () => 1] as const);
  await expect(ask(over(many, { maxSeries: 20 }), 'a.*')).rejects.toThrow(/graphite\.maxSeries/);
  await expect(ask(over(many, { maxValues: 500 }), 'a.*')).rejects.toBeInstanceOf(LimitError);
  await expect(ask(over(many), `${'movingAverage('.repeat(40)}a.b1${',2)'.repeat(40)}`)).rejects.toThrow(
    /too many values|more than \d+ times/,
  );
  await expect(ask(over(many), "summarize(identity('x'),'1s')", 'time("x",1)')).resolves.toHaveLength(2);
  const [wide] = await over(many, { maxPoints: 5 }).render(['a.b1'], question);
  expect(wide).toMatchObject({ step: 120 });
});

test('others on the event loop go on while much is asked', async () => {
  const many = Array.from({ length: 1_000 }, (_, i) => [{ __name__: `a.b${i}.c` }, (minute: number) => minute * i] as const);
  const graphite = over(many);
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await ask(
    graphite,
    `sortByName(groupByNode(movingMedian(scale(seriesByTag('name=~a'),2),30),1,"sum"))`,
    "stddevSeries(seriesByTag('name=~a'))",
  );
  clearInterval(watch);
  expect(longest).toBeLessThan(150);
}, 30_000);
