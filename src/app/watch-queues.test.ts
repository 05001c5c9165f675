import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, test, vi } from 'vitest';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createRegistry } from '../platform/metrics.ts';
import { migrate, openEmbedded } from '../platform/sql/index.ts';
import { migrations } from './migrations.ts';
import { watchQueues } from './watch-queues.ts';

test('what waits is counted, and how long the oldest is overdue', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nines-queues-'));
  const sql = await openEmbedded(dir);
  await migrate(sql, migrations());
  const clock = new VirtualClock('2026-03-01T00:00:00Z');
  const metrics = createRegistry();
  interface Jobs {
    jobs: { kind: string; key: string; payload: string; run_at: number; priority: number };
  }
  const job = (key: string, run_at: number) => ({ kind: 'test', key, payload: '{}', run_at, priority: 0 });
  const jobs = [job('late', clock.now() - 45_000), job('soon', clock.now() + 60_000)];
  await sql.db<Jobs>().insertInto('jobs').values(jobs).execute();
  const stop = watchQueues({ sql, clock, metrics, log: pino({ level: 'silent' }) });
  await clock.advance(15_000);
  const value = (name: string, queue: string) => metrics.samples().find((one) => one.name === name && one.labels['queue'] === queue)?.value;
  await vi.waitFor(() => expect(value('nines_queue_waiting', 'deliveries')).toBe(0));
  expect(value('nines_queue_waiting', 'jobs')).toBe(2);
  expect(value('nines_queue_overdue_seconds', 'jobs')).toBe(60);
  stop();
  await sql.close();
  await rm(dir, { recursive: true, force: true });
});
