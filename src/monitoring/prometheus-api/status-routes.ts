import { hostname } from 'node:os';
import { cwd } from 'node:process';
import { stringify } from 'yaml';
import type { Clock } from '../../platform/clock.ts';
import { formatDuration } from '../../platform/duration.ts';
import type { Route } from '../../platform/http/index.ts';
import type { Registry } from '../../platform/metrics.ts';
import { limitParameter, type QueryEngine } from '../promql/index.ts';
import type { Scraper } from '../scrape/index.ts';
import type { SeriesIndex } from '../series.ts';
import { get, ok } from './api-route.ts';
import { poolConfig } from './pool-config.ts';
import { selfMetrics } from './self-metrics.ts';
import { createTsdbStatus } from './tsdb-status.ts';

/** The Prometheus whose API this is: what asks decides by it what it may ask. */
const PROMETHEUS = '3.0.0';

export interface StatusDeps {
  readonly clock: Clock;
  readonly query: QueryEngine;
  readonly index: SeriesIndex;
  readonly scraper: Scraper;
  readonly alertmanagers: { list(): readonly { readonly url: string }[]; dropped(): readonly string[] };
  readonly metrics: Registry;
  readonly version: string;
  /** Milliseconds that samples are kept. */
  readonly retention: number;
}

/** What Prometheus tells of itself, as far as it means something here. */
export function statusRoutes(deps: StatusDeps): Route[] {
  const { clock, scraper, metrics, version } = deps;
  const startedAt = clock.now();
  const tsdb = createTsdbStatus(deps);
  return [
    get('/api/v1/status/config', 'The scrapes, as Prometheus would have them in its configuration', () => {
      const targets = scraper.targets();
      const pools = scraper.scrapes().map(({ name }) => poolConfig(name, targets.filter((one) => one.scrape === name))); // prettier-ignore
      return ok({ yaml: stringify({ global: {}, scrape_configs: pools }) });
    }),
    get('/api/v1/status/flags', "Limits and other settings, by the names of Prometheus' flags", () => ok(flags(deps))),
    get('/api/v1/status/runtimeinfo', 'Since when it runs, and where', () => ok(runtimeInfo(deps, startedAt))),
    get('/api/v1/status/buildinfo', 'What answers here: Grafana asks to know what it can ask', () =>
      ok({ version: PROMETHEUS, revision: `nines-${version}`, branch: '', buildUser: '', buildDate: '', goVersion: '' }),
    ),
    get('/api/v1/status/tsdb', 'How many series there are, and which metrics and labels have the most', async (params) =>
      ok(await tsdb(limitParameter(params))),
    ),
    get('/api/v1/status/tsdb/blocks', 'Blocks of storage: there are none, the column store has its own parts', () => ok({ blocks: [] })),
    // What was in the intake log is read before the first request is answered.
    get('/api/v1/status/walreplay', 'How far the intake log is read after a start', () => ok({ min: 0, max: 0, current: 0 })),
    get('/api/v1/status/self_metrics', "nines' own metrics as JSON", (params) => ok(selfMetrics(metrics.render(), params))),
    get('/api/v1/features', 'What can be asked for', () => ok(FEATURES)),
    get('/api/v1/alertmanagers', 'Alertmanagers that the `alerting` of a prometheus.yml finds, which are told of alerts, too', () =>
      ok({
        activeAlertmanagers: deps.alertmanagers.list().map(({ url }) => ({ url })),
        droppedAlertmanagers: deps.alertmanagers.dropped().map((url) => ({ url })),
      }),
    ),
  ];
}

function flags({ query, retention }: StatusDeps): Record<string, string> {
  const { timeout, maxSamples, maxConcurrency, lookback } = query.settings;
  return {
    'query.lookback-delta': formatDuration(lookback),
    'query.max-concurrency': String(maxConcurrency),
    'query.max-samples': String(maxSamples),
    'query.timeout': formatDuration(timeout),
    'storage.tsdb.retention.time': formatDuration(retention),
    'web.enable-admin-api': 'false',
    'web.enable-lifecycle': 'false',
    'web.enable-otlp-receiver': 'true',
    'web.enable-remote-write-receiver': 'true',
  };
}

function runtimeInfo({ clock, retention }: StatusDeps, startedAt: number): Record<string, unknown> {
  return {
    startTime: new Date(startedAt).toISOString(),
    CWD: cwd(),
    hostname: hostname(),
    serverTime: new Date(clock.now()).toISOString(),
    reloadConfigSuccess: true,
    lastConfigTime: new Date(startedAt).toISOString(),
    corruptionCount: 0,
    // Of Go's runtime, which is not here.
    goroutineCount: 0,
    GOMAXPROCS: 1,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: formatDuration(retention),
  };
}

const FEATURES = {
  api: {
    admin: false,
    exclude_alerts: true,
    label_values_match: true,
    lifecycle: false,
    otlp_write_receiver: true,
    query_stats: true,
    query_warnings: true,
    remote_read: true,
    remote_write_receiver: true,
    search: true,
    time_range_labels: true,
    time_range_series: true,
  },
  promql: { at_modifier: true, negative_offset: true, subqueries: true, experimental_functions: true, experimental_durations: true },
  storage: { exemplar_storage: true, out_of_order: true },
};
