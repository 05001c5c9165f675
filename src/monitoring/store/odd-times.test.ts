import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import type { Labels } from '../series.ts';
import { createStore, type Store } from './store.ts';

/** A sender whose clock is wrong, for one sample, doesn't spoil its series, nor the others. */

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const HOUR = 3_600_000;
const NOW = Date.now();
const ODD: Labels = { __name__: 'odd' };
const OTHER: Labels = { __name__: 'other' };

const put = (store: Store, labels: Labels, time: number, value: number): Promise<void> =>
  store.append({ ids: Uint32Array.of(store.resolve(labels)), times: Float64Array.of(time), values: Float64Array.of(value) });
const read = async (store: Store, labels: Labels, from: number, to: number): Promise<[number, number][]> =>
  (await store.select([{ name: '__name__', op: '=', value: labels['__name__'] ?? '' }], from, to)).flatMap((one) =>
    Array.from({ length: one.to - one.from }, (_, i): [number, number] => [
      (one.times[one.from + i] as number) - NOW,
      one.values[one.from + i] as number,
    ]),
  );

test.each([
  ['a week ahead', 7 * 24 * HOUR, false],
  ['23 hours ahead', 23 * HOUR, true],
  ['20 days ago', -20 * 24 * HOUR, true],
  ['before the retention', -100 * 24 * HOUR, false],
])('a sample %s, and then usual ones, in a small window and after a restart', async (_what, distance, kept) => {
  const dir = await mkdtemp(join(tmpdir(), 'nines-odd-'));
  const open = async (): Promise<Store> => {
    // So little memory that samples leave it while the test runs.
    const store = createStore({ dir, clock: systemClock, log, settings: { recentMemory: 64 * 1024, flushInterval: 20 } });
    await store.start();
    return store;
  };
  const START = -2000;
  const COUNT = 1500;
  const usual = Array.from({ length: COUNT }, (_, i): [number, number] => [START + i, i]);
  let store = await open();
  try {
    await put(store, ODD, NOW + START - 10, -1);
    await put(store, ODD, NOW + distance, 99);
    const times = Float64Array.from(usual, ([time]) => NOW + time);
    const values = Float64Array.from(usual, ([, value]) => value);
    for (const labels of [ODD, OTHER]) {
      const id = store.resolve(labels);
      for (let from = 0; from < COUNT; from += 50) {
        const part = { times: times.slice(from, from + 50), values: values.slice(from, from + 50) };
        await store.append({ ids: new Uint32Array(part.times.length).fill(id), ...part });
      }
    }
    const check = async (): Promise<void> => {
      expect(await read(store, ODD, NOW + START, NOW)).toEqual(usual);
      expect(await read(store, OTHER, NOW + START, NOW)).toEqual(usual);
      // What a query for this moment looks at.
      expect((await read(store, ODD, NOW - 5 * 60_000, NOW)).at(-1)).toEqual(usual.at(-1));
      expect(store.labelValues('__name__', [], NOW - HOUR, NOW)).toContain('odd');
      const { completeSince, refused } = await store.stats();
      expect(completeSince).toBeLessThanOrEqual(Date.now());
      if (!kept) expect(refused).toBeLessThanOrEqual(1);
    };
    await check();
    await store.flush();
    await check();
    expect(await read(store, ODD, NOW + distance - 5, NOW + distance + 5)).toEqual(kept ? [[distance, 99]] : []);
    await store.stop();
    store = await open();
    await check();
    expect(await read(store, ODD, NOW + distance - 5, NOW + distance + 5)).toEqual(kept ? [[distance, 99]] : []);
  } finally {
    await store.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
