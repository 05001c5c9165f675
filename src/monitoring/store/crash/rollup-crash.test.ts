/** `kill -9` while samples come in, are rolled up and are let go: each answer is that of what was sent, whether samples or rollups give it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { roundsOf } from '../../../../test/harness/campaigns.mjs';
import { VirtualClock } from '../../../../test/harness/virtual-clock.ts';
import { openChdb, type Columns } from '../../../platform/columns/index.ts';
import { createQueryEngine, MemorySource } from '../../promql/index.ts';
import { RESOLUTIONS, tableOf } from '../../rollups/index.ts';
import type { Labels } from '../../series.ts';
import { createStore } from '../store.ts';
import { batchTime, CLASSES, rollupBatch } from './rollup-batch.ts';
import { writeAndKill } from './write-and-kill.ts';

const KILLS = roundsOf('rollupCrash');
const LOOK_EVERY = Math.min(KILLS, 5);
const WRITER = fileURLToPath(new URL('rollup-writer.ts', import.meta.url));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What must be answered of these batches. */
function referenceOf(batches: readonly number[], base: number): MemorySource {
  const series = new Map<string, { labels: Labels; samples: [number, number][] }>();
  for (const n of batches) {
    for (const { labels, time, value } of rollupBatch(n, base).samples) {
      const key = JSON.stringify(labels);
      const one = series.get(key) ?? { labels, samples: [] };
      series.set(key, one);
      one.samples.push([time, value]);
    }
  }
  const source = new MemorySource();
  for (const { labels, samples } of series.values()) {
    samples.sort(([a], [b]) => a - b);
    source.add(labels, samples.map(([time]) => time), Float64Array.from(samples, ([, value]) => value)); // prettier-ignore
  }
  return source;
}

/** Starts a process on the folder, and holds what it answers against what was sent. */
async function verify(dir: string, base: number, acknowledged: readonly number[], last: number): Promise<void> {
  let columns: Columns | undefined;
  const openColumns = async (path: string): Promise<Columns> => (columns = await openChdb({ dir: path }));
  const clock = new VirtualClock(batchTime(last, base));
  const store = createStore({ dir, clock, log, openColumns, settings: { recentMemory: 256 * 1024, classes: CLASSES } });
  await store.start();
  try {
    const now = clock.now();
    const [coarse] = await columns!.query<{ value: string }>("SELECT value FROM rollup_state FINAL WHERE name = 'coarse'");
    const rolledUpBefore = Number(coarse?.value ?? 0);
    const [marks] = await store.select([{ name: '__name__', op: '=', value: 'batch' }], base, now);
    const there = marks ? [...marks.values.subarray(marks.from, marks.to)] : [];
    const seen = new Set(there);
    expect(there).toHaveLength(seen.size);
    expect(acknowledged.filter((n) => !seen.has(n))).toEqual([]);
    const ours = createQueryEngine({ source: store, clock });
    const theirs = createQueryEngine({ source: referenceOf(there, base), clock });
    const end = Math.floor(now / HOUR) * HOUR;
    const agree = async (query: string, from: number): Promise<void> => {
      const answers = [ours, theirs].map(async (engine) => (await engine.range(query, from, end, HOUR)).series.map(({ labels, times, values }) => ({ labels, times: [...times], values: [...values].map((value) => Number(value.toPrecision(9))) }))); // prettier-ignore
      const [mine, other] = await Promise.all(answers);
      expect(mine, query).toEqual(other);
    };
    // As the kill left it, and when all that was due is done.
    for (const rolledUp of [false, true]) {
      if (rolledUp) await store.rollUp();
      for (const metric of ['short_total', 'long_total'])
        for (const of of ['increase', 'count_over_time', 'sum_over_time', 'max_over_time']) await agree(`${of}(${metric}[1h])`, Math.ceil(base / HOUR) * HOUR); // prettier-ignore
      await agree('count_over_time(gone[1h])', end - 10 * HOUR);
    }
    for (const table of ['samples', ...RESOLUTIONS.map(tableOf)]) {
      const [key, final] = table === 'samples' ? ['time', ''] : ['end', 'FINAL'];
      const [row] = await columns!.query<{ doubled: string; rows: string }>(
        `SELECT count() - uniqExact(series, ${key}) AS doubled, count() AS rows FROM ${table} ${final}`,
      );
      expect([table, row?.doubled]).toEqual([table, '0']);
    }
    // It did what it is to be killed at.
    expect(rolledUpBefore).toBeGreaterThan(base + DAY / 4);
    const [old] = await columns!.query<{ n: string }>(
      `SELECT count() AS n FROM samples WHERE time < fromUnixTimestamp64Milli(toInt64(${now - 13 * HOUR})) AND series IN (SELECT id FROM series WHERE labels['__name__'] IN ('short_total', 'gone'))`,
    );
    if (now - base > 2 * DAY) expect(old?.n).toBe('0');
  } finally {
    await store.stop();
  }
}

test(
  `${KILLS} times kill -9 while it rolls up and lets go: no sample and no bucket is lost or counted twice`,
  { timeout: Math.max(120_000, KILLS * 20_000) },
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nines-rollup-crash-'));
    const base = Math.floor((Date.now() - 20 * DAY) / DAY) * DAY;
    const acknowledged: number[] = [];
    let first = 0;
    try {
      for (let kill = 1; kill <= KILLS; kill++) {
        const batches = await writeAndKill(WRITER, [dir, String(first), String(base)], Math.random() * 500, 'rolled up');
        acknowledged.push(...batches);
        first = Math.max(first, ...batches) + 10;
        if (kill % LOOK_EVERY === 0) await verify(dir, base, acknowledged, first);
      }
      expect(acknowledged.length).toBeGreaterThan(KILLS * 5);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
);
