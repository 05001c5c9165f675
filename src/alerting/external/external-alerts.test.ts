import { expect, test } from 'vitest';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createLedger, ledgerMigrations } from '../../ledger/index.ts';
import { createJobs, jobsMigrations } from '../../platform/jobs/index.ts';
import { silentLog } from '../../platform/log.ts';
import { createAlertStore } from '../alerts/alert-store.ts';
import { AlertWriter } from '../alerts/alert-writer.ts';
import type { AlertTransition } from '../alerts/alert.ts';
import { alertingMigrations } from '../migrations.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS, type ReportedAlert } from './index.ts';

const START = '2026-11-21T03:00:00Z';
const MINUTE = 60_000;

async function world(limits = DEFAULT_EXTERNAL_LIMITS) {
  const database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...alertingMigrations]);
  const { sql } = database;
  const clock = new VirtualClock(START);
  const ledger = createLedger({ sql, clock });
  const store = createAlertStore(sql);
  const told: string[] = [];
  let broken = false;
  const changed = async (_: unknown, transitions: readonly AlertTransition[]): Promise<void> => {
    if (broken) throw new Error('the database is away');
    for (const { to, alert, groupKey } of transitions) told.push(`${to} ${alert.rule} ${groupKey}`);
  };
  const writer = new AlertWriter({ sql, ledger, store, sink: { changed } });
  const boot = () => {
    const jobs = createJobs({ sql, clock, log: silentLog });
    return { jobs, external: createExternalAlerts({ sql, clock, jobs, store, writer, limits }) };
  };
  let process = boot();
  await process.jobs.start();
  return {
    sql,
    ledger,
    store,
    told,
    clock,
    get external() {
      return process.external;
    },
    breaks: (value: boolean) => void (broken = value),
    async restart() {
      await process.jobs.stop();
      process = boot();
      await process.jobs.start();
    },
    advance: (ms: number) => clock.advance(ms, () => process.jobs.idle()),
    now: () => clock.now(),
    async [Symbol.asyncDispose]() {
      await process.external.stop();
      await process.jobs.stop();
      await database[Symbol.asyncDispose]();
    },
  };
}

const disk = (given: Partial<ReportedAlert> = {}): ReportedAlert => ({
  source: 'alertmanager',
  key: 'disk',
  status: 'firing',
  labels: { alertname: 'DiskFull', service: 'shop', severity: 'critical', empty: '' },
  annotations: { summary: 'Free space on shop' },
  startsAt: Date.parse(START) - MINUTE,
  endsAt: null,
  ...given,
});

test('an alert is told of once, however often it is sent, and its end once', async () => {
  await using it = await world();
  await it.external.report([disk()], 'token:prometheus');
  await it.external.report([disk({ annotations: { summary: 'Free more space' } })], 'token:prometheus');
  expect(it.told).toEqual(['firing DiskFull service/shop/critical']);
  const [kept] = await it.external.list();
  expect(kept).toMatchObject({
    source: 'alertmanager',
    key: 'disk',
    alert: { state: 'firing', activeAt: it.now() - MINUTE, firedAt: it.now(), annotations: { summary: 'Free more space' } },
  });
  expect(kept!.alert.labels).toEqual({ alertname: 'DiskFull', service: 'shop', severity: 'critical' });
  for (let i = 0; i < 2; i++) await it.external.report([disk({ status: 'resolved' })], 'token:prometheus');
  expect(it.told).toEqual(['firing DiskFull service/shop/critical', 'resolved DiskFull service/shop/critical']);
  const { events } = await it.ledger.read({ kind: 'alert.*' });
  expect(events.map(({ kind, actor, service }) => [kind, actor, service])).toEqual([
    ['alert.firing', 'token:prometheus', 'shop'],
    ['alert.resolved', 'token:prometheus', 'shop'],
  ]);
});

test('what is not told of again ends at its time, also across a restart, and is forgotten a quarter of an hour later', async () => {
  await using it = await world();
  await it.external.report([disk({ endsAt: it.now() + 5 * MINUTE }), disk({ key: 'other', endsAt: null })], 'a');
  await it.advance(4 * MINUTE);
  await it.external.report([disk({ endsAt: it.now() + 5 * MINUTE })], 'a');
  await it.restart();
  await it.advance(4 * MINUTE);
  expect(it.told).toHaveLength(2);
  await it.advance(MINUTE + 2_000);
  expect(it.told.slice(2)).toEqual(['resolved DiskFull service/shop/critical']);
  expect((await it.external.list()).find(({ key }) => key === 'disk')!.alert).toMatchObject({
    state: 'resolved',
    resolvedAt: Date.parse(START) + 9 * MINUTE,
  });
  await it.advance(16 * MINUTE);
  expect((await it.external.list()).map(({ key }) => key)).toEqual(['other']);
  // The rules' half knows nothing of them: it would end what has no rule.
  expect(await it.store.ofRules()).toEqual([]);
});

test('the earlier of two ends is not put off by a later one', async () => {
  await using it = await world();
  await it.external.report([disk({ endsAt: it.now() + MINUTE })], 'a');
  await it.external.report([disk({ key: 'later', endsAt: it.now() + 20 * MINUTE })], 'a');
  await it.advance(MINUTE + 2_000);
  expect(it.told.at(-1)).toBe('resolved DiskFull service/shop/critical');
});

test.each<[string, readonly Partial<ReportedAlert>[], readonly string[]]>([
  ['the end of what nobody knew of', [{ status: 'resolved' }], []],
  ['what was over before it came', [{ endsAt: Date.parse(START) - 1 }], []],
  ['fires again after its end', [{}, { status: 'resolved' }, {}], ['firing', 'resolved', 'firing']],
  ['becomes critical', [{ severity: 'today' }, {}], ['firing', 'firing']],
  ['twice in one report: the last word', [{}, { endsAt: Date.parse(START) - 1 }], ['firing', 'resolved']],
])('%s', async (_, reports, expected) => {
  await using it = await world();
  for (const one of reports) await it.external.report([disk(one)], 'a');
  expect(it.told.map((one) => one.split(' ')[0])).toEqual(expected);
});

test('what can not be told of is kept, and told of once it can be: nobody sends it again', async () => {
  await using it = await world();
  it.breaks(true);
  await it.external.report([disk()], 'a');
  expect([it.told, await it.external.list()]).toEqual([[], []]);
  await it.restart();
  it.breaks(false);
  await it.advance(1_000);
  expect(it.told).toEqual(['firing DiskFull service/shop/critical']);
  expect((await it.external.list())[0]!.alert.firedAt, 'as of when it was told').toBe(Date.parse(START));
});

test('limits are named, and what is known may always be told of again', async () => {
  await using it = await world({ ...DEFAULT_EXTERNAL_LIMITS, maxRequest: 3, maxKept: 4 });
  const three = ['a', 'b', 'c'].map((key) => disk({ key }));
  await expect(it.external.report([...three, disk()], 'a')).rejects.toThrow('externalAlerts.maxRequest');
  await it.external.report(three, 'a');
  await it.external.report(three, 'a');
  await expect(it.external.report([disk({ key: 'd' }), disk({ key: 'e' })], 'a')).rejects.toThrow('externalAlerts.maxKept');
  await expect(it.external.report([disk({ key: 'd' }), disk({ key: '' })], 'a')).rejects.toThrow('Alert 2 of 2');
  expect(await it.external.list()).toHaveLength(3);
});

test('hostile text is kept as far as PostgreSQL can', async () => {
  await using it = await world();
  await it.external.report([disk({ key: '\u0000', labels: { a: 'x\u0000\ud800', alertname: "'; drop table alerts; --" } })], 'a');
  expect((await it.external.list())[0]!.alert).toMatchObject({ rule: "'; drop table alerts; --", labels: { a: 'x\ufffd\ufffd' } });
});

test('ten thousand at once are kept and told of', async () => {
  await using it = await world();
  const many = Array.from({ length: 10_000 }, (_, i) => disk({ key: `k${i}`, labels: { alertname: 'Down', instance: `web-${i}` } }));
  const began = performance.now();
  await it.external.report(many, 'a');
  await it.external.idle();
  expect(performance.now() - began).toBeLessThan(30_000);
  expect(it.told).toHaveLength(10_000);
  expect(await it.external.list()).toHaveLength(10_000);
}, 60_000);
