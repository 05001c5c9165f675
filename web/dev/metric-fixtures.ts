import type { SharedGraphDetail } from '../../src/monitoring/graphs/contract.ts';
import type { IntakesAnswer } from '../../src/monitoring/intakes/contract.ts';
import type {
  AuditAnswer,
  CostSum,
  MetricCost,
  MetricCostsAnswer,
  MetricDetail,
  SlowQueriesAnswer,
} from '../../src/monitoring/usage/contract.ts';

const iso = (agoMs: number): string => new Date(Date.now() - agoMs).toISOString();

const cost = (name: string, type: string, series: number, users: number): MetricCost => ({
  name,
  type,
  help: '',
  unit: '',
  series,
  samples: series * 11_520,
  buckets: series * 96,
  bytes: series * 17_900,
  perSecond: series / 15,
  lastSeen: iso(9_000),
  users,
});

const COSTS: readonly MetricCost[] = [
  cost('http_request_duration_seconds_bucket', 'histogram', 8_640, 3),
  cost('http_requests_total', 'counter', 1_210, 5),
  cost('go_gc_duration_seconds', 'summary', 640, 0),
  cost('container_network_advance_tcp_stats_total_of_a_name_that_is_rather_long_for_a_phone', 'counter', 410, 0),
  cost('up', 'unknown', 42, 2),
];

const sum = (costs: readonly MetricCost[]): CostSum => ({
  metrics: costs.length,
  series: costs.reduce((all, { series }) => all + series, 0),
  samples: costs.reduce((all, { samples }) => all + samples, 0),
  bytes: costs.reduce((all, { bytes }) => all + bytes, 0),
  perSecond: costs.reduce((all, { perSecond }) => all + perSecond, 0),
});

export function metricCosts(query: URLSearchParams): MetricCostsAnswer {
  const unused = COSTS.filter(({ users }) => users === 0);
  const shown = (query.get('unused') === 'true' ? unused : COSTS).filter(({ name }) => name.includes(query.get('search') ?? ''));
  const queriesSince = iso(12 * 86_400_000);
  return { metrics: shown, marker: null, total: sum(COSTS), unused: sum(unused), countedAt: iso(60_000), problem: null, queriesSince };
}

export function metricDetail(name: string): MetricDetail | undefined {
  const found = COSTS.find((one) => one.name === name);
  if (found === undefined) return undefined;
  const usedBy = [
    { kind: 'alerting rule', name: 'TooManyErrors', link: '/alerts' },
    { kind: 'objective', name: 'Links answer', link: '/services/links' },
    { kind: 'query', name: 'grafana', link: null, count: 1_204, lastAt: iso(40_000) },
  ];
  return {
    ...found,
    help: 'Requests, by method and status.',
    firstSeen: iso(30 * 86_400_000),
    labels: [
      { name: 'path', values: 121, series: 1_210, top: ['/', '/links', '/login', '/static/app.js'].map((value) => ({ value, series: 10 })) },
      { name: 'code', values: 10, series: 1_210, top: [{ value: '200', series: 800 }, { value: '500', series: 410 }] },
    ],
    sources: [{ protocol: 'scrape', name: 'shop', series: 1_210 }],
    usedBy: found.users === 0 ? [] : usedBy,
  };
} // prettier-ignore

export const metricAudit: AuditAnswer = {
  looked: COSTS.length,
  findings: [
    {
      metric: 'queue_wait_ms',
      rule: 'base-unit',
      problem: 'queue_wait_ms is not in a base unit.',
      advice: 'Call it queue_wait_seconds, its values divided by 1,000.',
      sources: ['statsd'],
    },
  ],
};

export const slowQueries = (): SlowQueriesAnswer => ({
  queries: [
    {
      query: 'histogram_quantile(0.99, sum by (le, path) (rate(http_request_duration_seconds_bucket[1h])))',
      asker: 'grafana',
      at: iso(600_000),
      waitedMs: 12,
      tookMs: 2_310,
      samples: 41_000_000,
      problem: null,
    },
    { query: 'count({__name__=~".+"})', asker: 'api', at: iso(1_500_000), waitedMs: 0, tookMs: 840, samples: 120_000, problem: null },
  ],
  p50Ms: 4,
  p99Ms: 310,
  asked: 2_048,
});

export const store = () => ({
  kept: [
    { resolution: 'raw', bytes: 4_100_000_000 },
    { resolution: '5m', bytes: 310_000_000 },
  ],
  logBytes: 21_000_000,
  diskFree: 9_400_000_000,
  forecast: { fullAt: iso(-5 * 86_400_000), bytesPerDay: 1_880_000_000 },
});

export function intakes(): IntakesAnswer {
  const base = { open: true, problem: null, lostPackets: 0, refused: 0, refusals: [] };
  const detail = "'abc' is no number: write 'name:12|c'.";
  const refusals = [{ reason: 'bad-value', count: 3, at: iso(90_000), detail, example: 'shop.logins:abc|c' }];
  return {
    intakes: [
      { ...base, protocol: 'statsd', port: 8125, taken: 1_204_118, refused: 3, refusals },
      { ...base, protocol: 'graphite', port: 2003, taken: 0, open: false, problem: 'Port 2003 is taken by another program.' },
      { ...base, protocol: 'influx', port: null, taken: 48_210 },
    ],
  };
}

/** A graph that someone shared a while ago, its numbers frozen. */
export function sharedGraph(id: string): SharedGraphDetail {
  const to = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
  const points = Array.from({ length: 60 }, (_, i): [number, number] => [to - (59 - i) * 60_000, i < 40 ? 0.002 + (i % 5) / 5_000 : 0.14 - (i % 3) / 100]);
  return {
    id, title: 'Redirects that fail, since the deploy', expr: 'job:link_errors:ratio', note: 'The pool is exhausted right after v2.41.', public: true,
    createdAt: new Date(to).toISOString(), createdBy: 'person:ana', url: `/graphs/${id}`, image: `/graphs/${id}/graph.png`,
    from: new Date(to - 3_600_000).toISOString(), to: new Date(to).toISOString(), unit: 'ratio', threshold: 0.05,
    series: [{ name: '{service="links"}', points }], left: 0, problem: null, annotations: [{ time: to - 20 * 60_000, label: 'links v2.41 deployed' }],
  };
} // prettier-ignore
