import { expect, test } from 'vitest';
import { findPostgres, startPostgres } from '../../test/harness/postgres-server.ts';
import { createTestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createResourceSet } from '../catalog/index.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import type { PageState } from '../oncall/index.ts';
import type { Principal, Reply, RouteRequest } from '../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../platform/jobs/index.ts';
import { silentLog } from '../platform/log.ts';
import { migrate, openServer, type Sql } from '../platform/sql/index.ts';
import { incidentDetail, type IncidentDetail } from './contract.ts';
import { createIncidents, incidentsMigrations } from './index.ts';

const START = Date.parse('2026-11-21T03:00:00Z');
const HOUR = 3_600_000;
const service = (name: string, dependsOn: string[]) => ({
  kind: 'Service',
  name,
  title: name,
  labels: {},
  file: null,
  spec: { owner: 't', tier: 3, dependsOn },
});

const migrations = [...jobsMigrations, ...ledgerMigrations, ...incidentsMigrations];

/** A PostgreSQL server, where transactions really run side by side. */
async function onServer(): Promise<{ sql: Sql } & AsyncDisposable> {
  const server = await startPostgres(postgres ?? '');
  const sql = await openServer(server.url);
  await migrate(sql, migrations);
  return {
    sql,
    async [Symbol.asyncDispose]() {
      await sql.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const postgres = findPostgres();

async function setUp(open: () => Promise<{ sql: Sql } & AsyncDisposable> = () => createTestSql(migrations)) {
  const database = await open();
  const { sql } = database;
  const clock = new VirtualClock(START);
  const ledger = createLedger({ sql, clock });
  const jobs = createJobs({ sql, clock, log: silentLog });
  const set = createResourceSet([service('checkout', ['store']), service('store', []), service('blog', [])]);
  const incidents = createIncidents({
    sql,
    clock,
    ledger,
    jobs,
    catalog: { current: () => set, onChange: () => undefined },
    delivery: { send: async () => undefined, about: async () => [] },
    settings: { url: 'https://nines.example' },
    emailOfAccount: async () => null,
  });
  const call = async <T>(method: string, path: string, params: object, body?: unknown, query: object = {}): Promise<T> => {
    const found = incidents.routes.find((one) => one.method === method && one.path === `/nines/v1/incidents${path}`)!;
    const principal: Principal = { kind: 'account', actor: 'person:ana', name: 'Ana', person: 'ana', role: 'responder' };
    const answer = await found.handler({ params, body, principal, query: { limit: 50, ...query } } as unknown as RouteRequest<
      never,
      never,
      never
    >);
    return ((answer as Reply).reply ? (answer as Reply).body : answer) as T;
  };
  const page = (id: string, service: string, more: Partial<PageState> = {}): PageState => ({
    id, groupKey: id, subject: `Fix ${service}`, severity: 'critical', service, team: null, policy: null, state: 'triggered', text: '',
    alerts: [{ fingerprint: `f-${id}`, resolvedAt: null, state: 'firing' } as PageState['alerts'][number]],
    beganAt: clock.now() - 60_000, triggeredAt: clock.now(), acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null, snoozedUntil: null, respondBy: null, respondedAt: null, step: 0, round: 0,
    escalatesAt: null, incident: null, ...more,
  }); // prettier-ignore
  const tell = (one: PageState, transition: 'triggered' | 'resolved') =>
    sql.transaction((tx) => incidents.pageSink.changed(tx, one, transition, 'nines'));
  const append = (time: number, kind: string, more: object = {}) =>
    sql.transaction((tx) => ledger.append(tx, [{ kind, title: kind, actor: 'nines', time, ...more }]));
  return { database, sql, clock, ledger, jobs, incidents, call, page, tell, append };
}

test('the timeline is what belongs to the incident, and triage what changed in the six hours before', async () => {
  const { database, clock, call, page, tell, append } = await setUp();
  await using _ = database;
  await append(START - 7 * HOUR, 'change.deploy', { service: 'checkout' });
  await append(START - 5 * HOUR, 'change.deploy', { service: 'store' });
  await append(START - HOUR, 'change.config', { service: 'blog' });
  await append(START - HOUR, 'change.flag', { service: 'checkout' });
  await append(START - HOUR, 'alert.firing', { subject: 'alert/f-p1' });
  await append(START, 'alert.firing', { subject: 'alert/f-p1' });
  await append(START, 'alert.firing', { subject: 'alert/other' });
  await tell(page('p1', 'checkout'), 'triggered');
  await append(START + 1_000, 'notification.sent', { subject: 'page/p1' });
  await append(START + 1_000, 'notification.sent', { subject: 'page/p9' });
  await append(START + 2_000, 'change.rollback', { service: 'store' });
  await clock.advance(60_000);
  await call('POST', '/:id/notes', { id: '1' }, { text: 'x'.repeat(5_000) });
  const shown = await call<IncidentDetail>('GET', '/:id', { id: '1' });
  expect(incidentDetail.parse(shown)).toEqual(shown);
  expect(shown.timeline.map(({ kind }) => kind)).toEqual([
    'alert.firing',
    'incident.opened',
    'notification.sent',
    'change.rollback',
    'incident.noted',
  ]);
  expect(shown.timeline.at(-1)?.title).toHaveLength(300);
  expect(shown.timeline.at(-1)?.data['text']).toHaveLength(5_000);
  expect(shown.recentChanges.map(({ kind }) => kind)).toEqual(['change.flag', 'change.deploy']);
  expect(shown).toMatchObject({ number: 1, pages: ['p1'], outageBeganAt: '2026-11-21T02:59:00.000Z' });
});

test('lists page by number; ids and numbers name the same; what is not there is 404', async () => {
  const { database, call } = await setUp();
  await using _ = database;
  for (const title of ['one', 'two', 'three']) await call('POST', '', {}, { title, services: ['blog', 'blog'], severity: 'today' });
  type Page = { incidents: { number: number; id: string; services: string[] }[]; marker: number | null };
  const first = await call<Page>('GET', '', {}, undefined, { limit: 2 });
  expect(first.incidents.map(({ number }) => number)).toEqual([3, 2]);
  const second = await call<Page>('GET', '', {}, undefined, { limit: 2, marker: first.marker });
  expect(second).toMatchObject({ incidents: [{ number: 1, services: ['blog'] }], marker: null });
  expect((await call<Page>('GET', '', {}, undefined, { service: 'shop' })).incidents).toEqual([]);
  expect(await call('GET', '/:id', { id: first.incidents[1]!.id })).toMatchObject({ number: 2, title: 'two' });
  for (const id of ['4', 'nothere']) {
    await expect(call('GET', '/:id', { id })).rejects.toMatchObject({ status: 404 });
    await expect(call('POST', '/:id/notes', { id }, { text: 'x' })).rejects.toMatchObject({ status: 404 });
  }
});

const engines = [{ engine: 'embedded', open: undefined }, ...(postgres === undefined ? [] : [{ engine: 'a server', open: onServer }])];
test.each(engines)('pages of one failure that come at once are one incident ($engine)', async ({ open }) => {
  const { database, sql, incidents, call, page, tell } = await setUp(open);
  await using _ = database;
  const pages = [page('p1', 'checkout'), page('p2', 'store'), page('p3', 'checkout'), page('p4', 'blog'), page('p5', 'store')];
  await Promise.all(pages.map((one) => tell(one, 'triggered')));
  const found = await call<{ incidents: { pages: string[] }[] }>('GET', '', {});
  const groups = found.incidents.map((one) => one.pages.toSorted().join(' '));
  expect(groups.toSorted()).toEqual(['p1 p2 p3 p5', 'p4']);
  const known = await incidents.pageSink.incidentsOf!(sql, ['p1', 'p2', 'p4', 'p9']);
  expect(known.get('p1')).toBe(known.get('p2'));
  expect(known.get('p4')).not.toBe(known.get('p1'));
  expect([...known.keys()].sort()).toEqual(['p1', 'p2', 'p4']);
});

test('a transaction that fails leaves nothing: no incident, no number, no event', async () => {
  const { database, sql, ledger, incidents, call, page } = await setUp();
  await using _ = database;
  const failing = sql.transaction(async (tx) => {
    await incidents.pageSink.changed(tx, page('p1', 'checkout'), 'triggered', 'nines');
    throw new Error('power loss');
  });
  await expect(failing).rejects.toThrow('power loss');
  expect((await ledger.read({})).events).toEqual([]);
  expect(await call('POST', '', {}, { title: 'first', services: [], severity: 'critical' })).toMatchObject({ number: 1 });
});

test('a clock that is set back does not put off the reminder', async () => {
  const { database, clock, ledger, jobs, call } = await setUp();
  await using _ = database;
  await jobs.start();
  await call('POST', '', {}, { title: 'one', services: [], severity: 'critical' });
  await clock.advance(5 * 60_000, () => jobs.idle());
  clock.jump(-HOUR);
  await jobs.shift(-HOUR);
  await clock.advance(4 * 60_000, () => jobs.idle());
  expect((await ledger.read({ kind: 'incident.reminded' })).events).toEqual([]);
  await clock.advance(60_000, () => jobs.idle());
  expect((await ledger.read({ kind: 'incident.reminded' })).events).toMatchObject([{ time: '2026-11-21T02:10:00.000Z' }]);
  await jobs.stop();
});
