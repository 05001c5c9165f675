import { sql as template } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import type { Clock } from '../../platform/clock.ts';
import { createHealth } from '../../platform/health.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { ledgerMigrations } from '../../ledger/index.ts';
import { afterTry } from './breaker.ts';
import { changeBreaker } from './breaker-store.ts';
import type { Outcome } from '../channels/channel.ts';
import { deliveryMigrations } from '../migrations.ts';
import { startRetention } from '../deliveries/retention.ts';
import { watchBreakers } from './watch-breakers.ts';

let database: TestSql;
beforeAll(async () => {
  database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations]);
});
afterAll(() => database[Symbol.asyncDispose]());

const DAY_MS = 86_400_000;
let now = Date.parse('2026-11-24T03:00:00Z');
const clock: Clock = { now: () => now, monotonic: () => now, after: () => ({ cancel: () => undefined }) };

test('a provider that fails is told of by a metric and by health, since when and why, until it works again', async () => {
  const { sql } = database;
  const metrics = createRegistry();
  const health = createHealth(clock);
  const { look, end } = watchBreakers({ sql, clock, metrics, health, log: silentLog });
  const provider = { channel: 'email', peer: 'The mail server mail.example.org:587' };
  const outcome = (given: Outcome) =>
    sql.transaction((tx) => changeBreaker(tx, provider, (breaker) => afterTry(breaker, given, now)));
  const failed: Outcome = { kind: 'failed', error: 'ECONNREFUSED', channelDown: true };
  const state = () => health.list().find(({ component }) => component === 'delivery.providers');
  await look();
  expect(state()?.state).toBe('ok');
  await outcome(failed);
  now += 60_000;
  await look();
  expect(state()?.state, 'one failure opens nothing').toBe('ok');
  await outcome(failed);
  await outcome(failed);
  now += 60_000;
  await look();
  const label = '{channel="email",provider="The mail server mail.example.org:587"}';
  expect(metrics.render()).toContain(`nines_delivery_breaker_open${label} 1`);
  expect(metrics.render()).toContain(`nines_delivery_breaker_down_seconds${label} 120`);
  expect(state()).toMatchObject({ state: 'degraded', problem: expect.stringContaining('The mail server mail.example.org:587 (email) takes no messages since 2026-11-24T03:00:00Z: ECONNREFUSED.') as string });
  await outcome({ kind: 'accepted', answer: '250 ok' });
  await look();
  expect(metrics.render()).toContain(`nines_delivery_breaker_open${label} 0`);
  expect(state()?.state).toBe('ok');
  end();
}); // prettier-ignore

test('old deliveries go with their attempts, what has not left is kept, and so are breakers of today', async () => {
  const { sql } = database;
  await template`truncate deliveries, delivery_attempts, delivery_breakers cascade`.execute(sql.db());
  const rows = [['old-sent', 'sent', 31], ['old-failed', 'failed', 40], ['old-queued', 'queued', 400], ['new-sent', 'sent', 29]] as const;
  for (const [id, state, days] of rows) {
    await template`insert into deliveries (id, key, channel, address, reason, subject, priority, state, created_at, due_at)
      values (${id}, ${id}, 'email', 'a@b', 'page', 's', 0, ${state}, ${now - days * DAY_MS}, 0)`.execute(sql.db());
    await template`insert into delivery_attempts (delivery, attempt, at, took_ms, outcome, answer) values (${id}, 1, 0, 1, 'accepted', 'ok')`.execute(sql.db());
  }
  // More than are removed by one statement.
  await template`insert into deliveries (id, key, channel, address, reason, subject, priority, state, created_at, due_at)
    select 'many-' || n, 'many-' || n, 'email', 'a@b', 'page', 's', 0, 'sent', 0, 0 from generate_series(1, 2500) as n`.execute(sql.db());
  for (const [provider, days] of [['gone', 8], ['here', 1]] as const)
    await template`insert into delivery_breakers (provider, channel, peer, state, failures, opens, retry_at, error, since)
      values (${provider}, 'email', ${provider}, 'open', 3, 1, ${now - days * DAY_MS}, 'no', 0)`.execute(sql.db());
  const jobs = createJobs({ sql, clock, log: silentLog });
  await startRetention({ sql, clock, jobs, settings: { keep: 30 * DAY_MS } });
  await jobs.start();
  await jobs.idle();
  const left = async (column: string, table: string) =>
    (await template<{ one: string }>`select ${template.ref(column)} as one from ${template.table(table)} order by 1`.execute(sql.db())).rows.map(({ one }) => one);
  expect(await left('id', 'deliveries')).toEqual(['new-sent', 'old-queued']);
  expect(await left('delivery', 'delivery_attempts')).toEqual(['new-sent', 'old-queued']);
  expect(await left('provider', 'delivery_breakers')).toEqual(['here']);
  expect(await jobs.stats(), 'and again tomorrow').toMatchObject([{ waiting: 1 }]);
  await jobs.stop();
}); // prettier-ignore
