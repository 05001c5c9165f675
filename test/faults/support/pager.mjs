// The paging half of nines in a process of its own: alerts from outside, pages, escalation, delivery by mail. Its
// parent sends { id, do, … } and gets { id, done } once what it asked for is durable: `node pager.js` as bundle-pager.ts makes it, with PAGER in the environment.
import { createAlertStore } from '../../../src/alerting/alerts/alert-store.ts';
import { AlertWriter } from '../../../src/alerting/alerts/alert-writer.ts';
import { createExternalAlerts, DEFAULT_EXTERNAL_LIMITS } from '../../../src/alerting/external/index.ts';
import { alertingMigrations } from '../../../src/alerting/migrations.ts';
import { catalogKinds, checkDocuments } from '../../../src/catalog/index.ts';
import { createDelivery, deliveryMigrations } from '../../../src/delivery/index.ts';
import { createLedger, ledgerMigrations } from '../../../src/ledger/index.ts';
import { createOncall, oncallKinds, oncallMigrations } from '../../../src/oncall/index.ts';
import { systemClock as clock } from '../../../src/platform/clock.ts';
import { createHealth } from '../../../src/platform/health.ts';
import { createJobs, jobsMigrations } from '../../../src/platform/jobs/index.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createRegistry } from '../../../src/platform/metrics.ts';
import { migrate, openServer } from '../../../src/platform/sql/index.ts';

const { postgres, smtpPort, documents, leaseMs, bundleOver = 0 } = JSON.parse(process.env.PAGER);
const log = createLog('warn');
const sql = await openServer(postgres);
await migrate(sql, [...jobsMigrations, ...ledgerMigrations, ...deliveryMigrations, ...alertingMigrations, ...oncallMigrations]);
const jobs = createJobs({ sql, clock, log, leaseMs });
const ledger = createLedger({ sql, clock });
const { set } = checkDocuments(
  [{ file: 'team.yaml', text: documents }],
  { kinds: [...catalogKinds, ...oncallKinds], foreignKinds: [] },
  clock.now(),
);
const catalog = { current: () => set, onChange: () => undefined };
const metrics = createRegistry();
const health = createHealth(clock);
const url = 'https://nines.example.org';
const smtp = { host: '127.0.0.1', port: smtpPort, from: 'nines <nines@example.org>' };
const common = { sql, clock, log, health, jobs, ledger, catalog, metrics };
const delivery = createDelivery({ ...common, settings: { url, smtp, bundleOver, webhook: { secret: 's' } } });
const oncall = createOncall({ ...common, delivery, settings: { url } });
const store = createAlertStore(sql);
const writer = new AlertWriter({ sql, ledger, store, sink: oncall.alertSink });
const external = createExternalAlerts({ sql, clock, jobs, store, writer, limits: DEFAULT_EXTERNAL_LIMITS });
await oncall.start();
await jobs.start();

const verbs = {
  report: ({ alerts }) => external.report(alerts, 'token:test'),
  async acknowledge({ key, who }) {
    const page = await sql
      .db()
      .selectFrom('pages')
      .innerJoin('page_alerts', 'page_alerts.page', 'pages.id')
      .select('pages.id')
      .where((where) => where.ref('page_alerts.alert', '->').key('labels'), '@>', JSON.stringify({ key }))
      .executeTakeFirst();
    if (page !== undefined) await oncall.pages.acknowledge(page.id, { actor: `person:${who}`, name: who });
    return page?.id ?? null;
  },
};
process.on('message', ({ id, do: verb, ...rest }) => {
  verbs[verb](rest).then(
    (answer) => process.send({ id, done: true, answer: answer ?? null }),
    (error) => process.send({ id, done: false, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
