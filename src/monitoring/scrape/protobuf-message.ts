/**
 * One `Metric` of Prometheus' protobuf exposition, read into an object that is used again and again.
 * Source: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
import { newDraft, readDeltas, readDoubles, readSpan, zigzag, type HistogramDraft } from '../histogram/index.ts';
import type { ProtobufReader } from '../protobuf-reader.ts';
import type { OpenMetricsExemplar } from './openmetrics-sample.ts';

export interface ProtobufMetric {
  /** Where its bytes are, behind their length. */
  from: number;
  to: number;
  /** Of a counter, gauge or untyped metric. */
  value: number | undefined;
  /** Milliseconds since the epoch, NaN where it has none. */
  time: number;
  /** Of a summary or histogram. */
  count: number | undefined;
  sum: number;
  /** A summary's quantiles, or a histogram's upper bounds. */
  readonly bounds: number[];
  /** The quantiles' values, or the buckets' cumulative counts. */
  readonly values: number[];
  /** Undefined where the metric is no histogram. */
  native: HistogramDraft | undefined;
  readonly exemplars: OpenMetricsExemplar[];
  /** By the index of their bucket; under `-1` a counter's. */
  readonly bucketExemplars: Map<number, OpenMetricsExemplar>;
}

export const newMetric = (): ProtobufMetric => ({
  from: 0,
  to: 0,
  value: undefined,
  time: NaN,
  count: undefined,
  sum: 0,
  bounds: [],
  values: [],
  native: undefined,
  exemplars: [],
  bucketExemplars: new Map(),
});

/** Reads all of a metric but its labels. @throws RangeError when it is no protobuf */
export function readMetric(reader: ProtobufReader, metric: ProtobufMetric): void {
  const outer = reader.enter();
  metric.from = reader.at;
  metric.to = reader.end;
  metric.value = metric.count = metric.native = undefined;
  metric.time = NaN;
  metric.sum = 0;
  metric.bounds.length = metric.values.length = metric.exemplars.length = 0;
  metric.bucketExemplars.clear();
  while (!reader.done) {
    const tag = reader.tag();
    // gauge, counter, untyped: the value is the first field of each.
    if (tag === 18 || tag === 26 || tag === 42) readValue(reader, metric);
    else if (tag === 34) readSummary(reader, metric);
    else if (tag === 58) readHistogram(reader, metric);
    else if (tag === 48) metric.time = reader.varint() || NaN;
    else reader.skip(tag);
  }
  reader.leave(outer, metric.to);
}

/** Runs over the fields of the message at which the reader stands. */
function fields(reader: ProtobufReader, field: (tag: number) => void): void {
  const outer = reader.enter();
  while (!reader.done) field(reader.tag());
  reader.leave(outer, reader.at);
}

function readValue(reader: ProtobufReader, metric: ProtobufMetric): void {
  metric.value = 0;
  fields(reader, (tag) => {
    if (tag === 9) metric.value = reader.double();
    else if (tag === 18) metric.bucketExemplars.set(-1, readExemplar(reader));
    else reader.skip(tag);
  });
}

function readSummary(reader: ProtobufReader, metric: ProtobufMetric): void {
  metric.count = 0;
  fields(reader, (tag) => {
    if (tag === 8) metric.count = reader.varint();
    else if (tag === 17) metric.sum = reader.double();
    else if (tag === 26) readPair(reader, metric);
    else reader.skip(tag);
  });
}

function readPair(reader: ProtobufReader, metric: ProtobufMetric): void {
  const at = metric.bounds.push(0) - 1;
  metric.values.push(0);
  fields(reader, (tag) => {
    if (tag === 9) metric.bounds[at] = reader.double();
    else if (tag === 17) metric.values[at] = reader.double();
    else reader.skip(tag);
  });
}

function readHistogram(reader: ProtobufReader, metric: ProtobufMetric): void {
  const draft = newDraft();
  metric.native = draft;
  let floats = NaN;
  let zeros = NaN;
  fields(reader, (tag) => {
    if (tag === 8) draft.count = reader.varint();
    else if (tag === 33) floats = reader.double();
    else if (tag === 17) draft.sum = reader.double();
    else if (tag === 26) readBucket(reader, metric);
    else if (tag === 40) draft.schema = zigzag(reader.varint());
    else if (tag === 49) draft.zeroThreshold = reader.double();
    else if (tag === 56) draft.zeroCount = reader.varint();
    else if (tag === 65) zeros = reader.double();
    else if (tag === 74 || tag === 98) readSpan(reader, draft, draft.spans[tag === 74 ? 1 : 0]);
    else if (isField(tag, 10) || isField(tag, 13)) readDeltas(reader, tag, draft, draft.deltas[isField(tag, 10) ? 1 : 0]);
    else if (isField(tag, 11) || isField(tag, 14)) readDoubles(reader, tag, draft, draft.counts[isField(tag, 11) ? 1 : 0]);
    else if (tag === 130) metric.exemplars.push(readExemplar(reader));
    else reader.skip(tag);
  });
  // A histogram of floats says so by a count that is one.
  draft.whole = !(floats > 0 || zeros > 0);
  if (floats > 0) draft.count = floats;
  if (zeros > 0) draft.zeroCount = zeros;
  metric.count = draft.count;
  metric.sum = draft.sum;
}

const isField = (tag: number, number: number): boolean => Math.floor(tag / 8) === number;

function readBucket(reader: ProtobufReader, metric: ProtobufMetric): void {
  const at = metric.bounds.push(0) - 1;
  metric.values.push(0);
  fields(reader, (tag) => {
    if (tag === 8) metric.values[at] ||= reader.varint();
    else if (tag === 33) metric.values[at] = reader.double() || metric.values[at]!;
    else if (tag === 17) metric.bounds[at] = reader.double();
    else if (tag === 26) metric.bucketExemplars.set(at, readExemplar(reader));
    else reader.skip(tag);
  });
}

function readExemplar(reader: ProtobufReader): OpenMetricsExemplar {
  const labels: Record<string, string> = {};
  let value = 0;
  let time = NaN;
  fields(reader, (tag) => {
    if (tag === 10) readLabel(reader, labels);
    else if (tag === 17) value = reader.double();
    else if (tag === 26) time = readTime(reader);
    else reader.skip(tag);
  });
  return { labels, value, time };
}

/** A `Timestamp` in milliseconds. */
function readTime(reader: ProtobufReader): number {
  let seconds = 0;
  let nanos = 0;
  fields(reader, (tag) => {
    if (tag === 8) seconds = reader.varint();
    else if (tag === 16) nanos = reader.varint();
    else reader.skip(tag);
  });
  return seconds * 1000 + Math.floor(nanos / 1e6);
}

/** A `LabelPair` into the labels. @throws Error where it is not text, or there already */
export function readLabel(reader: ProtobufReader, labels: Record<string, string>): void {
  const { at } = reader;
  let name = '';
  let value = '';
  fields(reader, (tag) => {
    const place = reader.at;
    if (tag === 10) name = reader.text();
    else if (tag === 18) value = reader.text();
    else reader.skip(tag);
    if ((tag === 10 || tag === 18) && !reader.textIsUtf8(place)) throw new Error(`byte ${place}: a label that is not UTF-8`);
  });
  if (name === '' || name === '__proto__')
    throw new Error(`byte ${at}: ${name === '' ? 'a label without a name' : 'the label name __proto__ is not supported'}`);
  if (Object.hasOwn(labels, name)) throw new Error(`byte ${at}: the label '${name.slice(0, 100)}' is given twice`);
  labels[name] = value;
}
