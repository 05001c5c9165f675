import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { Store } from '../store.ts';
import { ExemplarBook } from './exemplar-book.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nines-exemplars-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('exemplars are found before and after the engine has them and after a start, each once', async () => {
  const now = Math.floor(Date.now());
  const open = async (): Promise<Store> => {
    const store = new Store({ dir, clock: systemClock, log });
    await store.start();
    return store;
  };
  let store = await open();
  const id = store.resolve({ __name__: 'hits_total', job: 'api' });
  const first = { id, labels: { trace_id: 'a', hostile: "\n\n'; DROP TABLE exemplars" }, value: 0.25, time: now - 1000 };
  const second = { id, labels: { trace_id: 'b' }, value: Number.POSITIVE_INFINITY, time: now };
  store.exemplars([first, first, second, { ...second, id: 99 }]);
  await store.append({ ids: Uint32Array.of(id), times: Float64Array.of(now), values: Float64Array.of(1) });
  const expected = [{ labels: { __name__: 'hits_total', job: 'api' }, exemplars: [first, second] }];
  const matchers = [[{ name: 'job', op: '=' as const, value: 'api' }]];
  const ask = () => store.exemplarsOf(matchers, now - 60_000, now + 60_000);
  expect(await ask()).toEqual(expected);
  await store.flush();
  expect(await ask()).toEqual(expected);
  const { tables } = await store.stats();
  expect(tables.find(({ table }) => table === 'exemplars')).toMatchObject({ rows: 2, bytes: expect.any(Number) });
  expect(await store.exemplarsOf(matchers, now - 500, now)).toMatchObject([{ exemplars: [second] }]);
  await store.stop();
  store = await open();
  expect(await ask()).toEqual(expected);
  // A target shows it again after the start.
  store.exemplars([second]);
  await store.append({ ids: Uint32Array.of(id), times: Float64Array.of(now + 1), values: Float64Array.of(1) });
  await store.flush();
  expect(await ask()).toEqual(expected);
  await store.stop();
});

test('the book forgets the oldest of a series, and the series that nothing came of for longest', () => {
  const book = new ExemplarBook(2);
  const one = (id: number, time: number) => ({ id, labels: {}, value: 1, time });
  expect(book.add([one(1, 1), one(1, 1), one(1, 2), one(1, 3)])).toHaveLength(3);
  expect(book.of(1, 0, 10).map(({ time }) => time)).toEqual([2, 3]);
  for (let id = 2; id <= 100_001; id++) book.add([one(id, 1)]);
  expect(book.of(1, 0, 10)).toEqual([]);
  expect(book.of(100_001, 0, 10)).toHaveLength(1);
});
