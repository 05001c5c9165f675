/**
 * Ten thousand alerts arrive at once (a share of them unless NINES_CAMPAIGN=1): the first critical page leaves within five
 * seconds, each page is told of, memory stays bounded, and nothing is lost.
 */
import { sql as template } from 'kysely';
import { expect, test } from 'vitest';
import { catalogKinds, checkDocuments } from '../../src/catalog/index.ts';
import { type Channel, createDelivery, deliveryMigrations } from '../../src/delivery/index.ts';
import { createLedger, ledgerMigrations } from '../../src/ledger/index.ts';
import { createOncall, oncallKinds, oncallMigrations, type PagedAlert } from '../../src/oncall/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createHealth } from '../../src/platform/health.ts';
import { createJobs, jobsMigrations } from '../../src/platform/jobs/index.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createRegistry } from '../../src/platform/metrics.ts';
import { createTestSql } from '../harness/test-sql.ts';

const CAMPAIGN = process.env['NINES_CAMPAIGN'] === '1';
const ALERTS = CAMPAIGN ? 10_000 : 1_000;
const SERVICES = CAMPAIGN ? 200 : 60;
/** Alerts are written down in transactions of so many, as a group of rules does. */
const AT_ONCE = 500;

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

const alert = (i: number, severity: PagedAlert['severity'], service: string): PagedAlert => ({
  fingerprint: `alert-${i}`,
  rule: `rule-${i % 50}`,
  group: 'rules',
  severity,
  service,
  labels: { alertname: `rule-${i % 50}`, instance: `web-${i}`, note: 'x'.repeat(200) },
  annotations: { summary: `Restart ${service}`, description: 'y'.repeat(500) },
  value: i,
  expr: 'errors > 1',
  activeAt: Date.now(),
  firedAt: Date.now(),
  resolvedAt: null,
});

test(`${ALERTS} alerts at once: the first critical page leaves within five seconds, and none is lost`, async () => {
  await using database = await createTestSql([...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...oncallMigrations]);
  const { sql } = database;
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
  const oncall = createOncall({ ...common, delivery, settings });
  await oncall.start();
  await jobs.start();
  const memory = process.memoryUsage().rss;
  const began = performance.now();
  // Tickets of many services, and among them critical ones.
  const all = Array.from({ length: ALERTS }, (_, i) => alert(i, i % 10 === 7 ? 'critical' : 'today', `service-${i % SERVICES}`));
  let most = memory;
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const transitions = all
      .slice(at, at + AT_ONCE)
      .map((one) => ({ to: 'firing' as const, alert: one, groupKey: `${one.service!} ${one.severity}` }));
    await sql.transaction((tx) => oncall.alertSink.changed(tx, transitions));
    most = Math.max(most, process.memoryUsage().rss);
  }
  const written = performance.now() - began;
  const pages = async (where: string): Promise<number> =>
    (await template.raw(`select 1 from pages where ${where}`).execute(sql.db())).rows.length;
  const untold = async (): Promise<number> =>
    (
      await template
        .raw(
          `select 1 from pages p where severity = 'critical' and (select count(*) from deliveries d where d.about = 'page/' || p.id and d.state = 'sent') < 2`,
        )
        .execute(sql.db())
    ).rows.length;
  await expect.poll(untold, { timeout: 60_000, interval: 200 }).toBe(0);
  most = Math.max(most, process.memoryUsage().rss);
  const first = sent.find(({ priority }) => priority === 0)!.at - began;
  console.log(
    `first critical page after ${Math.round(first)} ms; ${ALERTS} alerts written in ${Math.round(written)} ms, told in ${Math.round(performance.now() - began)} ms by ${sent.length} messages; ${Math.round((most - memory) / 2 ** 20)} MB more`,
  );
  expect(first).toBeLessThan(5_000);
  const { rows } = await template<{ alerts: number }>`select count(*) as alerts from page_alerts`.execute(sql.db());
  expect(rows[0]!.alerts).toBe(ALERTS);
  expect(await pages(`severity = 'critical'`)).toBeGreaterThan(5);
  expect(sent.length, 'a storm is told in few messages').toBeLessThan(200);
  expect(most - memory).toBeLessThan(700 * 2 ** 20);
  await jobs.stop();
}, 180_000);
