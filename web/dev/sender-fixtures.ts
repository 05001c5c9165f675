import { graphiteRuleDetail, type GraphiteRuleDetail } from '../../src/alerting/graphite-rules/contract.ts';
import { heartbeatDetail, type HeartbeatDetail } from '../../src/alerting/heartbeat/contract.ts';
import { integration, type Integration } from '../../src/alerting/inbound/contract.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const iso = (agoMs: number): string => new Date(Date.now() - agoMs).toISOString();

const heartbeat = (name: string, status: HeartbeatDetail['status'], more: Partial<HeartbeatDetail>): HeartbeatDetail =>
  heartbeatDetail.parse({
    name,
    title: name,
    description: '',
    service: 'links',
    severity: 'today',
    schedule: 'every 1h',
    status,
    lastSuccessAt: iso(34 * MINUTE),
    lastFailureAt: null,
    lastHeardAt: iso(34 * MINUTE),
    startedAt: null,
    expectedAt: iso(-26 * MINUTE),
    deadline: iso(-31 * MINUTE),
    runtimeMs: 84_000,
    exitCode: 0,
    output: null,
    signals: [
      { at: iso(34 * MINUTE), kind: 'success', exitCode: 0, runtimeMs: 84_000 },
      { at: iso(36 * MINUTE), kind: 'start', exitCode: null, runtimeMs: null },
    ],
    pingUrl: `https://nines.links.example/nines/v1/heartbeats/${name}/ping`,
    ...more,
  });

export const heartbeats = (): HeartbeatDetail[] => [
  heartbeat('click-import', 'ok', { title: 'Import of clicks' }),
  heartbeat('nightly-backup', 'failed', {
    title: 'Nightly backup',
    description: 'Copies all links to the other site. Without it a lost disk takes a day of links along.',
    schedule: '30 2 * * * Europe/Berlin',
    lastSuccessAt: iso(31 * HOUR),
    lastFailureAt: iso(7 * HOUR),
    expectedAt: iso(-17 * HOUR),
    deadline: null,
    exitCode: 3,
    output:
      'dumping links … 1,204,118 rows\npg_dump: error: query failed: SSL SYSCALL error: EOF detected\nupload: no space left on device: /mnt/other-site/backups/links-and-clicks.dump',
    signals: [
      { at: iso(7 * HOUR), kind: 'fail', exitCode: 3, runtimeMs: 184_000 },
      { at: iso(7 * HOUR + 184_000), kind: 'start', exitCode: null, runtimeMs: null },
      { at: iso(31 * HOUR), kind: 'success', exitCode: 0, runtimeMs: 1_284_000 },
    ],
  }),
  heartbeat('certificates', 'late', { schedule: '@daily UTC', lastSuccessAt: iso(27 * HOUR), expectedAt: iso(2 * HOUR), deadline: null }),
  heartbeat('reindex', 'running', { startedAt: iso(3 * MINUTE), service: null }),
  heartbeat('monthly-report', 'waiting', { lastSuccessAt: null, runtimeMs: null, signals: [], schedule: '0 6 1 * * UTC' }),
];

const one = (name: string, more: Partial<Integration>): Integration =>
  integration.parse({
    name,
    title: name,
    type: 'grafana',
    description: '',
    service: null,
    address: `https://nines.links.example/nines/v1/inbound/${name}`,
    secret: 'environment',
    taken: 1_204,
    refused: 0,
    lastEventAt: iso(4 * MINUTE),
    lastEvent: 'Redirects are slow in eu-west',
    lastErrorAt: null,
    lastError: null,
    ...more,
  });

export const integrations = (): Integration[] => [
  one('dashboards', { title: 'Dashboards', description: 'Alerts of the marketing team’s Grafana.' }),
  one('old-nagios', { type: 'email', address: 'alerts@nines.links.example', secret: 'none', lastEvent: '** PROBLEM Host Alert: db2 is DOWN **' }),
  one('shop-pagerduty', {
    type: 'pagerduty',
    service: 'links',
    address: 'https://nines.links.example/v2/enqueue',
    secret: 'key',
    refused: 12,
    lastErrorAt: iso(MINUTE),
    lastError: 'payload.severity: Invalid option: expected one of "critical"|"error"|"warning"|"info".',
  }),
  one('billing', { type: 'json', secret: 'missing', taken: 0, lastEventAt: null, lastEvent: null }),
]; // prettier-ignore

const series = (name: string, value: number, state: GraphiteRuleDetail['known'][number]['state'], agoMs: number): GraphiteRuleDetail['known'][number] => ({
  series: `servers.${name}.disk.root.percent_free`,
  value,
  state,
  levels: state === 'ok' ? [] : [state === 'missing' ? 'missing' : 'today'],
  firstSeenAt: iso(900 * HOUR),
  lastSeenAt: iso(agoMs),
}); // prettier-ignore

export const graphiteRules = (): GraphiteRuleDetail[] => [
  graphiteRuleDetail.parse({
    name: 'disk-free',
    title: 'Free disk space',
    target: 'servers.*.disk.root.percent_free',
    service: 'links',
    interval: '1m',
    conditions: ['critical < 5', 'today < 15', 'missing 30m'],
    evaluatedAt: iso(20_000),
    tookMs: 4,
    error: null,
    series: 4,
    firing: 1,
    missing: 1,
    known: [
      series('links-eu-west-1b-0f3a9c', 41.2, 'missing', 2 * HOUR),
      series('db1', 4.1, 'firing', 20_000),
      series('web1', 61.8, 'ok', 20_000),
      series('web2', 14.6, 'pending', 20_000),
    ],
  }),
];
