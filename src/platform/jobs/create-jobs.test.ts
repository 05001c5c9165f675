import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { createJobs, jobsMigrations, type Job } from './index.ts';

async function setUp() {
  const database = await createTestSql(jobsMigrations);
  const clock = new VirtualClock('2026-11-21T03:00:00Z');
  const jobs = createJobs({ sql: database.sql, clock, log: silentLog });
  const advance = (ms: number) => clock.advance(ms, () => jobs.idle());
  return { database, sql: database.sql, clock, jobs, advance };
}

test('runs a job after its commit, at its time, once', async () => {
  const { database, sql, jobs, advance } = await setUp();
  await using _ = database;
  const ran: Job[] = [];
  jobs.handle('greet', { run: async (job) => void ran.push(job) });
  await jobs.start();
  await sql.transaction(async (tx) => {
    await jobs.enqueue(tx, { kind: 'greet', key: 'now', payload: { to: 'ana' } });
    await jobs.enqueue(tx, { kind: 'greet', key: 'later', runAt: Date.parse('2026-11-21T03:05:00Z') });
    expect(ran).toEqual([]);
  });
  await jobs.idle();
  expect(ran.map(({ key }) => key)).toEqual(['now']);
  expect(ran[0]?.payload).toEqual({ to: 'ana' });
  await advance(299_000);
  expect(ran).toHaveLength(1);
  await advance(1_000);
  expect(ran.map(({ key }) => key)).toEqual(['now', 'later']);
  expect(await jobs.stats()).toEqual([]);
  await jobs.stop();
});

test('a rolled back enqueue leaves nothing', async () => {
  const { database, sql, jobs } = await setUp();
  await using _ = database;
  await expect(
    sql.transaction(async (tx) => {
      await jobs.enqueue(tx, { kind: 'greet', key: 'a' });
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect(await jobs.stats()).toEqual([]);
});

test('a failing job is retried with growing pauses, and given up when told so', async () => {
  const { database, sql, jobs, advance } = await setUp();
  await using _ = database;
  const attempts: number[] = [];
  const givenUp: string[] = [];
  jobs.handle('flaky', {
    retryAfter: (attempt) => (attempt < 3 ? attempt * 1_000 : null),
    onGiveUp: async (job, error) => void givenUp.push(`${job.key}: ${String(error)}`),
    run: async ({ attempt }) => {
      attempts.push(attempt);
      throw new Error('no route');
    },
  });
  await jobs.start();
  await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'flaky', key: 'x' }));
  await jobs.idle();
  expect(attempts).toEqual([1]);
  await advance(1_000);
  expect(attempts).toEqual([1, 2]);
  await advance(2_000);
  expect(attempts).toEqual([1, 2, 3]);
  expect(givenUp).toEqual(['x: Error: no route']);
  expect(await jobs.stats()).toEqual([]);
  await jobs.stop();
});

test('enqueued again while it runs, it runs again', async () => {
  const { database, sql, jobs } = await setUp();
  await using _ = database;
  const seen: unknown[] = [];
  jobs.handle('sum', {
    run: async ({ payload }) => {
      seen.push(payload);
      if (seen.length === 1) await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'sum', key: 'k', payload: 2 }));
    },
  });
  await jobs.start();
  await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'sum', key: 'k', payload: 1 }));
  await jobs.idle();
  expect(seen).toEqual([1, 2]);
  await jobs.stop();
});

test('what a dead process had leased is run by the next at once', async () => {
  const { database, sql, clock, jobs } = await setUp();
  await using _ = database;
  let begun = 0;
  jobs.handle('slow', { run: () => new Promise<void>(() => void begun++) });
  await jobs.start();
  await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'slow', key: 'k' }));
  await expect.poll(() => begun).toBe(1);
  const next = createJobs({ sql, clock, log: silentLog });
  const ran: number[] = [];
  next.handle('slow', { run: async ({ attempt }) => void ran.push(attempt) });
  await next.start();
  await next.idle();
  expect(ran).toEqual([2]);
  await next.stop();
});

test('`again` keeps the job for its next time, and a clock jump moves what waits', async () => {
  const { database, sql, clock, jobs, advance } = await setUp();
  await using _ = database;
  const times: string[] = [];
  jobs.handle('tick', {
    run: async () => {
      times.push(new Date(clock.now()).toISOString().slice(11, 19));
      return { again: clock.now() + 60_000 };
    },
  });
  await jobs.start();
  await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'tick', key: 'k' }));
  await advance(120_000);
  expect(times).toEqual(['03:00:00', '03:01:00', '03:02:00']);
  clock.jump(-3_600_000);
  await jobs.shift(-3_600_000);
  await advance(60_000);
  expect(times.at(-1)).toBe('02:03:00');
  await jobs.stop();
});
test('what falls due between two looks at the clock does not wait for the poll', async () => {
  const { database, sql } = await setUp();
  await using _ = database;
  // Time goes on while a query runs: here by a millisecond a look, beside what it takes.
  let slipped = 0;
  const slipping = { ...systemClock, now: () => Date.now() + slipped++ };
  const jobs = createJobs({ sql, clock: slipping, log: silentLog });
  let ran = (): void => undefined;
  jobs.handle('greet', { run: async () => ran() });
  await jobs.start();
  let slowest = 0;
  for (let ms = 1; ms <= 40; ms += 1) {
    const began = performance.now();
    const done = new Promise<void>((resolve) => (ran = resolve));
    await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'greet', key: `in ${ms}`, runAt: slipping.now() + ms }));
    await done;
    slowest = Math.max(slowest, performance.now() - began);
  }
  expect(slowest).toBeLessThan(4_000);
  await jobs.stop();
});

test('after a jump, what was set by the old clock is not run early, and what was set by the new one not late', async () => {
  const { database, sql, clock, jobs, advance } = await setUp();
  await using _ = database;
  const ran: string[] = [];
  jobs.handle('greet', { run: async ({ key }) => void ran.push(key) });
  await jobs.start();
  await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'greet', key: 'old', runAt: clock.now() + 60_000 }));
  clock.jump(3_600_000);
  await sql.transaction((tx) => jobs.enqueue(tx, { kind: 'greet', key: 'new', runAt: clock.now() + 10_000 }));
  await advance(500);
  expect(ran).toEqual([]);
  await jobs.shift(3_600_000);
  await advance(10_000);
  expect(ran).toEqual(['new']);
  await advance(60_000);
  expect(ran).toEqual(['new', 'old']);
  await jobs.stop();
});
