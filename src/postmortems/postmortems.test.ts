import { expect, test } from 'vitest';
import { createTestSql } from '../../test/harness/test-sql.ts';
import { VirtualClock } from '../../test/harness/virtual-clock.ts';
import { createResourceSet } from '../catalog/index.ts';
import { createIncidents, incidentsMigrations } from '../incidents/index.ts';
import { createLedger, ledgerMigrations } from '../ledger/index.ts';
import { createQueryEngine, MemorySource } from '../monitoring/index.ts';
import type { PageState } from '../oncall/index.ts';
import type { Principal, Reply, Route, RouteRequest } from '../platform/http/index.ts';
import { createJobs, jobsMigrations } from '../platform/jobs/index.ts';
import { silentLog } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import { createPostmortems, postmortemsMigrations } from './index.ts';

const START = Date.parse('2026-11-21T03:00:00Z');
const MINUTE = 60_000;
const clock = new VirtualClock(START);
const ana: Principal = { kind: 'account', actor: 'person:ana', name: 'ana', person: 'ana', role: 'responder' };

/** Errors from 02:58 to 03:30, a sample each 30 s. */
function samples(): MemorySource {
  const source = new MemorySource();
  for (let time = START - 60 * MINUTE; time <= START + 120 * MINUTE; time += 30_000) {
    const failing = time >= START - 2 * MINUTE && time < START + 30 * MINUTE;
    source.add({ __name__: 'error_ratio', service: 'checkout' }, [time], [failing ? 0.12 : 0.001]);
  }
  return source;
}

/** A process on a database, as after a start. */
function boot(sql: Sql, down = { query: 0 }) {
  const ledger = createLedger({ sql, clock });
  const jobs = createJobs({ sql, clock, log: silentLog });
  const catalog = { current: () => createResourceSet([], 1), onChange: () => undefined };
  const delivery = { send: async () => undefined, about: async () => [{ person: 'ana', sentAt: START } as never] };
  const settings = { url: 'https://nines.example' };
  const incidents = createIncidents({ sql, clock, ledger, jobs, catalog, delivery, settings, emailOfAccount: async () => null });
  const engine = createQueryEngine({ source: samples(), clock });
  const query: Pick<typeof engine, 'range'> = {
    range: (...args) => (down.query-- > 0 ? Promise.reject(new Error('the store is starting')) : engine.range(...args)),
  };
  const costOf = async (_: string, from: number, to: number) => [
    {
      objective: 'checkout-availability',
      title: 'checkout-availability',
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      good: 88,
      total: 100,
      bad: 12,
      budgetShare: 0.25,
    },
  ];
  const postmortems = createPostmortems({ sql, clock, log: silentLog, jobs, ledger, delivery, query, incidents, costOf, settings });
  return { jobs, incidents, ledger, routes: [...incidents.routes, ...postmortems.routes] };
}

async function call(
  routes: Route[],
  method: string,
  path: string,
  params: object,
  body?: unknown,
  query: object = {},
): Promise<Reply & Record<string, unknown>> {
  const found = routes.find((one) => one.method === method && one.path === `/nines/v1${path}`)!;
  return (await found.handler({ params, query: { limit: 50, ...query }, body, principal: ana } as unknown as RouteRequest<
    never,
    never,
    never
  >)) as never;
}

const page = {
  id: 'p1', severity: 'critical', service: 'checkout', subject: 'Fix checkout', state: 'triggered', beganAt: START - 2 * MINUTE, triggeredAt: START,
  acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null,
  alerts: [{ fingerprint: 'f', rule: 'CheckoutErrors', expr: 'error_ratio > 0.05', resolvedAt: null, state: 'firing' }],
} as unknown as PageState; // prettier-ignore

/** From page to all-clear; the process dies before it drafts. */
async function outage(sql: Sql) {
  const { incidents, routes } = boot(sql);
  const change = (to: Partial<PageState>, transition: 'triggered' | 'acknowledged' | 'resolved') =>
    sql.transaction((tx) => incidents.pageSink.changed(tx, { ...page, ...to }, transition, 'person:ana'));
  await change({}, 'triggered');
  await change({ state: 'acknowledged', acknowledgedAt: START + 2 * MINUTE, acknowledgedBy: 'ana' }, 'acknowledged');
  await clock.advance(40 * MINUTE);
  const alerts = page.alerts.map((alert) => ({ ...alert, resolvedAt: START + 31 * MINUTE, state: 'resolved' as const }));
  await change({ state: 'resolved', alerts, resolvedAt: START + 32 * MINUTE }, 'resolved');
  await call(routes, 'POST', '/incidents/:id/all-clear', { id: '1' }, { text: '', force: false });
}

test('all clear, killed, started: the draft is written, once, with its numbers and frozen graphs; then edited', async () => {
  await using database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...incidentsMigrations, ...postmortemsMigrations]);
  const { sql } = database;
  await outage(sql);
  // The store is not up yet at the first attempt.
  const { jobs, ledger, routes, incidents } = boot(sql, { query: 1 });
  await jobs.start();
  await clock.advance(2 * MINUTE, () => jobs.idle());

  const { postmortems } = (await call(routes, 'GET', '/postmortems', {})) as unknown as { postmortems: { id: string }[] };
  expect(postmortems).toMatchObject([{ incidentNumber: 1, state: 'draft', mttaMs: 4 * MINUTE, mttrMs: 33 * MINUTE, version: 1 }]);
  const id = postmortems[0]!.id;
  expect(
    (await incidents.record((await ledger.read({ kind: 'incident.opened' })).events[0]!.data['incident'] as string)).incident.postmortem,
  ).toBe(id);
  const text = String((await call(routes, 'GET', '/postmortems/:id', { id: `${id}.md` })).body);
  expect(text).toContain('| checkout-availability | 12 | 100 | 25 % |');
  expect(text).toMatch(/2026-11-21T03:00:\d\dZ,0\.12$/m);
  expect(text).toContain(`![Graph 1: CheckoutErrors: error_ratio](https://nines.example/nines/v1/postmortems/${id}/graphs/1.svg)`);
  const svg = String(
    (await call(routes, 'GET', '/postmortems/:id/graphs/:graph', { id, graph: '1.svg' }, undefined, { theme: 'light' })).body,
  );
  expect(svg).toContain('outage begins');
  expect(svg).toContain('threshold 5 %');

  // A second run of the job, as after a crash between the draft's commit and the job's end.
  await sql.transaction((tx) =>
    jobs.enqueue(tx, { kind: 'postmortem.draft', key: (postmortems[0] as unknown as { incident: string }).incident }),
  );
  await jobs.idle();
  expect((await ledger.read({ kind: 'postmortem.*' })).events.map(({ kind }) => kind)).toEqual(['postmortem.drafted']);

  const saved = await call(routes, 'PUT', '/postmortems/:id', { id: '1' }, { markdown: '# Done', version: 1, state: 'published' });
  expect(saved).toMatchObject({ version: 2, markdown: '# Done', state: 'published', updatedBy: 'ana' });
  await expect(call(routes, 'PUT', '/postmortems/:id', { id }, { markdown: '# Late', version: 1 })).rejects.toMatchObject({
    status: 409,
    extra: { version: 2 },
  });
  expect((await ledger.read({ kind: 'postmortem.*' })).events.at(-1)).toMatchObject({ kind: 'postmortem.published', actor: 'person:ana' });
  await jobs.stop();
});
