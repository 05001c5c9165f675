import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { roundsOf } from '../../../../test/harness/campaigns.mjs';
import { systemClock } from '../../../platform/clock.ts';
import { openChdb, type Columns } from '../../../platform/columns/index.ts';
import type { Histogram } from '../../histogram.ts';
import { formatNotation, withHint } from '../../histogram/index.ts';
import type { Exemplar, Labels } from '../../series.ts';
import { createStore } from '../store.ts';
import { batchOf } from './crash-batch.ts';
import { writeAndKill } from './write-and-kill.ts';

const KILLS = roundsOf('crash');
const WRITER = fileURLToPath(new URL('crash-writer.ts', import.meta.url));
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Found {
  /** `labels time` → the value, or the histogram's text. */
  readonly samples: Map<string, number | string>;
  /** `labels time` → the exemplar's labels and value. */
  readonly exemplars: Map<string, string>;
  /** Rows that the engine holds more than once. */
  readonly doubled: number;
}

const keyOf = (labels: Labels, time: number | undefined): string => `${JSON.stringify(labels)} ${time}`;
const textOf = ({ labels, value }: Pick<Exemplar, 'labels' | 'value'>): string => `${JSON.stringify(labels)} ${value}`;

/** What is known of resets depends on the sample before, and is the store's to say. */
const histogramOf = (histogram: Histogram): string => formatNotation(withHint(histogram, 'unknown'));

/** Sets what is not there yet. */
function addOnce<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.has(key)) throw new Error(`${key} twice`);
  map.set(key, value);
}

/** Everything that a new process finds. */
async function readAll(dir: string, base: number): Promise<Found> {
  let columns: Columns | undefined;
  const openColumns = async (path: string): Promise<Columns> => (columns = await openChdb({ dir: path }));
  const store = createStore({ dir, clock: systemClock, log, openColumns, settings: { recentMemory: 256 * 1024 } });
  await store.start();
  const [samples, exemplars] = [new Map<string, number | string>(), new Map<string, string>()];
  const all = [{ name: '__name__', op: '=~', value: '.+' }] as const;
  let newest = base + 1;
  for (const series of await store.select(all, 0, Date.now() + 3_600_000)) {
    for (let i = series.from; i < series.to; i++) {
      newest = Math.max(newest, series.times[i] as number);
      const histogram = series.histograms?.[i];
      addOnce(samples, keyOf(series.labels, series.times[i]), histogram ? histogramOf(histogram) : (series.values[i] as number));
    }
  }
  // The store answers the newest ten thousand of those that are asked for.
  for (let from = base; from < newest; from += 60_000)
    for (const series of await store.exemplarsOf([all], from, from + 59_999))
      for (const one of series.exemplars) addOnce(exemplars, keyOf(series.labels, one.time), textOf(one));
  let doubled = 0;
  for (const table of ['samples', 'histograms']) {
    const [row] = (await columns?.query<{ doubled: string }>(`SELECT count() - uniqExact(series, time) AS doubled FROM ${table}`)) ?? [];
    doubled += Number(row?.doubled);
  }
  await store.stop();
  return { samples, exemplars, doubled };
}

/** What of the batch isn't there as it was sent. Nothing is expected one by one: there are a hundred thousand of them. */
function missing(n: number, base: number, found: Found): string[] {
  const { labels, times, values, histograms, exemplars } = batchOf(n, base);
  const lost: string[] = [];
  for (const [i, one] of labels.entries()) {
    const histogram = histograms.get(i);
    const key = keyOf(one, times[i]);
    if (found.samples.get(key) !== (histogram ? histogramOf(histogram) : values[i])) lost.push(`${n}: ${key} ${found.samples.get(key)}`);
  }
  for (const one of exemplars) {
    const key = keyOf(labels[one.at]!, one.time);
    if (found.exemplars.get(key) !== textOf(one)) lost.push(`${n}: exemplar ${key} ${found.exemplars.get(key)}`);
  }
  return lost;
}

test(
  `${KILLS} times kill -9 at a random point: every acknowledged sample, histogram and exemplar is answered exactly once`,
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nines-crash-'));
    const base = Date.now() - 3_600_000;
    const acknowledged: number[] = [];
    let first = 0;
    try {
      for (let kill = 1; kill <= KILLS; kill++) {
        const batches = await writeAndKill(WRITER, [dir, String(first), String(base)], Math.random() ** 2 * 300);
        acknowledged.push(...batches);
        first = Math.max(first, ...batches) + 10;
        // Reading moves the log into the engine: mostly the next writer must do it, as in life.
        if (kill % (KILLS / 5) !== 0) continue;
        const found = await readAll(dir, base);
        expect(acknowledged.flatMap((n) => missing(n, base, found))).toEqual([]);
        expect(found.doubled).toBe(0);
      }
      expect(acknowledged.length).toBeGreaterThan(KILLS * 5);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
  KILLS * 10_000,
);
