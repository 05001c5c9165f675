/**
 * Ten thousand alerts arrive at once (in `npm test` a share of them), told by many senders, the critical ones
 * last, within the process and by HTTP: the first critical page leaves within five seconds, each page is told of, memory stays bounded,
 * and nothing is lost.
 */
import { sql as template } from 'kysely';
import { expect, test } from 'vitest';
import { alertingMigrations, createAlerting, type ReportedAlert } from '../../src/alerting/index.ts';
import { catalogKinds, checkDocuments } from '../../src/catalog/index.ts';
import { type Channel, createDelivery, deliveryMigrations } from '../../src/delivery/index.ts';
import { createIncidents, incidentsMigrations } from '../../src/incidents/index.ts';
import { createLedger, ledgerMigrations } from '../../src/ledger/index.ts';
import { createOncall, oncallKinds, oncallMigrations } from '../../src/oncall/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createHttpServer } from '../../src/platform/http/index.ts';
import { createHealth } from '../../src/platform/health.ts';
import { createJobs, jobsMigrations } from '../../src/platform/jobs/index.ts';
import { leaseMigrations } from '../../src/platform/lease/index.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createRegistry } from '../../src/platform/metrics.ts';
import { migrate, openServer, type Sql } from '../../src/platform/sql/index.ts';
import { roundsOf } from '../harness/campaigns.mjs';
import { findPostgres, startPostgres } from '../harness/postgres-server.ts';
import { createTestSql } from '../harness/test-sql.ts';

const ALERTS = roundsOf('storm');
const SERVICES = Math.max(60, ALERTS / 50);
/** Each sender tells of so many. */
const A_REQUEST = 100;

const person = (name: string): string => `apiVersion: nines/v1
kind: Person
metadata: { name: ${name} }
spec: { email: ${name}@example.org }
---
`;
const DOCUMENTS = `${person('ana')}${person('ben')}apiVersion: nines/v1
kind: EscalationPolicy
metadata: { name: default }
spec: { steps: [{ notify: [{ person: ana }, { person: ben }] }] }
`;
const MIGRATIONS = [
  ...jobsMigrations,
  ...leaseMigrations,
  ...ledgerMigrations,
  ...deliveryMigrations,
  ...alertingMigrations,
  ...oncallMigrations,
  ...incidentsMigrations,
];

const alert = (i: number): ReportedAlert => ({
  source: 'test',
  key: `alert-${i}`,
  status: 'firing',
  severity: i % 10 === 7 ? 'critical' : 'today',
  labels: { alertname: `rule-${i % 50}`, service: `service-${i % SERVICES}`, instance: `web-${i}`, note: 'x'.repeat(200) },
  annotations: { summary: `Restart service-${i % SERVICES}`, description: 'y'.repeat(500) },
  startsAt: Date.now(),
  endsAt: Date.now() + 300_000,
});

/** Everything between the alert and the mail, on one database. */
async function boot(sql: Sql) {
  const clock = systemClock;
  const jobs = createJobs({ sql, clock, log: silentLog });
  const ledger = createLedger({ sql, clock });
  const { set } = checkDocuments(
    [{ file: 'team.yaml', text: DOCUMENTS }],
    { kinds: [...catalogKinds, ...oncallKinds], foreignKinds: [] },
    clock.now(),
  );
  const catalog = { current: () => set, onChange: () => undefined };
  const sent: { at: number; priority: number; subject: string }[] = [];
  const email: Channel = {
    name: 'email',
    peer: () => 'The mail server',
    async send({ priority, subject }) {
      sent.push({ at: performance.now(), priority, subject });
      return { kind: 'accepted', answer: '250 ok' };
    },
  };
  const common = { sql, clock, log: silentLog, health: createHealth(clock), jobs, ledger, catalog, metrics: createRegistry() };
  const settings = { url: 'https://nines.example.org', smtp: null, webhook: { secret: 's' } };
  const delivery = createDelivery({ ...common, settings, channels: [email] });
  const incidents = createIncidents({ ...common, delivery, settings, emailOfAccount: async () => null });
  const oncall = createOncall({ ...common, delivery, settings, pageSink: incidents.pageSink });
  const nothing = { resolve: () => 0, append: async () => undefined, describe: () => undefined };
  const alerting = createAlerting({
    ...common,
    sink: nothing,
    query: { instant: async () => [], range: async () => [] } as never,
    onArrival: () => undefined,
    objectives: { list: () => [] },
    delivery,
    alertSink: oncall.alertSink,
  });
  await oncall.start();
  await jobs.start();
  return { ...common, alerting, sent };
}

type Booted = Awaited<ReturnType<typeof boot>>;
/** Tells of a hundred alerts; resolves once they are answered. */
type Tell = (alerts: readonly ReportedAlert[]) => Promise<unknown>;

/** As a Prometheus sends them, by four connections. */
async function byHttp({ alerting, clock, log, metrics }: Booted): Promise<{ tell: Tell; close(): Promise<void> }> {
  const principal = { kind: 'token', actor: 'token:test', name: 'test', role: 'admin' } as never;
  const gate = { identify: async () => principal, permits: () => true };
  const server = await createHttpServer({ routes: alerting.routes, gate, clock, log, metrics });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  const posted = ({ labels, annotations, severity, startsAt, endsAt }: ReportedAlert) => ({
    labels: { ...labels, severity },
    annotations,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt!).toISOString(),
  });
  const bodies: { text: string; done: (status: number) => void }[] = [];
  let busy = 0;
  const next = async (): Promise<void> => {
    busy += 1;
    for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
      const answer = await fetch(`${address}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: body.text,
      });
      await answer.text();
      body.done(answer.status);
    }
    busy -= 1;
  };
  const tell: Tell = async (alerts) => {
    const status = await new Promise<number>((done) => {
      bodies.push({ text: JSON.stringify(alerts.map(posted)), done });
      if (busy < 4) void next();
    });
    expect(status).toBe(200);
  };
  return { tell, close: () => server.close() };
}

async function storm(sql: Sql, name: string, way?: typeof byHttp): Promise<void> {
  const booted = await boot(sql);
  const { jobs, sent, alerting: { external } } = booted;
  const http = await way?.(booted);
  const tellOf: Tell = http?.tell ?? ((alerts) => external.report(alerts, 'token:test'));
  const all = Array.from({ length: ALERTS }, (_, i) => alert(i)).sort((a, b) => (a.severity! < b.severity! ? 1 : a.severity! > b.severity! ? -1 : 0));
  const count = async (from: string): Promise<number> =>
    (await template.raw<{ count: number }>(`select count(*)::int as count from ${from}`).execute(sql.db())).rows[0]!.count;
  let most = process.memoryUsage().rss;
  const memory = most;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
  const tell = async (): Promise<number> => {
    const began = performance.now();
    const requests = Array.from({ length: ALERTS / A_REQUEST }, (_, i) => all.slice(i * A_REQUEST, (i + 1) * A_REQUEST));
    await Promise.all(requests.map(tellOf));
    return performance.now() - began;
  };
  const began = performance.now();
  const cpu = process.cpuUsage();
  const written = await tell();
  await external.idle();
  const { user, system } = process.cpuUsage(cpu);
  const untold = `pages p where severity = 'critical' and (select count(*) from deliveries d where d.about = 'page/' || p.id and d.state = 'sent') < 2`;
  await expect.poll(() => count(untold), { timeout: 60_000, interval: 200 }).toBe(0);
  const first = sent.find(({ priority }) => priority === 0)!.at - began;
  const again = await tell();
  clearInterval(watch);
  console.log(
    `${name}: first critical page after ${Math.round(first)} ms; ${ALERTS} alerts taken in ${Math.round(written)} ms (${Math.round((user + system) / 1000)} ms of CPU), told again in ${Math.round(again)} ms; ${sent.length} messages; ${Math.round((most - memory) / 2 ** 20)} MB more`,
  );
  expect(first).toBeLessThan(5_000);
  for (const table of ['alerts', 'page_alerts', `events where kind = 'alert.firing'`]) expect(await count(table), table).toBe(ALERTS);
  expect(await count(`pages where severity = 'critical'`)).toBeGreaterThan(5);
  expect(sent.length, 'a storm is told in few messages').toBeLessThan(200);
  expect(most - memory).toBeLessThan(700 * 2 ** 20);
  await http?.close();
  await external.stop();
  await jobs.stop();
} // prettier-ignore

test(`${ALERTS} alerts at once, embedded: the first critical page leaves within five seconds, and none is lost`, async () => {
  await using database = await createTestSql(MIGRATIONS);
  await storm(database.sql, 'embedded');
}, 180_000);

test(`${ALERTS} alerts at once, by HTTP: the same`, async () => {
  await using database = await createTestSql(MIGRATIONS);
  await storm(database.sql, 'by HTTP', byHttp);
}, 180_000);

const postgres = findPostgres();
test.skipIf(postgres === undefined)(`${ALERTS} alerts at once, on a server: the same`, { timeout: 180_000 }, async () => {
  await using server = await startPostgres(postgres!);
  const sql = await openServer(server.url);
  await migrate(sql, MIGRATIONS);
  await storm(sql, 'server');
  await sql.close();
});
