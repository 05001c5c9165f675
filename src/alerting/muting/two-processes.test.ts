/** Two processes over one PostgreSQL: whichever decides, and whichever looks again, each alert is told once, and none is forgotten. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findPostgres, type PostgresServer, startPostgres } from '../../../test/harness/postgres-server.ts';
import { createResourceSet } from '../../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import { systemClock as clock } from '../../platform/clock.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { migrate, openServer } from '../../platform/sql/index.ts';
import type { AlertState, AlertTransition } from '../alerts/alert.ts';
import { createAlertStore } from '../alerts/alert-store.ts';
import { AlertWriter } from '../alerts/alert-writer.ts';
import { alertingMigrations } from '../migrations.ts';
import { createMuting, inhibitionKind } from './index.ts';
import { parseMatcher } from './matchers.ts';

const bin = findPostgres();
const ROUNDS = 40;
const ANA = { actor: 'person:ana', name: 'Ana', person: 'ana' };

const inhibition = {
  kind: inhibitionKind.kind,
  name: 'cut',
  title: 'cut',
  labels: {},
  spec: { source: [parseMatcher('Cut')!], target: [parseMatcher('Down')!], equal: [] } as never,
  file: null,
};

async function boot(url: string, told: string[]) {
  const sql = await openServer(url);
  const ledger = createLedger({ sql, clock });
  const jobs = createJobs({ sql, clock, log: silentLog });
  const catalog = { current: () => createResourceSet([inhibition], 1), onChange: () => undefined };
  const sink = {
    async changed(tx: { afterCommit(run: () => void): void }, transitions: readonly AlertTransition[]): Promise<void> {
      tx.afterCommit(() => told.push(...transitions.map(({ to, alert }) => `${to} ${alert.fingerprint}`)));
    },
  };
  const flapping = { windowMs: 0, high: 6, low: 3 };
  const muting = createMuting({ sql, clock, log: silentLog, jobs, ledger, catalog, sink, flapping });
  const writer = new AlertWriter({ sql, ledger, store: createAlertStore(sql), sink, sieve: muting.sieve });
  await jobs.start();
  await muting.start();
  return { sql, jobs, muting, writer };
}

const change = (rule: string, i: number, to: 'firing' | 'resolved'): AlertTransition => {
  const now = clock.now();
  const alert: AlertState = {
    fingerprint: `${rule}-${i}`,
    ruleKey: `r/${rule}`,
    rule,
    group: 'g',
    severity: 'critical',
    service: null,
    groupKey: `g/${i}`,
    expr: 'up',
    labels: { alertname: rule, instance: `web-${i}` },
    annotations: {},
    value: 1,
    state: to,
    activeAt: now,
    firedAt: now,
    resolvedAt: to === 'resolved' ? now : null,
    keepFiringSince: null,
  };
  return { to, alert, groupKey: alert.groupKey };
};

let server: PostgresServer;
beforeAll(async () => {
  if (bin !== undefined) server = await startPostgres(bin);
});
afterAll(async () => server?.[Symbol.asyncDispose]());

test.skipIf(bin === undefined)('one decides what explains, the other what is explained, at the same moments', async () => {
  const told: string[] = [];
  const first = await openServer(server.url);
  await migrate(first, [...jobsMigrations, ...ledgerMigrations, ...alertingMigrations]);
  await first.close();
  const [a, b] = [await boot(server.url, told), await boot(server.url, told)];
  const commit = async (process: typeof a, transition: AlertTransition): Promise<void> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await process.writer.commit([transition], clock.now());
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  };
  for (let i = 0; i < ROUNDS; i += 1) {
    await Promise.all([commit(a, change('Cut', 0, i % 2 === 0 ? 'firing' : 'resolved')), commit(b, change('Down', i, 'firing'))]);
  }
  // The last one is resolved: nothing is held back any more, and each was told of once.
  const down = (): string[] => told.filter((one) => one.startsWith('firing Down'));
  await expect.poll(() => new Set(down()).size, { timeout: 20_000 }).toBe(ROUNDS);
  expect(down()).toHaveLength(ROUNDS);

  // What is resolved while a silence holds it back, or by the other process, is told to whoever was told.
  await a.muting.silences.create({ matchers: [parseMatcher('Down')!], startsAt: clock.now(), endsAt: clock.now() + 60_000, reason: 'x' }, ANA);
  await Promise.all(Array.from({ length: ROUNDS }, (_, i) => commit(i % 2 === 0 ? a : b, change('Down', i, 'resolved'))));
  await commit(b, change('Down', 999, 'firing'));
  await commit(a, change('Down', 999, 'resolved'));
  await Promise.all([a.jobs.idle(), b.jobs.idle()]);
  const over = told.filter((one) => one.startsWith('resolved Down'));
  expect([new Set(over).size, over.length]).toEqual([ROUNDS, ROUNDS]);
  expect(told.filter((one) => one.endsWith('Down-999'))).toEqual([]);
  for (const process of [a, b]) {
    await process.jobs.stop();
    await process.sql.close();
  }
}, 60_000); // prettier-ignore
