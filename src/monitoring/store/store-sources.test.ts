import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import type { Labels } from '../series.ts';
import { createStore, type Store } from './store.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NOW = Date.now();

test('a source may make so many series and no more, also after a restart, and the others go on', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nines-sources-'));
  const open = async (): Promise<Store> => {
    const opened = createStore({ dir, clock: systemClock, log, settings: { recentMemory: 1e6, maxSeriesPerSource: 3 } });
    await opened.start();
    return opened;
  };
  const many = { protocol: 'remote-write', name: 'shop' };
  const few = { protocol: 'statsd', name: '' };
  let store = await open();
  const put = (source: typeof many, labels: Labels): Promise<void> => {
    const sink = store.sinkFor(source);
    return sink.append({ ids: Uint32Array.of(sink.resolve(labels)), times: Float64Array.of(NOW), values: Float64Array.of(1) });
  };
  for (const n of ['1', '2', '3']) await put(many, { __name__: 'm', n });
  await put(few, { __name__: 'few' });
  const refusal = "remote-write 'shop' has 3 series";
  await expect(async () => put(many, { __name__: 'm', n: '4' })).rejects.toThrow(refusal);
  await store.stop();
  store = await open();
  expect(store.sources()).toEqual([
    { ...many, series: 3, refused: 0 },
    { ...few, series: 1, refused: 0 },
  ]);
  // What it has may be sent on; it is the others' still, whoever sends it.
  await put(many, { __name__: 'm', n: '3' });
  await put(many, { __name__: 'few' });
  await expect(async () => put(many, { __name__: 'm', n: '4' })).rejects.toThrow(refusal);
  await put(few, { __name__: 'few', n: '4' });
  await store.stop();
  await rm(dir, { recursive: true, force: true });
});
