import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestSql, type TestSql } from '../../../test/harness/test-sql.ts';
import { catalogKinds, checkDocuments } from '../../catalog/index.ts';
import type { AlertState } from '../alerts/alert.ts';
import { documentRules } from './document-rules.ts';
import type { ExternalAlert } from '../external/index.ts';
import { saveRule } from '../graphite-rules/graphite-rule-store.ts';
import { graphiteRuleKind } from '../graphite-rules/index.ts';
import { heartbeatKind } from '../heartbeat/index.ts';
import { alertingMigrations } from '../migrations.ts';
import { prometheusRoutes } from './prometheus-routes.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
let database: TestSql;
beforeAll(async () => {
  database = await createTestSql(alertingMigrations);
  await saveRule(database.sql, { rule: 'disk', evaluated_at: NOW, took_ms: 12, series: 3, error: null });
  await saveRule(database.sql, { rule: 'load', evaluated_at: NOW, took_ms: 0, series: 0, error: 'Graphite is away' });
});
afterAll(() => database[Symbol.asyncDispose]());

const TEXT = `apiVersion: nines/v1
kind: GraphiteRule
metadata: { name: disk }
spec: { target: 'servers.*.disk.free', for: 10m, critical: { below: 5 }, today: { below: 10 }, labels: { team: web }, annotations: { summary: 'Free {{ $labels.series }}' } }
---
apiVersion: nines/v1
kind: GraphiteRule
metadata: { name: load }
spec: { target: 'servers.*.load', eventually: { above: 5 }, missing: false }
---
apiVersion: nines/v1
kind: Heartbeat
metadata: { name: backup }
spec: { cron: '30 2 * * *', timeZone: Europe/Berlin, grace: 15m, severity: critical }
`;
const registry = { kinds: [...catalogKinds, graphiteRuleKind, heartbeatKind], foreignKinds: [] };
const { set, problems } = checkDocuments([{ file: 'more.yaml', text: TEXT }], registry, NOW);

const alert = (source: string, key: string, state: AlertState['state']): ExternalAlert => {
  const labels = { alertname: source, key };
  const made = { fingerprint: `${source} ${key}`, labels, annotations: {}, state, value: 4, activeAt: NOW, keepFiringSince: null };
  return { alert: made as unknown as AlertState, source, key, endsAt: null, updatedAt: NOW, generatorUrl: null };
};
const external = async () => [
  alert('graphite/disk', 'critical servers.a', 'firing'),
  alert('graphite/disk', 'missing servers.b', 'firing'),
  alert('graphite/disk', 'today servers.c', 'resolved'),
  alert('heartbeat/backup', 'backup', 'firing'),
  alert('pagerduty/shop', 'x', 'firing'),
];

interface Answer {
  readonly data: {
    readonly groups: { name: string; file: string; rules: Record<string, unknown>[] }[];
    readonly alerts: { labels: Record<string, string> }[];
  };
}
async function get(path: string, search = ''): Promise<Answer['data']> {
  const catalog = { current: () => set, onChange: () => undefined };
  const routes = prometheusRoutes(() => [], () => documentRules({ sql: database.sql, catalog, now: () => NOW, external })); // prettier-ignore
  const route = routes.find((one) => one.path === path)!;
  const answer = await route.handler({ search: new URLSearchParams(search), headers: {}, signal: new AbortController().signal } as never);
  return (JSON.parse((answer as { body: string }).body) as Answer).data;
}

test('Graphite rules and heartbeats are groups of alerting rules, as a Grafana lists them', async () => {
  expect(problems).toEqual([]);
  const { groups } = await get('/api/v1/rules');
  expect(groups.map(({ name, file, rules }) => [name, file, rules.map((one) => `${String(one['name'])} ${String(one['state'])} ${String(one['health'])}`)])).toEqual([
    ['backup', 'more.yaml', ['Heartbeat firing ok']],
    ['disk', 'more.yaml', ['disk firing ok', 'disk inactive ok', 'disk firing ok']],
    ['load', 'more.yaml', ['load inactive err']],
  ]);
  expect(groups[1]!.rules[0]).toMatchObject({
    type: 'alerting',
    query: 'servers.*.disk.free',
    duration: 600,
    labels: { team: 'web', severity: 'critical', level: 'critical' },
    annotations: { summary: 'Free {{ $labels.series }}' },
    evaluationTime: 0.012,
    lastEvaluation: '2026-11-21T12:00:00.000Z',
    alerts: [{ state: 'firing', value: '4e+00', labels: { key: 'critical servers.a' } }],
  });
  expect(groups[2]!.rules[0]).toMatchObject({ lastError: 'Graphite is away', alerts: [] });
  expect(groups[0]!.rules[0]).toMatchObject({ query: 'cron 30 2 * * * (Europe/Berlin)', duration: 900 });
}); // prettier-ignore

test('they are asked for as any rule, and their alerts stand among the others; those of other senders do not', async () => {
  expect((await get('/api/v1/rules', 'rule_group[]=load&type=alert')).groups.map(({ name }) => name)).toEqual(['load']);
  expect((await get('/api/v1/rules', 'match[]={level="missing"}')).groups.map(({ rules }) => rules.length)).toEqual([1]);
  const { alerts } = await get('/api/v1/alerts');
  expect(alerts.map(({ labels }) => labels['key'])).toEqual(['critical servers.a', 'missing servers.b', 'backup']);
});
