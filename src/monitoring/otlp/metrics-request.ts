import { readAttributes, type Attribute } from './attributes.ts';
import type { ProtobufReader } from '../protobuf-reader.ts';
import type { Labels } from '../series.ts';
import { MetricReader } from './metric-reader.ts';
import { metricName } from './names.ts';
import { labelsOf, resourceOf, type Resource } from './resource.ts';
import type { Metric, MetricKind, MetricMessage, RequestState } from './request-state.ts';

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
  readonly #state: RequestState;

  constructor(state: RequestState) {
    this.#state = state;
  }

  /** Reads all of it, with a pause wherever others may have their turn. @throws RangeError when it is no such message */
  *read(): Generator<void> {
    const { reader } = this.#state;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === 10) yield* this.#resourceMetrics(...contentOf(reader));
      else reader.skip(tag);
    }
  }

  *#resourceMetrics(from: number, to: number): Generator<void> {
    const parts = fieldsOf(this.#state.reader, from, to, 10);
    const resource = this.#resource(parts.at(-2) ?? from, parts.at(-1) ?? from);
    this.#state.newest = 0;
    const scopes = fieldsOf(this.#state.reader, from, to, 18);
    for (let i = 0; i < scopes.length; i += 2) yield* this.#scopeMetrics(resource, scopes[i] as number, scopes[i + 1] as number);
    if (resource.info && this.#state.newest > 0) {
      const id = this.#state.resolve(resource.info);
      if (id !== 0) this.#state.batch.add(id, this.#state.newest, 1);
      this.#state.describe({ metric: 'target_info', type: 'info', help: 'What is known of the target, as labels.', unit: '' });
    }
  }

  #resource(from: number, to: number): Resource {
    const { resources } = this.#state.deps.memory;
    const known = resources.begin(0).bytes(this.#state.reader.bytes, from, to).get();
    if (known) return known;
    return resources.set(
      resourceOf(++this.#state.deps.memory.numbers, readAttributes(this.#state.reader, from, to, 10), this.#state.deps.settings),
    );
  }

  *#scopeMetrics(resource: Resource, from: number, to: number): Generator<void> {
    const scope = fieldsOf(this.#state.reader, from, to, 10);
    const metrics = fieldsOf(this.#state.reader, from, to, 18);
    const place: readonly [number, number] = [scope.at(-2) ?? from, scope.at(-1) ?? from];
    for (let i = 0; i < metrics.length; i += 2) {
      const message = readMetric(this.#state.reader, metrics[i] as number, metrics[i + 1] as number);
      if (message.kind === undefined) continue;
      const metric = this.#metric(resource, place, message);
      yield* new MetricReader(this.#state, metric, message).read();
    }
  }

  #metric(resource: Resource, [from, to]: readonly [number, number], message: MetricMessage): Metric {
    const { memory, settings } = this.#state.deps;
    const { name, unit, kind, monotonic } = message;
    const key = memory.metrics.begin(resource.number).text(name).text(unit).text(`${kind} ${monotonic}`);
    if (settings.promoteScope) key.bytes(this.#state.reader.bytes, from, to);
    const counter = kind === 'sum' && monotonic;
    const gauge = kind === 'gauge' || (kind === 'sum' && !monotonic);
    const metric =
      key.get() ??
      key.set({
        number: ++memory.numbers,
        name: metricName({ name, unit, counter, gauge }, settings.translation),
        labels: settings.promoteScope ? { ...this.#scopeLabels(from, to), ...resource.labels } : resource.labels,
      });
    if (!this.#state.described.has(metric.name)) {
      const histogram = kind === 'histogram' || kind === 'exponential';
      const type = counter ? 'counter' : histogram ? 'histogram' : kind === 'summary' ? 'summary' : 'gauge';
      this.#state.describe({ metric: metric.name, type, help: message.description, unit });
    }
    return metric;
  }

  #scopeLabels(from: number, to: number): Labels {
    const { reader } = this.#state;
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
    return labelsOf(attributes, this.#state.deps.settings);
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
