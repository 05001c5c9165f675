/**
 * What nines counts about itself. A module declares its metrics once, on the registry that it is given, and
 * updates them with plain calls; `render` is the text of `GET /metrics`, `samples` feeds the store.
 *
 *     const refused = registry.counter({ name: 'nines_intake_refused_total', help: 'Requests refused.', labels: ['reason'] });
 *     refused.inc({ reason: 'too-large' });
 */
import type { MetricDescription, MetricLabels, MetricSample, RegistryMetricType } from './metric-sample.ts';
import { renderMetric } from './metrics-text.ts';

export type { MetricDescription, MetricLabels, MetricSample, RegistryMetricType } from './metric-sample.ts';

export interface MetricOptions<L extends string> {
  /** `nines_<module>_<what>_<unit>`, a counter ends in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

/** `labels` must have every declared name; leave them out where none is declared. */
type Given<L extends string> = Readonly<Record<L, string>>;

export interface Counter<L extends string = never> {
  inc(labels?: Given<L>, by?: number): void;
}

export interface Gauge<L extends string = never> {
  set(value: number, labels?: Given<L>): void;
  add(by: number, labels?: Given<L>): void;
}

export interface Histogram<L extends string = never> {
  observe(value: number, labels?: Given<L>): void;
}

export interface Registry {
  counter<const L extends string = never>(options: MetricOptions<L> & { collect?: () => number }): Counter<L>;
  /** With `collect`, the value is asked for when it is read. */
  gauge<const L extends string = never>(options: MetricOptions<L> & { collect?: () => number }): Gauge<L>;
  /** `buckets`: upper bounds, rising, without +Inf. */
  histogram<const L extends string = never>(options: MetricOptions<L> & { buckets?: readonly number[] }): Histogram<L>;
  samples(): MetricSample[];
  describe(): MetricDescription[];
  /** Prometheus text exposition 0.0.4. */
  render(): string;
}

/** Seconds; from a fast in-memory answer to a slow page. */
export const DEFAULT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Label sets beyond this many in one metric are counted under `other`: a label's values must not come from outside unbounded. */
const MAX_LABEL_SETS = 1_000;

interface Cell {
  readonly labels: MetricLabels;
  value: number;
  /** Histograms only: a count per bucket (not cumulated) and one for +Inf, and the number of observations. */
  counts: number[];
  count: number;
}

interface Metric extends MetricDescription {
  readonly cells: Map<string, Cell>;
  readonly buckets: readonly number[];
  readonly collect: (() => number) | undefined;
}

export function createRegistry(): Registry {
  const metrics = new Map<string, Metric>();

  function declare(type: RegistryMetricType, options: MetricOptions<string> & { collect?: () => number; buckets?: readonly number[] }) {
    const { name, help, labels = [], collect, buckets = DEFAULT_BUCKETS } = options;
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`'${name}' is no metric name`);
    if (metrics.has(name)) throw new Error(`The metric '${name}' is declared twice`);
    const metric: Metric = { name, help, type, cells: new Map(), buckets, collect };
    metrics.set(name, metric);
    // A metric without labels exists from the start, at zero: a rate over it then sees the first event.
    if (labels.length === 0 && collect === undefined) cellOf(metric, labels, {});
    return (given: MetricLabels | undefined) => cellOf(metric, labels, given ?? {});
  }

  const samples = (): MetricSample[] => [...metrics.values()].flatMap(samplesOf);

  return {
    counter(options) {
      const cell = declare('counter', options);
      return { inc: (labels, by = 1) => void (cell(labels).value += by) };
    },
    gauge(options) {
      const cell = declare('gauge', options);
      return {
        set: (value, labels) => void (cell(labels).value = value),
        add: (by, labels) => void (cell(labels).value += by),
      };
    },
    histogram(options) {
      const cell = declare('histogram', options);
      const buckets = options.buckets ?? DEFAULT_BUCKETS;
      return { observe: (value, labels) => observe(cell(labels), buckets, value) };
    },
    samples,
    describe: () => [...metrics.values()].map(({ name, help, type }) => ({ name, help, type })),
    render: () => [...metrics.values()].map((metric) => renderMetric(metric, samplesOf(metric))).join(''),
  };
}

function cellOf(metric: Metric, names: readonly string[], given: MetricLabels): Cell {
  let key = '';
  for (const name of names) key += `${given[name] ?? ''}\u0000`;
  const known = metric.cells.get(key);
  if (known !== undefined) return known;
  const full = metric.cells.size >= MAX_LABEL_SETS;
  if (full) key = 'other';
  const existing = metric.cells.get(key);
  if (existing !== undefined) return existing;
  const labels = Object.fromEntries(names.map((name) => [name, full ? 'other' : (given[name] ?? '')]));
  const cell: Cell = { labels, value: 0, count: 0, counts: metric.type === 'histogram' ? metric.buckets.map(() => 0) : [] };
  metric.cells.set(key, cell);
  return cell;
}

function observe(cell: Cell, buckets: readonly number[], value: number): void {
  cell.value += value;
  cell.count += 1;
  const bucket = buckets.findIndex((bound) => value <= bound);
  if (bucket >= 0) cell.counts[bucket]! += 1;
}

function samplesOf(metric: Metric): MetricSample[] {
  const { name, collect } = metric;
  if (collect !== undefined) return [{ name, labels: {}, value: ask(collect) }];
  if (metric.type !== 'histogram') return [...metric.cells.values()].map(({ labels, value }) => ({ name, labels, value }));
  return [...metric.cells.values()].flatMap((cell) => histogramSamples(metric, cell));
}

function histogramSamples({ name, buckets }: Metric, { labels, counts, count, value }: Cell): MetricSample[] {
  let below = 0;
  const cumulated = buckets.map((bound, i) => {
    below += counts[i]!;
    return { name: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below };
  });
  return [
    ...cumulated,
    { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { name: `${name}_sum`, labels, value },
    { name: `${name}_count`, labels, value: count },
  ];
}

/** What can't be told is not a number; the other metrics are told all the same. */
function ask(collect: () => number): number {
  try {
    return collect();
  } catch {
    return NaN;
  }
}
