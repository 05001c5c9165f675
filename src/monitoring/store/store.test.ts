import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { isStale, writeStale, type Labels, type Series } from '../series.ts';
import { createStore, type Store } from './store.ts';
import type { StoreSettings } from './settings.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NOW = Date.now();
let dir: string;
let store: Store;

const open = async (settings: Partial<StoreSettings> = {}): Promise<Store> => {
  const opened = createStore({ dir, clock: systemClock, log, settings: { recentMemory: 16 * 1024 ** 2, ...settings } });
  await opened.start();
  return opened;
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-store-'));
  store = await open();
});

afterEach(async () => {
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});

const append = (labels: Labels, samples: readonly (readonly [time: number, value: number])[]): Promise<void> =>
  store.append({
    ids: Uint32Array.from(samples, () => store.resolve(labels)),
    times: Float64Array.from(samples, ([time]) => NOW + time),
    values: Float64Array.from(samples, ([, value]) => value),
  });

const read = (found: readonly Series[]): Record<string, [number, number | string][]> =>
  Object.fromEntries(
    found.map((one) => [
      JSON.stringify(one.labels),
      Array.from({ length: one.to - one.from }, (_, k) => one.from + k).map((i) => [
        (one.times[i] as number) - NOW,
        isStale(one.values, i) ? 'stale' : (one.values[i] as number),
      ]),
    ]),
  );

const select = async (name: string, from: number, to: number) =>
  read(await store.select([{ name: '__name__', op: '=', value: name }], NOW + from, NOW + to));

test("the arrays of what is appended are the sender's again before it is stored", async () => {
  const id = store.resolve({ __name__: 'm' });
  const [ids, times, values] = [Uint32Array.of(id), Float64Array.of(NOW), Float64Array.of(1)];
  const first = store.append({ ids, times, values });
  [times[0], values[0]] = [NOW + 1, 2];
  const second = store.append({ ids, times, values });
  [times[0], values[0]] = [NOW + 2, 3];
  await Promise.all([first, second]);
  expect(await select('m', 0, 10)).toEqual({
    '{"__name__":"m"}': [
      [0, 1],
      [1, 2],
    ],
  });
});

test('a sample can be queried once append has resolved, late ones stand at their place, and the first of a time stays', async () => {
  const arrived: [number[], number][] = [];
  store.onArrival((ids, newest) => arrived.push([[...ids], newest - NOW]));
  await append({ __name__: 'm', a: '1' }, [
    [0, 1],
    [10, 2],
  ]);
  await append({ __name__: 'm', a: '1' }, [
    [5, 3],
    [10, 99],
    [20, 4],
  ]);
  await append({ __name__: 'm', a: '2' }, [[7, 7]]);
  expect(await select('m', 0, 100)).toEqual({
    '{"__name__":"m","a":"1"}': [
      [0, 1],
      [5, 3],
      [10, 2],
      [20, 4],
    ],
    '{"__name__":"m","a":"2"}': [[7, 7]],
  });
  expect(await select('m', 5, 10)).toEqual({
    '{"__name__":"m","a":"1"}': [
      [5, 3],
      [10, 2],
    ],
    '{"__name__":"m","a":"2"}': [[7, 7]],
  });
  expect(await select('m', 21, 100)).toEqual({});
  expect(arrived).toEqual([
    [[1, 1], 10],
    [[1, 1], 20],
    [[2], 7],
  ]);
  expect(await store.stats()).toMatchObject({ series: 2, appended: 5, duplicates: 1, health: { state: 'ok' } });
});

test('all of it is there after a restart, stale markers too, and ids stay', async () => {
  const values = new Float64Array(2);
  writeStale(values, 1);
  values[0] = 4.5;
  const id = store.resolve({ __name__: 'm', job: 'żółć "x"\n' });
  await store.append({ ids: Uint32Array.of(id, id), times: Float64Array.of(NOW, NOW + 1000), values });
  store.describe([{ metric: 'm', type: 'counter', help: "it's\n\nDROP TABLE samples", unit: '' }]);
  await append({ __name__: 'other' }, [[0, 1]]);
  for (let restart = 0; restart < 3; restart++) {
    expect(await select('m', 0, 2000)).toEqual({
      '{"__name__":"m","job":"żółć \\"x\\"\\n"}': [
        [0, 4.5],
        [1000, 'stale'],
      ],
    });
    expect(store.resolve({ job: 'żółć "x"\n', __name__: 'm' })).toBe(id);
    expect(store.metadata('m')).toEqual([{ metric: 'm', type: 'counter', help: "it's\n\nDROP TABLE samples", unit: '' }]);
    await store.stop();
    store = await open();
  }
});

test('what has left the window comes from the engine, and a backfill is seen before the engine has it', async () => {
  await store.stop();
  store = await open({ recentMemory: 64 * 1024, flushInterval: 1_000_000 });
  const expected: [number, number][] = [];
  for (let batch = 0; batch < 20; batch++) {
    const samples = Array.from({ length: 500 }, (_, k): [number, number] => [(batch * 500 + k) * 10 - 1_000_000, batch * 500 + k]);
    expected.push(...samples);
    await append({ __name__: 'm' }, samples);
    await store.flush();
  }
  await append({ __name__: 'm' }, [
    [-1_000_005, -1],
    [-999_995, -2],
  ]);
  expected.unshift([-1_000_005, -1]);
  expected.splice(2, 0, [-999_995, -2]);
  const { completeSince, windowBytes } = await store.stats();
  expect(completeSince).toBeGreaterThan(NOW - 1_000_000);
  expect(windowBytes).toBeLessThanOrEqual(64 * 1024);
  const wanted = { '{"__name__":"m"}': expected };
  expect(await select('m', -2_000_000, 0)).toEqual(wanted);
  await store.flush();
  expect(await select('m', -2_000_000, 0)).toEqual(wanted);
});

test.each([
  ['an impossible time', Number.NaN],
  ['a time before the retention', -40 * 86_400_000],
  ['a time more than a day ahead', 2 * 86_400_000],
])('%s is counted and not kept', async (_, time) => {
  await append({ __name__: 'm' }, [
    [time, 1],
    [0, 2],
  ]);
  expect(await select('m', -1000, 1000)).toEqual({ '{"__name__":"m"}': [[0, 2]] });
  expect(await store.stats()).toMatchObject({ appended: 1, refused: 1 });
});

test('times are whole milliseconds, in memory as in the engine', async () => {
  await append({ __name__: 'm' }, [
    [0.4, 1],
    [0.9, 2],
    [1.5, 3],
  ]);
  const wanted = {
    '{"__name__":"m"}': [
      [0, 1],
      [1, 3],
    ],
  };
  expect(await select('m', 0, 10)).toEqual(wanted);
  await store.stop();
  store = await open();
  expect(await select('m', 0, 10)).toEqual(wanted);
});

test('a new series beyond the limit is refused by name of the largest metric, known ones go on', async () => {
  await store.stop();
  store = await open({ maxSeries: 3 });
  for (const a of ['1', '2']) store.resolve({ __name__: 'big', a });
  store.resolve({ __name__: 'small' });
  expect(() => store.resolve({ __name__: 'new' })).toThrow(/There are 3 series.*'big' alone has 2.*store\.maxSeries/);
  await append({ __name__: 'small' }, [[0, 1]]);
  expect(await select('small', 0, 0)).toEqual({ '{"__name__":"small"}': [[0, 1]] });
});

test('a query over too many samples is refused', async () => {
  await append({ __name__: 'm' }, [
    [0, 1],
    [1, 1],
    [2, 1],
  ]);
  const matchers = [{ name: '__name__', op: '=', value: 'm' }] as const;
  expect(() => store.select(matchers, NOW, NOW + 10, { maxSamples: 2 })).toThrow(/query\.maxSamples/);
  expect(() => store.select(matchers, NOW, NOW + 1, { maxSamples: 2 })).not.toThrow();
});

test('a query that would read too much from the engine is refused', async () => {
  await append(
    { __name__: 'm' },
    Array.from({ length: 300 }, (_, i): [number, number] => [i - 1000, i]),
  );
  await store.stop();
  store = await open({ recentMemory: 1600, maxReadSamples: 100 });
  await expect(select('m', -1000, 0)).rejects.toThrow(/100; raise it with store\.maxReadSamples/);
  expect(Object.values(await select('m', -1000, -950))[0]).toHaveLength(51);
});

test('names, values and series of what fits and may have samples then', async () => {
  await append({ __name__: 'old', job: 'a' }, [[-60_000, 1]]);
  await append({ __name__: 'm', job: 'a', code: '200' }, [[0, 1]]);
  await append({ __name__: 'm', job: 'b' }, [[0, 1]]);
  const is = (name: string, value: string) => ({ name, op: '=' as const, value });
  const at = [NOW - 10, NOW + 10] as const;
  const sorted = (texts: readonly string[]): string[] => [...texts].sort((a, b) => (a < b ? -1 : 1));
  expect(sorted(store.labelNames([], ...at))).toEqual(['__name__', 'code', 'job']);
  expect(sorted(store.labelNames([[is('job', 'b')]], ...at))).toEqual(['__name__', 'job']);
  expect(sorted(store.labelValues('job', [], ...at))).toEqual(['a', 'b']);
  expect(store.labelValues('__name__', [[is('job', 'a')]], ...at)).toEqual(['m']);
  expect(sorted(store.labelValues('__name__', [[is('job', 'a')]], NOW - 60_000, NOW))).toEqual(['m', 'old']);
  const everything = [[is('job', 'a')], [is('__name__', 'm')]];
  expect(store.series(everything, ...at)).toEqual([
    { __name__: 'm', job: 'a', code: '200' },
    { __name__: 'm', job: 'b' },
  ]);
  expect(store.series(everything, ...at, 1)).toHaveLength(1);
  expect(store.series([[is('__name__', 'none')]], ...at)).toEqual([]);
});
