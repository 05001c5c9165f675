import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { openChdb, type Columns } from '../../platform/columns/index.ts';
import { Problem } from '../../platform/problem.ts';
import { forgetSeries } from './engine/telemetry-tables.ts';
import { FaultyFiles } from './log/faulty-files.ts';
import type { StoreSettings } from './settings.ts';
import { createStore, type Store } from './store.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NOW = Date.now();
let dir: string;
let files: FaultyFiles;
let store: Store;
let engineFault: Problem | undefined;

/** The real engine, behind a switch that makes every statement fail. */
async function switchedEngine(path: string): Promise<Columns> {
  const columns = await openChdb({ dir: path });
  const guard = async <T>(run: () => Promise<T>): Promise<T> => {
    if (engineFault) throw engineFault;
    return run();
  };
  return {
    exec: (...args) => guard(() => columns.exec(...args)),
    query: (sql, params, options) => guard(() => columns.query(sql, params, options)),
    blocks: (...args) => guard(() => columns.blocks(...args)),
    withInput: (...args) => guard(() => columns.withInput(...args)),
    blocksWithInput: (...args) => guard(() => columns.blocksWithInput(...args)),
    backup: (folder) => guard(() => columns.backup(folder)),
    restore: (folder) => guard(() => columns.restore(folder)),
    readonly: (...args) => guard(() => columns.readonly(...args)),
    close: () => columns.close(),
  };
}

const open = async (settings: Partial<StoreSettings> = {}): Promise<Store> => {
  const defaults = { recentMemory: 64 * 1024, flushInterval: 1e9 };
  const opened = createStore({ dir, clock: systemClock, log, files, openColumns: switchedEngine, settings: { ...defaults, ...settings } });
  await opened.start();
  return opened;
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-faults-'));
  files = new FaultyFiles();
  engineFault = undefined;
  store = await open();
});

afterEach(async () => {
  engineFault = undefined;
  files.fault = undefined;
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});

const append = async (from: number, count = 1): Promise<void> => {
  const id = store.resolve({ __name__: 'm' });
  await store.append({
    ids: new Uint32Array(count).fill(id),
    times: Float64Array.from({ length: count }, (_, i) => NOW + from + i),
    values: Float64Array.from({ length: count }, (_, i) => from + i),
  });
};

const values = async (from: number, to: number): Promise<number[]> => {
  const [found] = await store.select([{ name: '__name__', op: '=', value: 'm' }], NOW + from, NOW + to);
  return found ? [...found.values.subarray(found.from, found.to)] : [];
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

test('a full disk: refused, visible, what was there still answered; takes again by itself; nothing is lost or doubled by a restart', async () => {
  const told: string[] = [];
  store.onHealth(({ state }) => told.push(state));
  await append(0, 10);
  files.room = 0;
  await expect(append(10)).rejects.toMatchObject({ status: 503, slug: 'disk-full' });
  const other = store.resolve({ __name__: 'n' });
  await expect(store.append({ ids: Uint32Array.of(other), times: Float64Array.of(NOW), values: Float64Array.of(1) })).rejects.toThrow(
    Problem,
  );
  expect(store.health()).toMatchObject({ state: 'down' });
  expect((await store.stats()).refused).toBe(2);
  expect(await values(0, 100)).toEqual(range(0, 10));
  files.room = 1e9;
  await append(10);
  expect(store.health()).toEqual({ state: 'ok', detail: '' });
  expect(told).toEqual(['down', 'down', 'ok']);
  await store.stop();
  store = await open();
  expect(await values(0, 100)).toEqual(range(0, 11));
  expect(store.resolve({ __name__: 'n' })).toBe(other);
});

test('the engine away: intake and recent queries go on, older ones are refused with why, all is there when it is back', async () => {
  await append(0, 1000);
  await store.flush();
  engineFault = new Problem(503, 'engine-failed', 'out of memory');
  let next = 1000;
  for (; next < 9000; next += 500) await append(next, 500);
  // The window makes room by itself, and from then on answers for what is new.
  await vi.waitFor(
    async () => {
      await append((next += 10) - 10, 10);
      expect((await store.stats()).completeSince).toBeLessThan(NOW + next - 20);
      expect(await values(next - 10, next)).toEqual(range(next - 10, next));
    },
    { timeout: 8000, interval: 50 },
  );
  await expect(store.flush()).rejects.toThrow('out of memory');
  expect(store.health()).toMatchObject({ state: 'degraded' });
  await expect(async () => values(0, next)).rejects.toMatchObject({ status: 503 });
  engineFault = undefined;
  await vi.waitFor(() => store.flush(), { timeout: 15_000, interval: 200 });
  expect(await values(0, next)).toEqual(range(0, next));
  expect(store.health()).toMatchObject({ state: 'ok' });
}, 60_000);

test('the log is bounded while the engine is away', async () => {
  await store.stop();
  store = await open({ maxLogBytes: 50_000, recentMemory: 1024 ** 2 });
  engineFault = new Problem(503, 'engine-failed', 'gone');
  for (let from = 0; from < 2000; from += 500) await append(from, 500);
  await append(2000, 500);
  await expect(append(2500, 500)).rejects.toMatchObject({ status: 503, slug: 'intake-behind' });
  expect(store.health()).toMatchObject({ state: 'down' });
  engineFault = undefined;
  await store.flush();
  await append(2500, 500);
  expect(await values(0, 3000)).toEqual(range(0, 3000));
});

test('a segment that the engine took but the log still has is not doubled', async () => {
  await append(0, 100);
  const kept = new Map(files.contents);
  await store.flush();
  await store.stop();
  for (const [name, bytes] of kept) files.contents.set(name, bytes);
  store = await open();
  const engine = await store.stats();
  expect(await values(0, 100)).toEqual(range(0, 100));
  expect(engine.windowSamples).toBe(100);
});

test('series without samples are forgotten in time, others are kept', async () => {
  store.resolve({ __name__: 'idle' });
  await append(0);
  await store.stop();
  const columns = await switchedEngine(join(dir, 'engine'));
  await forgetSeries(columns, NOW - 60_000);
  expect(await columns.query('SELECT count() AS n FROM series')).toEqual([{ n: '2' }]);
  await forgetSeries(columns, Date.now() + 60_000);
  expect(await columns.query("SELECT labels['__name__'] AS name FROM series")).toEqual([{ name: 'm' }]);
  await columns.close();
  store = await open();
  expect(await values(0, 1)).toEqual([0]);
});

test('a listener that throws does not turn stored into refused', async () => {
  store.onArrival(() => {
    throw new Error('a defect elsewhere');
  });
  await append(0);
  expect(await values(0, 1)).toEqual([0]);
});

test('a log that starts anew at segment 1 is not taken for the one that the engine took', async () => {
  for (let start = 0; start < 3; start++) {
    await append(start * 10, 10);
    await store.flush();
    expect(files.contents.size).toBe(0);
    await store.stop();
    store = await open({ recentMemory: 1024 ** 2 });
    expect(await values(0, 100)).toEqual(range(0, start * 10 + 10));
  }
});

test('samples whose labels are lost to damage are never taken for those of a new series', async () => {
  await append(0, 10);
  const [[name, bytes]] = [...files.contents] as [[string, Buffer]];
  const damaged = Buffer.from(bytes);
  damaged[20] = (damaged[20] as number) ^ 1;
  await store.stop();
  await rm(join(dir, 'engine'), { recursive: true });
  files.contents.clear();
  files.contents.set(name, damaged);
  store = await open();
  expect(store.resolve({ __name__: 'new' })).toBe(2);
  await append(20, 1);
  expect(await values(0, 100)).toEqual([20]);
});

test('damage in the middle of the log costs what is damaged, and the start goes on', async () => {
  await append(0, 10);
  await append(10, 10);
  await append(20, 10);
  const [[name, bytes]] = [...files.contents] as [[string, Buffer]];
  const damaged = Buffer.from(bytes);
  damaged[damaged.length - 300] = (damaged[damaged.length - 300] as number) ^ 1;
  await store.stop();
  await rm(join(dir, 'engine'), { recursive: true });
  files.contents.clear();
  files.contents.set(name, damaged);
  store = await open();
  expect(await values(0, 100)).toEqual([...range(0, 10), ...range(20, 30)]);
  expect((await store.stats()).damagedBytes).toBeGreaterThan(0);
});
