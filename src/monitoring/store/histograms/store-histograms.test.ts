import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import type { Histogram } from '../../histogram.ts';
import { formatNotation, parseHistogram } from '../../histogram/index.ts';
import { createStore, type Store } from '../store.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const NOW = Date.now();
const M = [{ name: '__name__', op: '=', value: 'm' }] as const;
let dir: string;
let store: Store;

const open = async (): Promise<Store> => {
  const opened = createStore({ dir, clock: systemClock, log, settings: { recentMemory: 16 * 1024 ** 2 } });
  await opened.start();
  return opened;
};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-histograms-'));
  store = await open();
});
afterEach(async () => {
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});

const h = (text: string): Histogram => parseHistogram(text).histogram;

async function append(samples: readonly (readonly [offset: number, value: number | string])[]): Promise<void> {
  const histograms = new Map(samples.flatMap(([, value], i) => (typeof value === 'string' ? [[i, h(value)] as const] : [])));
  await store.append({
    ids: new Uint32Array(samples.length).fill(store.resolve({ __name__: 'm' })),
    times: Float64Array.from(samples, ([offset]) => NOW + offset),
    values: Float64Array.from(samples, ([, value]) => (typeof value === 'number' ? value : NaN)),
    histograms,
  });
}

async function stored(from = -1e9, to = 0): Promise<unknown[]> {
  const [series] = await store.select(M, NOW + from, NOW + to);
  if (!series) return [];
  return Array.from({ length: series.to - series.from }, (_, i) => {
    const at = series.from + i;
    const histogram = series.histograms?.[at];
    return [series.times[at]! - NOW, histogram ? formatNotation(histogram) : series.values[at]];
  });
}

const A = 'schema:1 count:4 sum:5.5 z_bucket:1 z_bucket_w:0.001 buckets:[1 0 2] n_buckets:[1] n_offset:-3';
const B = 'schema:-53 count:3 sum:1.5 custom_values:[1 2.5] buckets:[1 0.5 1.5]';
const SAMPLES = [
  [-3000, 1],
  [-2000, A],
  [-1000, B],
  [0, 2],
] as const;
const KEPT = [
  [-3000, 1],
  [-2000, formatNotation(h(A))],
  [-1000, formatNotation(h(B))],
  [0, 2],
];

test('histograms and floats of a series come back as they were, from memory, after a restart, and from the engine', async () => {
  await append(SAMPLES);
  expect(await stored()).toEqual(KEPT);
  expect(await stored(-1500, -500)).toEqual(KEPT.slice(2, 3));
  await store.stop();
  store = await open();
  expect(await stored()).toEqual(KEPT);
  await store.flush();
  await store.stop();
  store = await open();
  expect(await stored()).toEqual(KEPT);
});

test('a duplicate is dropped, a late one is put where it belongs, one of long ago is read from the engine', async () => {
  await append(SAMPLES);
  await append([[-2000, B]]);
  await append([[-2500, A]]);
  await append([[-8 * 3_600_000, B]]);
  const all = [[-8 * 3_600_000, formatNotation(h(B))], KEPT[0], [-2500, formatNotation(h(A))], ...KEPT.slice(1)];
  // The second of two histograms that are the same can't have followed a reset.
  const second = [-2000, formatNotation({ ...h(A), resetHint: 'notReset' })];
  const expected = all.map((one) => (one === KEPT[1] ? second : one));
  expect(await stored()).toEqual(expected);
  await store.flush();
  await store.stop();
  store = await open();
  expect(await stored()).toEqual(expected);
});
