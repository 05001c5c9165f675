import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findPostgres, type PostgresServer, startPostgres } from '../../../test/harness/postgres-server.ts';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { migrate, openServer, type Sql } from '../sql/index.ts';
import { createLease, type Lease, LeaseLost, leaseMigrations } from './index.ts';

const postgres = findPostgres();

test('alone on its database a process has it at once, until it stops', async () => {
  await using database = await createTestSql(leaseMigrations);
  const told: string[] = [];
  const lease = createLease({ sql: database.sql, clock: systemClock, log: silentLog, name: 'alerting' });
  await lease.start({ gained: async () => void told.push('gained'), lost: async () => void told.push('lost') });
  expect(lease.held).toBe(true);
  await database.sql.transaction((tx) => lease.guard(tx));
  await lease.stop();
  expect(told).toEqual(['gained', 'lost']);
});

let server: PostgresServer;
const opened: Sql[] = [];
beforeAll(async () => {
  if (postgres !== undefined) server = await startPostgres(postgres);
});
afterAll(async () => {
  for (const sql of opened) await sql.close();
  await server?.[Symbol.asyncDispose]();
});
beforeEach(() => void (told.length = 0));

const told: string[] = [];
const TTL = 900;

/** Another process, whose way to the database can be cut. */
async function processCalled(who: string): Promise<{ lease: Lease; sql: Sql; cut: { off: boolean } }> {
  const sql = await openServer(server.url);
  opened.push(sql);
  await migrate(sql, leaseMigrations);
  const cut = { off: false };
  const reached: Sql = { ...sql, db: () => (cut.off ? hang() : sql.db()) };
  const lease = createLease({ sql: reached, clock: systemClock, log: silentLog, name: 'alerting', ttlMs: TTL });
  return { lease, sql, cut };
  function hang(): never {
    throw new Error(`${who} is cut off`);
  }
}
const tell = (who: string) => ({ gained: async () => void told.push(`${who} gained`), lost: async () => void told.push(`${who} lost`) });

test.skipIf(postgres === undefined)('one of two has it; when it stops, or is cut off, the other gets it, and what it still does is refused', async () => {
  const [ana, ben] = [await processCalled('ana'), await processCalled('ben')];
  await ana.lease.start(tell('ana'));
  await ben.lease.start(tell('ben'));
  expect([ana.lease.held, ben.lease.held]).toEqual([true, false]);
  await expect(ben.sql.transaction((tx) => ben.lease.guard(tx))).rejects.toThrow(LeaseLost);

  ana.cut.off = true;
  await expect.poll(() => told, { timeout: 5_000 }).toEqual(['ana gained', 'ana lost', 'ben gained']);
  // The way back is open again for what was under way.
  await expect(ana.sql.transaction((tx) => ana.lease.guard(tx))).rejects.toThrow(LeaseLost);
  await ben.sql.transaction((tx) => ben.lease.guard(tx));

  ana.cut.off = false;
  const stopped = performance.now();
  await ben.lease.stop();
  await expect.poll(() => told.at(-1), { timeout: 5_000 }).toBe('ana gained');
  // Not only when ben's time would have run out.
  expect(performance.now() - stopped).toBeLessThan(TTL);
  await ana.lease.stop();
}); // prettier-ignore

test.skipIf(postgres === undefined)('who fails to take over leaves it to another', async () => {
  const [ana, ben] = [await processCalled('ana'), await processCalled('ben')];
  const clumsy = { ...tell('ana'), gained: () => Promise.reject(new Error('no room')) };
  await ana.lease.start(clumsy);
  await ben.lease.start(tell('ben'));
  await expect.poll(() => told.includes('ben gained'), { timeout: 5_000 }).toBe(true);
  expect(ana.lease.held).toBe(false);
  await ana.lease.stop();
  await ben.lease.stop();
});
