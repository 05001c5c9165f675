/** Monitoring's front door: samples come in, questions are answered. */
export { createMonitoring, type Monitoring, type MonitoringDeps } from './module.ts';
export { probeKind } from './probe/index.ts';
export { scrapeKind } from './scrape/index.ts';
export {
  expandExternalLabels,
  hideSecrets,
  prometheusConfigOf,
  prometheusKind,
  Secret,
  type FoundAlertmanager,
} from './prometheus-config/index.ts';
export type { ProbeSpec, ScrapeSpec } from './contract.ts';
export type { Labels, Matcher, MetricMetadata, SampleColumns, SampleSink, Series, SeriesIndex, SeriesSource, SinkFor } from './series.ts';
export type { Histogram } from './histogram.ts';
export { formatNotation } from './histogram/index.ts';
export { isStale, writeStale } from './series.ts';
export { DEFAULT_STORE_SETTINGS, restoreStore, type StoreSettings } from './store/index.ts';
export type { MetricSample } from '../platform/metrics.ts';
export { DEFAULT_RULES_YAML } from './host/index.ts';
export { prometheusGet, prometheusOk } from './prometheus-api/index.ts';
export {
  compileMatchers,
  MemorySource,
  createQueryEngine,
  expandTemplate,
  isWellFormed,
  matchesAll,
  matchParameter,
  parse as parsePromQL,
  parseSeriesLine,
  PromQLSyntaxError,
  quote,
  searchRe2,
  SharedResults,
  sharedParts,
  selectorsOf,
  unquote,
  type Expr,
  type MatrixSeries,
  type QueryEngine,
  type QuerySettings,
  type VectorSample,
} from './promql/index.ts';
export { parseTarget as parseGraphiteTarget } from './graphite/index.ts';
export { significant, toPng } from './charts/index.ts';
export { drawFrozen, freezeGraph, graphsMigrations, type FrozenGraph } from './graphs/index.ts';
export { DEFAULT_LISTEN, LISTEN_OFF, type ListenSettings } from './listener.ts';
export { DEFAULT_OTLP_SETTINGS } from './otlp/index.ts';
export { selectionsOf, usageMigrations, type MetricUse } from './usage/index.ts';
export { DEFAULT_STATSD_SETTINGS } from './statsd/index.ts';
