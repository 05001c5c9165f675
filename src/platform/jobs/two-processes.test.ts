/** The queue on a real PostgreSQL that two processes share. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPostgres, type PostgresServer, startPostgres } from '../../../test/harness/postgres-server.ts';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { migrate, openServer, type Sql } from '../sql/index.ts';
import { createJobs, jobsMigrations } from './create-jobs.ts';
import type { Jobs } from './jobs.ts';

const postgres = findPostgres();
let server: PostgresServer;
const opened: { sql: Sql; jobs: Jobs }[] = [];
beforeAll(async () => {
  if (postgres !== undefined) server = await startPostgres(postgres);
});
afterAll(async () => {
  for (const { jobs, sql } of opened) {
    await jobs.stop();
    await sql.close();
  }
  await server?.[Symbol.asyncDispose]();
});

async function processOn(leaseMs: number, run: (key: string, signal: AbortSignal) => Promise<void>) {
  const sql = await openServer(server.url);
  await migrate(sql, jobsMigrations);
  const cut = { off: false };
  const reached: Sql = {
    ...sql,
    db: <Tables>() => {
      if (cut.off) throw new Error('cut off');
      return sql.db<Tables>();
    },
    get urgent() {
      return reached;
    },
  };
  const jobs = createJobs({ sql: reached, clock: systemClock, log: silentLog, leaseMs });
  jobs.handle('greet', { concurrency: 50, run: ({ key }, signal) => run(key, signal) });
  opened.push({ sql, jobs });
  await jobs.start();
  return { sql, jobs, cut };
}

test.skipIf(postgres === undefined)('each job is run by one of two, and by the other once the first is cut off', async () => {
  const ran: string[] = [];
  const broken: string[] = [];
  const hang = (key: string, signal: AbortSignal): Promise<void> =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        broken.push(key);
        reject(signal.reason as Error);
      }),
    );
  const one = await processOn(900, (key, signal) => {
    ran.push(`one ${key}`);
    return key === 'stuck' ? hang(key, signal) : Promise.resolve();
  });
  const two = await processOn(900, async (key) => void ran.push(`two ${key}`));
  await one.sql.transaction(async (tx) => {
    for (let i = 0; i < 200; i += 1) await one.jobs.enqueue(tx, { kind: 'greet', key: `k${i}` });
  });
  await expect.poll(() => ran.length, { timeout: 15_000 }).toBe(200);
  expect(new Set(ran.map((one) => one.split(' ')[1])).size).toBe(200);

  ran.length = 0;
  // The other must not see it before it is stuck with the first.
  two.cut.off = true;
  await one.sql.transaction((tx) => one.jobs.enqueue(tx, { kind: 'greet', key: 'stuck' }));
  await expect.poll(() => ran).toEqual(['one stuck']);
  two.cut.off = false;
  // As long as the first renews its lease, nobody else runs it.
  const held = performance.now() + 2_500;
  await expect.poll(() => performance.now() > held, { timeout: 5_000 }).toBe(true);
  expect(ran).toEqual(['one stuck']);
  one.cut.off = true;
  await expect.poll(() => ran, { timeout: 10_000 }).toEqual(['one stuck', 'two stuck']);
  // By then the first has been told to leave it.
  expect(broken).toEqual(['stuck']);
}); // prettier-ignore
