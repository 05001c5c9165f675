import type { Labels, MetricType } from '../series.ts';
import type { MetricKey } from './metric-key.ts';
import type { StatsdNaming } from './settings.ts';
import type { Statistic } from './statistics.ts';

/** One series of a metric, and which of the metric's numbers it has. */
export interface SeriesPlan {
  readonly labels: Labels;
  readonly statistic: Statistic;
  /** What the number is divided by: Prometheus has seconds where StatsD has milliseconds. */
  readonly divisor: number;
  readonly type: MetricType;
  /** The name that the metadata is of. */
  readonly family: string;
}

/** The series of a metric under each of the namings. */
export function planSeries(key: MetricKey, namings: readonly StatsdNaming[], percentiles: readonly number[]): SeriesPlan[] {
  return namings.flatMap((naming) =>
    naming === 'prometheus' ? prometheusSeries(key, percentiles) : graphiteSeries(key, percentiles, naming === 'graphite-legacy'),
  );
}

/** A letter or '_' first, then letters, digits, '_' and ':'. What else there is becomes '_', as with statsd_exporter. */
const metricName = (name: string): string => name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');

/** `quantile` is what nines itself says with a label. */
function labelName(name: string): string {
  const clean = name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_');
  return clean === 'quantile' || clean.startsWith('__') ? `tag_${clean.replace(/^_+/, '')}` : clean;
}

const withoutSuffix = (name: string, suffix: RegExp): string => name.replace(suffix, '');

function prometheusSeries({ kind, name, tags }: MetricKey, percentiles: readonly number[]): SeriesPlan[] {
  const labels: Record<string, string> = Object.fromEntries([...tags].map(([tag, value]) => [labelName(tag), value]));
  const clean = metricName(name);
  const one = (family: string, statistic: Statistic, type: MetricType): SeriesPlan[] => [
    { labels: { ...labels, __name__: family }, statistic, divisor: 1, type, family },
  ];
  if (kind === 'counter') return one(`${withoutSuffix(clean, /_total$/)}_total`, { of: 'total' }, 'counter');
  if (kind === 'gauge') return one(clean, { of: 'value' }, 'gauge');
  if (kind === 'set') return one(clean, { of: 'distinct' }, 'gauge');
  if (kind === 'check') return one('service_check_status', { of: 'status' }, 'gauge');
  const divisor = kind === 'timer' ? 1000 : 1;
  const family = kind === 'timer' ? `${withoutSuffix(clean, /_(seconds|ms|msec|millis|milliseconds)$/)}_seconds` : clean;
  const part = (suffix: string, statistic: Statistic, by: number, type: MetricType, of = `${family}${suffix}`): SeriesPlan => ({
    labels: { ...labels, __name__: `${family}${suffix}` },
    statistic,
    divisor: by,
    type,
    family: of,
  });
  const quantiles = percentiles.filter((percentile) => percentile > 0 && percentile <= 100);
  return [
    part('_count', { of: 'totalCount' }, 1, 'summary', family),
    part('_sum', { of: 'totalSum' }, divisor, 'summary', family),
    part('_min', { of: 'lower' }, divisor, 'gauge'),
    part('_max', { of: 'upper' }, divisor, 'gauge'),
    ...quantiles.map((percentile): SeriesPlan => {
      const quantile = String(Number((percentile / 100).toPrecision(12)));
      return { ...part('', { of: 'bound', percentile }, divisor, 'summary', family), labels: { ...labels, __name__: family, quantile } };
    }),
  ];
}

/** As statsd cleans a key: blanks to '_', slashes to '-', and nothing but letters, digits, '_', '-' and '.'. */
const path = (name: string): string =>
  name
    .replace(/\s+/g, '_')
    .replace(/\//g, '-')
    .replace(/[^a-zA-Z_\-0-9.]/g, '');

/** Source: https://github.com/statsd/statsd/blob/master/docs/namespacing.md */
function graphiteSeries({ kind, name, tags }: MetricKey, percentiles: readonly number[], legacy: boolean): SeriesPlan[] {
  const clean = path(name);
  const labels = Object.fromEntries([...tags].map(([tag, value]) => [tag === '__name__' ? 'tag_name' : tag, value]));
  const plan = (family: string, statistic: Statistic): SeriesPlan => ({
    labels: { ...labels, __name__: family },
    statistic,
    divisor: 1,
    type: 'gauge',
    family,
  });
  const counter = legacy ? [`stats_counts.${clean}`, `stats.${clean}`] : [`stats.counters.${clean}.count`, `stats.counters.${clean}.rate`];
  if (kind === 'counter') return [plan(counter[0] as string, { of: 'count' }), plan(counter[1] as string, { of: 'rate' })];
  if (kind === 'gauge') return [plan(`stats.gauges.${clean}`, { of: 'value' })];
  if (kind === 'set') return [plan(`stats.sets.${clean}.count`, { of: 'distinct' })];
  if (kind === 'check') return [plan(`stats.checks.${path(tags.get('check') ?? '')}`, { of: 'status' })];
  const timer = `stats.timers.${clean}.`;
  const plain = ['count', 'count_ps', 'lower', 'upper', 'sum', 'sum_squares', 'mean', 'median', 'std'] as const;
  const shares = percentiles.flatMap((percentile) => {
    const suffix = String(percentile).replace('.', '_').replace('-', 'top');
    const of = (what: string, statistic: Statistic): SeriesPlan => plan(`${timer}${what}_${suffix}`, statistic);
    return [
      of('count', { of: 'shareCount', percentile }),
      of('mean', { of: 'shareMean', percentile }),
      of(percentile > 0 ? 'upper' : 'lower', { of: 'bound', percentile }),
      of('sum', { of: 'shareSum', percentile }),
      of('sum_squares', { of: 'shareSquares', percentile }),
    ];
  });
  return [...plain.map((what) => plan(`${timer}${what}`, { of: what })), ...shares];
}
