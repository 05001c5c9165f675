import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openChdb, type Columns } from '../../platform/columns/index.ts';
import { createQueryEngine, MemorySource, type QueryEngine } from '../promql/index.ts';
import { writeStale, type Labels } from '../series.ts';
import { createStore, type Store } from './store.ts';
import type { StoreSettings } from './settings.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Some hour that isn't the clock's: the store is told the time. */
const NOW = Date.UTC(2026, 10, 20, 12, 34, 56);
const END = Math.floor(NOW / HOUR) * HOUR;

let now = NOW;
const clock = {
  now: () => now,
  monotonic: () => performance.now(),
  after: (ms: number, call: () => void) => {
    const timer = setTimeout(call, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

let dir: string;
let store: Store;
let plain: MemorySource;
let ours: QueryEngine;
let theirs: QueryEngine;

const open = async (settings: Partial<StoreSettings> = {}): Promise<Store> => {
  const opened = createStore({ dir, clock, log, settings: { recentMemory: 256 * 1024, ...settings } });
  await opened.start();
  ours = createQueryEngine({ source: opened, clock });
  return opened;
};

beforeEach(async () => {
  now = NOW;
  dir = await mkdtemp(join(tmpdir(), 'nines-rollups-'));
  store = await open();
  plain = new MemorySource();
  theirs = createQueryEngine({ source: plain, clock });
});

afterEach(async () => {
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A generator of its own for each test: the same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

type Sample = readonly [time: number, value: number | 'stale'];

async function append(labels: Labels, samples: readonly Sample[]): Promise<void> {
  const values = new Float64Array(samples.length);
  for (const [i, [, value]] of samples.entries()) {
    if (value === 'stale') writeStale(values, i);
    else values[i] = value;
  }
  await store.append({
    ids: Uint32Array.from(samples, () => store.resolve(labels)),
    times: Float64Array.from(samples, ([time]) => time),
    values,
  });
}

/** A day and a half of counters that reset and gauges that go away, with gaps, uneven intervals and samples on buckets' edges. */
function history(seed: number): { labels: Labels; samples: Sample[] }[] {
  const random = numbers(seed);
  return Array.from({ length: 6 }, (_, s) => {
    const counter = s % 2 === 0;
    const labels = { __name__: counter ? 'c_total' : 'g', s: String(s) };
    const samples: Sample[] = [];
    let value = counter ? Math.floor(random() * 100) : 50;
    const interval = s < 4 ? 15_000 : 60_000;
    const phase = s < 2 ? 0 : Math.floor(random() * interval);
    for (let time = END - 1.5 * DAY + phase; time <= NOW; time += interval) {
      const dice = random();
      if (dice < 0.002) {
        samples.push([time, 'stale']);
        time += Math.floor(random() * 3 * HOUR);
        continue;
      }
      if (dice < 0.004) time += Math.floor(random() * 40) * 60_000;
      if (counter) value = dice > 0.995 ? Math.floor(random() * 5) : value + Math.floor(random() * 20);
      else value = dice > 0.999 ? Number.NaN : dice > 0.998 ? Infinity : Math.round((random() - 0.3) * 1e6) / 1000;
      samples.push([time, value]);
      if (!counter && !Number.isFinite(value)) value = 0;
    }
    return { labels, samples };
  });
}

async function fill(seed: number, late: boolean): Promise<void> {
  for (const { labels, samples } of history(seed)) {
    const sorted = samples.filter(([time], i) => time <= now && (i === 0 || time > samples[i - 1]![0]));
    plain.add(
      labels,
      sorted.map(([time]) => time),
      valuesOf(sorted),
    );
    const behind = late ? sorted.filter((_, i) => i % 97 < 5) : [];
    const first = sorted.filter((one) => !behind.includes(one));
    for (let from = 0; from < first.length; from += 2000) await append(labels, first.slice(from, from + 2000));
    if (!late) continue;
    await store.flush();
    await store.rollUp();
    await append(labels, behind);
  }
  await store.flush();
}

function valuesOf(samples: readonly Sample[]): Float64Array {
  const values = new Float64Array(samples.length);
  for (const [i, [, value]] of samples.entries()) {
    if (value === 'stale') writeStale(values, i);
    else values[i] = value;
  }
  return values;
}

const FUNCTIONS = [
  ...['sum', 'avg', 'min', 'max', 'count', 'last', 'first', 'present', 'ts_of_last', 'ts_of_first', 'stddev', 'quantile'].map((name) =>
    name === 'quantile' ? (range: string) => `quantile_over_time(0.7, g[${range}])` : (range: string) => `${name}_over_time(g[${range}])`,
  ),
  ...['rate', 'increase', 'delta', 'irate', 'changes', 'deriv'].map((name) => (range: string) => `${name}(c_total[${range}])`),
  (range: string) => `sum by (s) (rate(c_total[${range}] offset 1h))`,
  (range: string) => `max(increase(c_total[${range}] @ ${END / 1000 - 7200}))`,
  (range: string) => `absent_over_time(g{s="5"}[${range}])`,
  () => 'g',
  () => 'timestamp(c_total)',
  () => 'sum(g) / count(g)',
  (range: string) => `max_over_time(rate(c_total[10m])[${range === '5m' ? '1h' : range}:5m])`,
];

function close(mine: number, other: number): boolean {
  return (
    Object.is(mine, other) || (Number.isNaN(mine) && Number.isNaN(other)) || Math.abs(mine - other) <= 1e-9 * Math.max(1, Math.abs(other))
  );
}

async function agree(query: string, start: number, end: number, step: number, resolution = 'auto'): Promise<readonly string[]> {
  const mine = await ours.range(query, start, end, step, { resolution });
  const other = await theirs.range(query, start, end, step);
  const what = `${query} from ${start} to ${end} by ${step} (${resolution})`;
  expect(
    mine.series.map((one) => one.labels),
    what,
  ).toEqual(other.series.map((one) => one.labels));
  for (const [i, one] of mine.series.entries()) {
    const expected = other.series[i]!;
    expect([...one.times], what).toEqual([...expected.times]);
    for (const [k, value] of one.values.entries())
      if (!close(value, expected.values[k]!))
        expect.fail(`${what}: ${value} is not ${expected.values[k]} at ${one.times[k]} of ${JSON.stringify(one.labels)}`);
  }
  return mine.infos.filter((info) => !info.startsWith('PromQL'));
}

test.each([
  ['in order', false],
  ['with samples that come late', true],
])(
  'answers are those of the samples, whatever resolution serves (%s)',
  async (_, late) => {
    await fill(late ? 7 : 3, late);
    await store.rollUp();
    const told = new Set<string>();
    for (const [range, step] of [
      ['5m', HOUR],
      ['1h', HOUR],
      ['6h', 2 * HOUR],
      ['5m', 300_000],
      ['15m', 600_000],
      ['2m', 1_200_000],
      ['1h', 1_234_000],
    ] as const) {
      for (const write of FUNCTIONS) {
        const query = write(range);
        for (const info of await agree(query, END - DAY, END - 2 * HOUR, step)) told.add(info);
        await agree(query, END - DAY, END, step);
      }
    }
    expect([...told].sort()).toEqual(['answered from 1h rollups', 'answered from 5m rollups']);
    for (const resolution of ['1m', '5m', '1h', 'raw'])
      for (const write of FUNCTIONS) {
        const query = write('2h');
        // Its inner steps are finer than an hour: forced to, an hour's rollups answer as near as they can.
        if (!(resolution === '1h' && query.includes('[2h:'))) await agree(query, END - DAY, END, 2 * HOUR, resolution);
      }
  },
  120_000,
);

test('classes keep what they say: samples go, rollups stay and say so, and a class without rollups has none', async () => {
  await store.stop();
  const is = (value: string) => [{ name: '__name__', op: '=' as const, value }];
  const classes = [
    { match: is('c_total'), raw: 6 * HOUR },
    { match: is('g'), raw: 12 * HOUR, rollups: false as const },
  ];
  store = await open({ classes });
  await fill(11, false);
  await store.rollUp();
  // What has left the disk may still be among the recent samples in memory: a new process has none but those of the disk.
  await store.stop();
  store = await open({ classes });
  const infos = await agree('sum by (s) (rate(c_total[1h]))', END - DAY, END, HOUR);
  expect(infos).toEqual(['answered from 1h rollups']);
  // Not on buckets' edges, and older than the samples: as near as a minute's rollups come, which are made before the samples go.
  const near = await ours.range('sum(rate(c_total[1h]))', END - DAY + 1234, END - 8 * HOUR, 1_234_000);
  const exactly = await theirs.range('sum(rate(c_total[1h]))', END - DAY + 1234, END - 8 * HOUR, 1_234_000);
  expect(near.infos.filter((info) => info.includes('rollups'))).toEqual([
    'answered from 1m rollups: windows end up to 1m earlier, where buckets do; a step of a multiple of 1m is exact',
  ]);
  const expected = new Map(Array.from(exactly.series[0]!.times, (time, i) => [time, exactly.series[0]!.values[i]!]));
  const mine = near.series[0]!;
  expect(Math.abs(mine.times.length - expected.size)).toBeLessThan(2);
  const off = mine.values.map((value, i) => Math.abs(value - (expected.get(mine.times[i]!) ?? NaN)) / expected.get(mine.times[i]!)!);
  expect(off.toSorted()[Math.floor(off.length / 2)]).toBeLessThan(0.05);
  const gone = await ours.range('count_over_time(g[1h])', END - DAY, END, HOUR);
  expect(gone.series.every((one) => one.times[0]! >= NOW - 13 * HOUR)).toBe(true);
  expect(gone.infos).toEqual([]);
  await agree('count_over_time(g[1h])', END - 10 * HOUR, END, HOUR);
}, 60_000);

test('a bucket is right after a crash at any point of its making', async () => {
  await fill(5, false);
  await store.rollUp();
  await store.stop();
  store = await open();
  // Later samples of hours that are done, in the log when the process ends: noted again by the next one.
  const extra: Sample[] = Array.from({ length: 50 }, (_, i) => [END - 20 * HOUR + i * 61_001 + 7, 1000 + i]);
  plain = new MemorySource();
  theirs = createQueryEngine({ source: plain, clock });
  const labels = { __name__: 'c_total', s: 'late' };
  plain.add(
    labels,
    extra.map(([time]) => time),
    valuesOf(extra),
  );
  await append(labels, extra);
  const query = 'increase(c_total{s="late"}[1h])';
  expect(await agree(query, END - DAY, END, HOUR)).toEqual(['answered from 1h rollups']);
  await store.stop();
  store = await open();
  await agree(query, END - DAY, END, HOUR);
  await store.rollUp();
  await agree(query, END - DAY, END, HOUR);
  expect((await store.stats()).lateHours).toBe(0);
}, 60_000);

test('wherever the engine stops while it rolls up, the next process makes the buckets right', async () => {
  const samples: Sample[] = Array.from({ length: 1200 }, (_, i) => [END - 20 * HOUR + i * 59_000 + 3, (i * 7) % 400]);
  const labels = { __name__: 'c_total', s: 'x' };
  const query = 'increase(c_total[1h])';
  plain.add(
    labels,
    samples.map(([time]) => time),
    valuesOf(samples),
  );
  await append(
    labels,
    samples.filter((_, i) => i % 5 !== 0 || i > 900),
  );
  await store.rollUp();
  await append(
    labels,
    samples.filter((_, i) => i % 5 === 0 && i <= 900),
  );
  for (let statements = 0; statements < 16; statements++) {
    await store.stop();
    let left = Number.POSITIVE_INFINITY;
    const failing = async (path: string): Promise<Columns> => {
      const columns = await openChdb({ dir: path });
      const unlessGone =
        <A extends unknown[]>(run: (...args: A) => Promise<void>) =>
        async (...args: A): Promise<void> => {
          if (left-- <= 0) throw new Error('gone');
          await run(...args);
        };
      return Object.assign(Object.create(columns) as Columns, {
        exec: unlessGone(columns.exec.bind(columns)),
        withInput: unlessGone(columns.withInput.bind(columns)),
        query: columns.query.bind(columns),
        blocks: columns.blocks.bind(columns),
        blocksWithInput: columns.blocksWithInput.bind(columns),
        close: columns.close.bind(columns),
      });
    };
    store = createStore({ dir, clock, log, settings: { recentMemory: 256 * 1024 }, openColumns: failing });
    await store.start();
    ours = createQueryEngine({ source: store, clock });
    // One more that is late, and then the engine goes in the middle of the work.
    const time = END - 19 * HOUR + statements * 61_000;
    samples.push([time, 5000]);
    samples.sort(([a], [b]) => a - b);
    plain = new MemorySource();
    theirs = createQueryEngine({ source: plain, clock });
    plain.add(
      labels,
      samples.map(([at]) => at),
      valuesOf(samples),
    );
    await append(labels, [[time, 5000]]);
    left = statements;
    const whole = await store.rollUp().then(
      () => true,
      () => false,
    );
    expect(await agree(query, END - DAY, END, HOUR)).toEqual(['answered from 1h rollups']);
    if (!whole) continue;
    expect(statements).toBeGreaterThan(4);
    break;
  }
  await store.stop();
  store = await open();
  await store.rollUp();
  await agree(query, END - DAY, END, HOUR);
}, 120_000);
