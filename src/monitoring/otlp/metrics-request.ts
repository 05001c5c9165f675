import { LimitError } from '../../platform/problem.ts';
import { checkLabels, type LabelLimits } from '../label-limits.ts';
import type { ProtobufReader } from '../protobuf-reader.ts';
import type { Labels, MetricMetadata, SampleSink } from '../series.ts';
import { readAttributes, type Attribute } from './attributes.ts';
import { Batch } from './batch.ts';
import type { DeltaTotals, Journal } from './delta-totals.ts';
import type { HistogramTotals } from './histogram-totals.ts';
import { MetricReader } from './metric-reader.ts';
import { metricName } from './names.ts';
import { labelsOf, resourceOf, type Resource } from './resource.ts';
import { SeriesCache } from './series-cache.ts';
import type { OtlpSettings } from './settings.ts';
import type { HistogramFamily } from './histogram-family.ts';

/** What is remembered from request to request. */
export interface OtlpMemory {
  readonly resources: SeriesCache<Resource>;
  readonly metrics: SeriesCache<Metric>;
  readonly series: SeriesCache<number>;
  readonly families: SeriesCache<HistogramFamily>;
  readonly totals: DeltaTotals;
  readonly histogramTotals: HistogramTotals;
  numbers: number;
}

/** One metric of one resource, and of one scope where scopes are labels. */
export interface Metric {
  /** Names it in keys. */
  readonly number: number;
  readonly name: string;
  /** What all its series have in common, `__name__` aside. */
  readonly labels: Labels;
}

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential' | 'summary';

/** A metric's message, looked through once: its data comes before what says how to read it. */
export interface MetricMessage {
  kind: MetricKind | undefined;
  name: string;
  unit: string;
  description: string;
  /** Of the data message. */
  from: number;
  to: number;
  temporality: number;
  monotonic: boolean;
}

/** What became of a request, besides its samples. */
export interface Outcome {
  points: number;
  rejected: number;
  /** What was wrong with the first few. */
  readonly wrong: string[];
  limit: LimitError | undefined;
  readonly metadata: MetricMetadata[];
  readonly journal: Journal;
}

export interface RequestDeps {
  readonly sink: SampleSink;
  readonly memory: OtlpMemory;
  readonly settings: OtlpSettings;
  readonly limits: LabelLimits;
  /** Times outside are refused (milliseconds since the epoch). */
  readonly bounds: { readonly oldest: number; readonly newest: number };
}

const MOST_WRONG = 5;
const POINTS_PER_TURN = 4000;
const KINDS = new Map<number, MetricKind>([
  [42, 'gauge'],
  [58, 'sum'],
  [74, 'histogram'],
  [82, 'exponential'],
  [90, 'summary'],
]);

/**
 * Reads an `ExportMetricsServiceRequest`.
 * Source: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
export class MetricsRequest {
  readonly batch = new Batch();
  readonly outcome: Outcome = { points: 0, rejected: 0, wrong: [], limit: undefined, metadata: [], journal: { undo: [] } };
  readonly deps: RequestDeps;
  readonly reader: ProtobufReader;
  readonly #described = new Set<string>();
  /** The newest time among the points of the resource. */
  newest = 0;
  #turnEnds = POINTS_PER_TURN;

  constructor(reader: ProtobufReader, deps: RequestDeps) {
    this.reader = reader;
    this.deps = deps;
  }

  /** Reads all of it, with a pause wherever others may have their turn. @throws RangeError when it is no such message */
  *read(): Generator<void> {
    const { reader } = this;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 10) yield* this.#resourceMetrics(...contentOf(reader));
      else reader.skip(tag);
    }
  }

  *#resourceMetrics(from: number, to: number): Generator<void> {
    const parts = fieldsOf(this.reader, from, to, 10);
    const resource = this.#resource(parts.at(-2) ?? from, parts.at(-1) ?? from);
    this.newest = 0;
    const scopes = fieldsOf(this.reader, from, to, 18);
    for (let i = 0; i < scopes.length; i += 2) yield* this.#scopeMetrics(resource, scopes[i] as number, scopes[i + 1] as number);
    if (resource.info && this.newest > 0) {
      const id = this.resolve(resource.info);
      if (id !== 0) this.batch.add(id, this.newest, 1);
      this.describe({ metric: 'target_info', type: 'info', help: 'What is known of the target, as labels.', unit: '' });
    }
  }

  #resource(from: number, to: number): Resource {
    const { resources } = this.deps.memory;
    const known = resources.begin(0).bytes(this.reader.bytes, from, to).get();
    if (known) return known;
    return resources.set(resourceOf(++this.deps.memory.numbers, readAttributes(this.reader, from, to, 10), this.deps.settings));
  }

  *#scopeMetrics(resource: Resource, from: number, to: number): Generator<void> {
    const scope = fieldsOf(this.reader, from, to, 10);
    const metrics = fieldsOf(this.reader, from, to, 18);
    const place: readonly [number, number] = [scope.at(-2) ?? from, scope.at(-1) ?? from];
    for (let i = 0; i < metrics.length; i += 2) {
      const message = readMetric(this.reader, metrics[i] as number, metrics[i + 1] as number);
      if (message.kind === undefined) continue;
      const metric = this.#metric(resource, place, message);
      yield* new MetricReader(this, metric, message).read();
    }
  }

  #metric(resource: Resource, [from, to]: readonly [number, number], message: MetricMessage): Metric {
    const { memory, settings } = this.deps;
    const { name, unit, kind, monotonic } = message;
    const key = memory.metrics.begin(resource.number).text(name).text(unit).text(`${kind} ${monotonic}`);
    if (settings.promoteScope) key.bytes(this.reader.bytes, from, to);
    const counter = kind === 'sum' && monotonic;
    const gauge = kind === 'gauge' || (kind === 'sum' && !monotonic);
    const metric =
      key.get() ??
      key.set({
        number: ++memory.numbers,
        name: metricName({ name, unit, counter, gauge }, settings.translation),
        labels: settings.promoteScope ? { ...this.#scopeLabels(from, to), ...resource.labels } : resource.labels,
      });
    if (!this.#described.has(metric.name)) {
      const histogram = kind === 'histogram' || kind === 'exponential';
      const type = counter ? 'counter' : histogram ? 'histogram' : kind === 'summary' ? 'summary' : 'gauge';
      this.describe({ metric: metric.name, type, help: message.description, unit });
    }
    return metric;
  }

  #scopeLabels(from: number, to: number): Labels {
    const { reader } = this;
    const after = reader.at;
    const outer = reader.enterAt(from, to);
    const attributes: Attribute[] = readAttributes(reader, from, to, 26).map(([key, value]) => [`otel_scope_${key}`, value]);
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 10) attributes.push(['otel_scope_name', reader.text()]);
      else if (tag === 18) attributes.push(['otel_scope_version', reader.text()]);
      else reader.skip(tag);
    }
    reader.leave(outer, after);
    return labelsOf(attributes, this.deps.settings);
  }

  describe(metadata: MetricMetadata): void {
    this.#described.add(metadata.metric);
    if (metadata.metric.length <= this.deps.limits.maxNameLength) this.outcome.metadata.push(metadata);
  }

  /** The id of the series, or 0 when it is refused. */
  resolve(labels: Labels): number {
    const checked = checkLabels(Object.entries(labels), this.deps.limits);
    if (typeof checked === 'string') {
      this.note(checked);
      return 0;
    }
    try {
      return this.deps.sink.resolve(checked);
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.outcome.limit = error;
      return 0;
    }
  }

  reject(why: string): void {
    this.outcome.rejected++;
    this.note(why);
  }

  note(what: string): void {
    if (this.outcome.wrong.length < MOST_WRONG && !this.outcome.wrong.includes(what)) this.outcome.wrong.push(what);
  }

  /** Counts a point; true when it is time to let others have their turn. */
  countPoint(): boolean {
    if (++this.outcome.points < this.#turnEnds) return false;
    this.#turnEnds = this.outcome.points + POINTS_PER_TURN;
    return true;
  }
}

function readMetric(reader: ProtobufReader, from: number, to: number): MetricMessage {
  const after = reader.at;
  const outer = reader.enterAt(from, to);
  const metric: MetricMessage = { kind: undefined, name: '', unit: '', description: '', from: 0, to: 0, temporality: 0, monotonic: false };
  while (!reader.done) {
    const tag = reader.tag();
    const kind = KINDS.get(tag);
    if (kind !== undefined) {
      metric.kind = kind;
      [metric.from, metric.to] = contentOf(reader);
    } else if (tag === 10) metric.name = reader.text();
    else if (tag === 18) metric.description = reader.text();
    else if (tag === 26) metric.unit = reader.text();
    else reader.skip(tag);
  }
  if (metric.kind !== undefined) {
    reader.enterAt(metric.from, metric.to);
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 16) metric.temporality = reader.varint();
      else if (tag === 24) metric.monotonic = reader.varint() !== 0;
      else reader.skip(tag);
    }
  }
  reader.leave(outer, after);
  return metric;
}

/** Where the content of a length-delimited field stands. Goes past it. */
function contentOf(reader: ProtobufReader): [from: number, to: number] {
  const outer = reader.enter();
  const from = reader.at;
  reader.skipToEnd();
  const to = reader.at;
  reader.leave(outer, to);
  return [from, to];
}

/** Where the fields with this tag stand between two places: from, to, from, to, … */
function fieldsOf(reader: ProtobufReader, from: number, to: number, fieldTag: number): number[] {
  const after = reader.at;
  const outer = reader.enterAt(from, to);
  const found: number[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === fieldTag) found.push(...contentOf(reader));
    else reader.skip(tag);
  }
  reader.leave(outer, after);
  return found;
}
