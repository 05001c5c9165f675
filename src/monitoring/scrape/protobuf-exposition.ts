/**
 * Prometheus' protobuf exposition: `io.prometheus.client.MetricFamily` messages, each behind its length. What a reader resolved it
 * remembers by the raw bytes of a metric's labels, for a target says the same from scrape to scrape.
 *
 * Errors name the byte. A body is read whole or not at all.
 */
import type { Histogram } from '../histogram.ts';
import { finishDraft } from '../histogram/index.ts';
import { ProtobufReader } from '../protobuf-reader.ts';
import type { Labels, MetricMetadata, MetricType } from '../series.ts';
import { bucketLabel } from './bucket-label.ts';
import type { OpenMetricsHandler } from './openmetrics.ts';
import { newMetric, readLabel, readMetric, type ProtobufMetric } from './protobuf-message.ts';

export interface ProtobufHandler<E> extends OpenMetricsHandler<E> {
  histogram(entry: E, histogram: Histogram, timestamp: number): void;
}

export interface ProtobufExpositionOptions {
  /** Take native histograms; otherwise only what the classic buckets say. */
  readonly native: boolean;
  /** Take the classic buckets also of a histogram that is native. */
  readonly classic: boolean;
}

export interface ProtobufExpositionReader {
  /** Returns the metadata that is new since the last. Throws an Error that names the byte, and whatever the handler throws. */
  read(body: Uint8Array): MetricMetadata[];
}

interface Known<E> {
  readonly labels: Labels;
  /** By what is put on the family's name and labels, such as `_sum` or `_bucket 0.5`. */
  readonly entries: Map<string, E>;
  seen: number;
}

const TYPES: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];
const GAUGE_HISTOGRAM = 5;

export function createProtobufReader<E>(
  handler: ProtobufHandler<E>,
  { native, classic }: ProtobufExpositionOptions,
): ProtobufExpositionReader {
  const known = new Map<string, Known<E>>();
  const described = new Map<string, MetricMetadata>();
  const metric = newMetric();
  let round = 0;
  let seen = 0;

  function read(body: Uint8Array): MetricMetadata[] {
    const reader = new ProtobufReader(body);
    const changed: MetricMetadata[] = [];
    round += 1;
    seen = 0;
    while (!reader.done) {
      const outer = reader.enter();
      readFamily(reader, changed);
      reader.leave(outer, reader.end);
    }
    if (known.size > 2 * seen + 64) for (const [key, one] of known) if (one.seen !== round) known.delete(key);
    if (described.size > known.size + 64) described.clear();
    return changed;
  }

  function readFamily(reader: ProtobufReader, changed: MetricMetadata[]): void {
    const [from, to] = [reader.at, reader.end];
    const family = { name: '', help: '', unit: '', type: 0 };
    // The name and the type may stand behind the metrics that they are of.
    while (!reader.done) {
      const tag = reader.tag();
      const place = reader.at;
      if (tag === 10) family.name = reader.text();
      else if (tag === 18) family.help = reader.text();
      else if (tag === 42) family.unit = reader.text();
      else if (tag === 24) family.type = reader.varint();
      else reader.skip(tag);
      if ((tag === 10 || tag === 18 || tag === 42) && !reader.textIsUtf8(place)) throw new Error(`byte ${place}: text that is not UTF-8`);
    }
    if (family.name === '') throw new Error(`byte ${from}: a metric family without a name`);
    describe(family, changed);
    reader.at = from;
    while (!reader.done) {
      const tag = reader.tag();
      if (tag !== 34) {
        reader.skip(tag);
        continue;
      }
      readMetric(reader, metric);
      take(family.name, family.type === GAUGE_HISTOGRAM, lookUp(reader, family.name));
    }
    reader.at = to;
  }

  function describe(
    { name, help, unit, type }: { name: string; help: string; unit: string; type: number },
    changed: MetricMetadata[],
  ): void {
    const is = TYPES[type] ?? 'unknown';
    const before = described.get(name);
    if (before !== undefined && before.type === is && before.help === help && before.unit === unit) return;
    const now = { metric: name, type: is, help, unit };
    described.set(name, now);
    changed.push(now);
  }

  /** The series of the metric that was just read. */
  function lookUp(reader: ProtobufReader, name: string): Known<E> {
    const after = reader.at;
    const outer = reader.enterAt(metric.from, metric.to);
    let key = name;
    while (!reader.done) {
      const tag = reader.tag();
      const from = reader.at;
      reader.skip(tag);
      // Latin-1 keeps every byte apart from every other.
      if (tag === 10) key += `\0${latin1(reader.bytes, from, reader.at)}`;
    }
    let one = known.get(key);
    if (one === undefined) {
      const labels: Record<string, string> = {};
      reader.at = metric.from;
      while (!reader.done) {
        const tag = reader.tag();
        if (tag === 10) readLabel(reader, labels);
        else reader.skip(tag);
      }
      if (Object.hasOwn(labels, '__name__')) throw new Error(`byte ${metric.from}: the label '__name__' beside the family's name ${name}`);
      one = { labels, entries: new Map(), seen: 0 };
      known.set(key, one);
    }
    reader.leave(outer, after);
    if (one.seen !== round) {
      one.seen = round;
      seen += 1;
    }
    return one;
  }

  function take(name: string, gauge: boolean, of: Known<E>): void {
    const { value, count, time, native: draft } = metric;
    if (value !== undefined) {
      const entry = entryOf(of, name, '');
      handler.sample(entry, value, time);
      exemplar(entry, -1);
    } else if (draft !== undefined) takeHistogram(name, gauge, of);
    else if (count !== undefined) {
      metric.bounds.forEach((bound, i) => handler.sample(entryOf(of, name, '', 'quantile', bound), metric.values[i]!, time));
      handler.sample(entryOf(of, name, '_sum'), metric.sum, time);
      handler.sample(entryOf(of, name, '_count'), count, time);
    } else throw new Error(`byte ${metric.from}: a metric of ${name} without a value`);
  }

  function takeHistogram(name: string, gauge: boolean, of: Known<E>): void {
    const draft = metric.native!;
    const isNative = native && looksNative(metric);
    if (isNative) {
      if (gauge) draft.hint = 'gauge';
      const { histogram, problem } = finishDraft(draft);
      if (histogram === undefined || problem !== undefined)
        throw new Error(`byte ${metric.from}: a native histogram of ${name} that can't be right: ${problem}`);
      const entry = entryOf(of, name, '');
      handler.histogram(entry, histogram, metric.time);
      for (const one of metric.exemplars) handler.exemplar?.(entry, one);
      if (metric.exemplars.length === 0 && !classic) for (const at of metric.bucketExemplars.keys()) exemplar(entry, at);
    }
    if (isNative && !(classic && metric.bounds.length > 0)) return;
    let infinite = false;
    metric.bounds.forEach((bound, i) => {
      infinite ||= bound === Infinity;
      const entry = entryOf(of, name, '_bucket', 'le', bound);
      handler.sample(entry, metric.values[i]!, metric.time);
      exemplar(entry, i);
    });
    // Go's library leaves it out: it is the count.
    if (!infinite) handler.sample(entryOf(of, name, '_bucket', 'le', Infinity), draft.count, metric.time);
    handler.sample(entryOf(of, name, '_sum'), draft.sum, metric.time);
    handler.sample(entryOf(of, name, '_count'), draft.count, metric.time);
  }

  function exemplar(entry: E, at: number): void {
    const one = metric.bucketExemplars.get(at);
    if (one !== undefined) handler.exemplar?.(entry, one);
  }

  function entryOf(of: Known<E>, name: string, suffix: string, label?: string, bound = 0): E {
    const key = label === undefined ? suffix : `${suffix} ${bound}`;
    let entry = of.entries.get(key);
    if (entry === undefined) {
      if (label !== undefined && Object.hasOwn(of.labels, label))
        throw new Error(`byte ${metric.from}: a label '${label}' of its own in ${name}`);
      entry = handler.resolve({ ...of.labels, __name__: name + suffix, ...(label !== undefined && { [label]: bucketLabel(bound) }) });
      // Buckets that come and go must not fill the memory.
      if (of.entries.size > 2 * (metric.bounds.length + 4)) of.entries.clear();
      of.entries.set(key, entry);
    }
    return entry;
  }

  return { read };
}

/** Go's library marks an empty one by a span of no length. */
function looksNative({ native }: ProtobufMetric): boolean {
  if (native === undefined) return false;
  return native.spans[0].length > 0 || native.spans[1].length > 0 || native.zeroThreshold > 0 || native.zeroCount > 0;
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
