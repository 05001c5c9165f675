/**
 * The disk fills up in the middle of a write to the log, of a segment's way into the engine, of rolling up: a small file system that is
 * really full. What was acknowledged is there afterwards, once; what is refused says so, and when to come again.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { roundsOf } from '../../../test/harness/campaigns.mjs';
import { canMount, mountDisk } from '../../../test/harness/small-disk.ts';
import { systemClock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { createStore, type Store } from './store.ts';

const ROUNDS = roundsOf('fullDisk');
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BATCH = 5_000;
const KB = 1024;
/** What is left of the disk when a round begins: nothing, less than a batch, a few batches, some segments. */
const LEFT = [0, 60 * KB, 700 * KB, 3_000 * KB];

test.skipIf(!canMount)(
  `${ROUNDS} times a full disk: what was acknowledged is there, once`,
  { timeout: Math.max(120_000, ROUNDS * 20_000) },
  async () => {
    using disk = mountDisk(128);
    if (!disk) return;
    const start = Math.floor(Date.now() / 1000) * 1000 - 3 * 3_600_000;
    let next = 0;
    let acknowledged = 0;
    let sum = 0;
    let refused = 0;
    const open = async (): Promise<Store> => {
      const settings = { recentMemory: 512 * KB, flushInterval: 50, flushBytes: 200 * KB, syncInterval: 20 };
      const store = createStore({ dir: join(disk.directory, 'telemetry'), clock: systemClock, log, settings });
      await store.start();
      return store;
    };
    let store = await open();
    const append = async (): Promise<void> => {
      const values = Float64Array.from({ length: BATCH }, (_, i) => (next + i) % 1_009);
      const times = Float64Array.from({ length: BATCH }, (_, i) => start + next + i);
      const ids = Uint32Array.from({ length: BATCH }, (_, i) => store.resolve({ __name__: 'm', i: String(i % 10) }));
      next += BATCH;
      await store.append({ ids, times, values });
      acknowledged += BATCH;
      for (const value of values) sum += value;
    };
    /** Until it is refused: returns how. */
    const refusal = async (): Promise<unknown> => {
      for (let i = 0; i < 2_000; i++) {
        try {
          await append();
        } catch (error) {
          refused++;
          return error;
        }
      }
      return 'nothing was refused';
    };
    const whole = async (): Promise<{ count: number; sum: number }> => {
      const found = await store.select([{ name: '__name__', op: '=', value: 'm' }], start, start + next);
      let [count, total] = [0, 0];
      for (const { times, values, from, to } of found) {
        for (let i = from; i < to; i++) {
          expect(i > from && times[i - 1]! >= times[i]!).toBe(false);
          total += values[i]!;
        }
        count += to - from;
      }
      return { count, sum: total };
    };
    try {
      for (let round = 0; round < ROUNDS; round++) {
        await append();
        disk.fill(LEFT[round % LEFT.length]);
        const error = await refusal();
        expect(error).toBeInstanceOf(Problem);
        expect(error).toMatchObject({ status: 503, slug: 'disk-full', retryAfter: expect.any(Number) as number });
        expect(store.health().state).toBe('down');
        // Whatever else the store does now fails, or not, and takes nothing away.
        await Promise.allSettled([store.flush(), store.rollUp()]);
        if (round % 2 === 1) {
          await store.stop();
          disk.makeRoom();
          store = await open();
        } else disk.makeRoom();
        await expect.poll(() => append().then(() => 'taken', () => 'refused'), { timeout: 10_000 }).toBe('taken'); // prettier-ignore
        await expect.poll(() => store.flush().then(() => 'taken', () => 'refused'), { timeout: 20_000 }).toBe('taken'); // prettier-ignore
        expect(await whole()).toEqual({ count: acknowledged, sum });
        expect(store.health()).toEqual({ state: 'ok', detail: '' });
      }
      await store.stop();
      store = await open();
      expect(await whole()).toEqual({ count: acknowledged, sum });
      expect(refused).toBeGreaterThanOrEqual(ROUNDS);
    } finally {
      disk.makeRoom();
      await store.stop();
    }
  },
);
