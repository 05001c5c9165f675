import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { openChdb, type Columns } from '../../platform/columns/index.ts';
import { batchOf } from './crash-batch.ts';
import { createStore } from './store.ts';

/** `NINES_CAMPAIGN=1` kills ten times as often. */
const KILLS = process.env['NINES_CAMPAIGN'] === '1' ? 200 : 20;
const TYPESCRIPT = new URL('../../../bench/typescript.mjs', import.meta.url).href;
const WRITER = fileURLToPath(new URL('crash-writer.ts', import.meta.url));
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Starts the writer, kills it some time after its first acknowledgement, returns the batches that were acknowledged. */
async function writeAndKill(dir: string, first: number, base: number, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, WRITER, dir, String(first), String(base)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
  });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  const read = once(lines, 'close');
  const exited = once(child, 'exit');
  lines.on('line', (line) => acknowledged.push(Number(/^acknowledged (\d+)$/.exec(line)?.[1])));
  await Promise.race([once(lines, 'line'), exited]);
  await pause(afterMs);
  child.kill('SIGKILL');
  await Promise.all([exited, read]);
  expect(child.signalCode).toBe('SIGKILL');
  return acknowledged;
}

/** Everything that a new process finds, as `labels time → value`, and how many rows the engine holds more than once. */
async function readAll(dir: string): Promise<{ found: Map<string, number>; doubled: number }> {
  let columns: Columns | undefined;
  const openColumns = async (path: string): Promise<Columns> => (columns = await openChdb({ dir: path }));
  const store = createStore({ dir, clock: systemClock, log, openColumns, settings: { recentMemory: 256 * 1024 } });
  await store.start();
  const found = new Map<string, number>();
  for (const { labels, times, values, from, to } of await store.select(
    [{ name: '__name__', op: '=~', value: '.+' }],
    0,
    Date.now() + 3_600_000,
  )) {
    for (let i = from; i < to; i++) {
      const key = `${JSON.stringify(labels)} ${times[i]}`;
      expect(found.has(key)).toBe(false);
      found.set(key, values[i] as number);
    }
  }
  const [row] = (await columns?.query<{ doubled: string }>('SELECT count() - uniqExact(series, time) AS doubled FROM samples')) ?? [];
  await store.stop();
  return { found, doubled: Number(row?.doubled) };
}

test(
  `${KILLS} times kill -9 at a random point: every acknowledged sample is answered exactly once`,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nines-crash-'));
    const base = Date.now() - 3_600_000;
    const acknowledged: number[] = [];
    let first = 0;
    try {
      for (let kill = 1; kill <= KILLS; kill++) {
        const batches = await writeAndKill(dir, first, base, Math.random() ** 2 * 300);
        acknowledged.push(...batches);
        first = Math.max(first, ...batches) + 10;
        // Reading moves the log into the engine: mostly the next writer must do it, as in life.
        if (kill % (KILLS / 5) !== 0) continue;
        const { found, doubled } = await readAll(dir);
        for (const n of acknowledged) {
          const { labels, times, values } = batchOf(n, base);
          for (const [i, one] of labels.entries()) expect(found.get(`${JSON.stringify(one)} ${times[i]}`)).toBe(values[i]);
        }
        expect(doubled).toBe(0);
      }
      expect(acknowledged.length).toBeGreaterThan(KILLS * 5);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
  KILLS * 10_000,
);
