/** Segments of the intake log are gone, or empty, when nines starts: it keeps the rest, and says what was lost to whoever asks. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { request, sample, series } from '../../src/monitoring/remote-write/encode-request.ts';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import { NinesProcess, TOKEN } from '../harness/nines-process.ts';
import { readFeed } from './support/verify.ts';

test('lost segments of the intake log are told of, and what is left is kept', { timeout: 120_000 }, async () => {
  await using nines = await NinesProcess.start();
  const time = Date.now() - 60_000;
  const body = new Uint8Array(request(series({ __name__: 'kept' }, sample(time, 1), sample(time + 1000, 2))));
  const written = await fetch(`${nines.url}/api/v1/write`, { method: 'POST', body, headers: { authorization: `Bearer ${TOKEN}` } });
  expect(written.status).toBe(204);
  await nines.kill();

  const folder = path.join(nines.directory, 'data/telemetry/intake');
  const segments = fs.readdirSync(folder).filter((name) => name.endsWith('.log'));
  expect(segments.length).toBeGreaterThan(0);
  // As if three had been before it: the first is empty, the others are gone.
  const last = segments.sort().at(-1)!;
  const number = Number(last.slice(0, 12));
  fs.renameSync(path.join(folder, last), path.join(folder, String(number + 3).padStart(12, '0') + last.slice(12)));
  fs.writeFileSync(path.join(folder, `${last.slice(0, 12)}-${randomUUID()}.log`), '');
  await nines.start();

  const { components } = await nines.ask<HealthAnswer>('GET', '/nines/v1/health');
  expect(components.find(({ component }) => component === 'store')).toMatchObject({
    state: 'degraded',
    problem: expect.stringContaining('Whole segments of the intake log were lost when nines started (missing: 2, empty: 1)') as string,
  });
  expect((await readFeed(nines)).filter(({ kind }) => kind === 'telemetry.lost')).toMatchObject([
    { data: { damage: { missing: 2, empty: 1 } } },
  ]);
  const kept = await nines.ask<{ data: { result: { values: [number, string][] }[] } }>('GET', `/api/v1/query?query=kept[5m]`);
  expect(kept.data.result[0]?.values.map(([, value]) => value)).toEqual(['1', '2']);
});
