import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { openChdb } from '../../../platform/columns/index.ts';
import { encodeSamples, encodeSeries } from '../log/log-record.ts';
import { createStore } from '../store.ts';

/** Folders of earlier versions open, and nothing in them is lost. */

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NOW = Date.now();

test('a folder from before sources were counted opens, and what its log still holds is kept', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nines-old-folder-'));
  await mkdir(join(dir, 'intake'));
  const columns = await openChdb({ dir: join(dir, 'engine') });
  // As the first version made it.
  await columns.exec(`CREATE TABLE series (id UInt32, labels Map(LowCardinality(String), String),
      first_seen DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY id`);
  await columns.exec(`CREATE TABLE samples (series UInt32 CODEC(Delta, LZ4), time DateTime64(3, 'UTC') CODEC(DoubleDelta, LZ4),
      value Float64 CODEC(Gorilla, LZ4)) ENGINE = MergeTree PARTITION BY toYYYYMMDD(time) ORDER BY (series, time)`);
  await columns.exec("INSERT INTO series (id, labels) VALUES (1, map('__name__', 'old', 'a', 'x'))");
  await columns.exec(`INSERT INTO samples SELECT 1, fromUnixTimestamp64Milli(toInt64(${NOW - 5000}), 'UTC'), 7`);
  await columns.close();
  const left = Buffer.concat([
    encodeSeries([[2, { __name__: 'logged', b: 'y "\\ ü' }]]),
    encodeSamples({ ids: Uint32Array.of(1, 2), times: Float64Array.of(NOW - 4000, NOW - 4000), values: Float64Array.of(8, 9) }),
  ]);
  await writeFile(join(dir, 'intake', '000000000001-00000000-0000-4000-8000-000000000000.log'), left);
  const store = createStore({ dir, clock: systemClock, log, settings: { recentMemory: 1e6 } });
  try {
    await store.start();
    const found = await store.select([], NOW - 10_000, NOW);
    expect(
      found.map(({ labels, times, values, from, to }) => [
        labels,
        Array.from(times.subarray(from, to)),
        Array.from(values.subarray(from, to)),
      ]),
    ).toEqual([
      [{ __name__: 'old', a: 'x' }, [NOW - 5000, NOW - 4000], [7, 8]],
      [{ __name__: 'logged', b: 'y "\\ ü' }, [NOW - 4000], [9]],
    ]);
    expect(store.sources()).toEqual([{ protocol: '', name: '', series: 2, refused: 0 }]);
    await store.stop();
    const reopened = await openChdb({ dir: join(dir, 'engine') });
    const [table] = await reopened.query<{ engine_full: string }>("SELECT engine_full FROM system.tables WHERE name = 'samples'");
    await reopened.close();
    expect(table?.engine_full, 'days that are over become one part here too').toMatch(/min_age_to_force_merge_seconds = \d+/);
  } finally {
    await store.stop();
    await rm(dir, { recursive: true, force: true });
  }
});
