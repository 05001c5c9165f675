/** Reads the data points of OTLP metrics, field by field, into one reused object each: a point is used before the next is read. */
import type { ProtobufReader } from '../protobuf-reader.ts';
import { double, milliseconds, signed64, unsigned64, zigzag } from './attributes.ts';

/** Where a point's attributes stand; `together` where nothing else stands between them. */
export interface AttributeRange {
  from: number;
  to: number;
  together: boolean;
}

interface AnyPoint {
  readonly attributes: AttributeRange;
  /** Milliseconds since the epoch; 0 when unknown. */
  start: number;
  time: number;
  /** There is no value from this time on. */
  absent: boolean;
  /** Where each exemplar stands: from, to, from, to, … */
  exemplars: number[];
}

export interface NumberPoint extends AnyPoint {
  value: number;
}

export interface HistogramPoint extends AnyPoint {
  count: number;
  sum: number;
  hasSum: boolean;
  counts: number[];
  bounds: number[];
  /** Where the boundaries stand: from, to. */
  boundsFrom: number;
  boundsTo: number;
}

export interface ExponentialHistogramPoint extends AnyPoint {
  count: number;
  sum: number;
  scale: number;
  zeroCount: number;
  zeroThreshold: number;
  positive: { offset: number; counts: number[] };
  negative: { offset: number; counts: number[] };
}

export interface SummaryPoint extends AnyPoint {
  count: number;
  sum: number;
  quantiles: number[];
  values: number[];
}

const MOST_EXEMPLARS = 100;
const MOST_BUCKETS = 20_000;
const anyPoint = (): AnyPoint => ({ attributes: { from: 0, to: 0, together: true }, start: 0, time: 0, absent: false, exemplars: [] });

export const newNumberPoint = (): NumberPoint => ({ ...anyPoint(), value: 0 });

function reset(point: AnyPoint): void {
  point.attributes.from = 0;
  point.attributes.to = 0;
  point.attributes.together = true;
  point.start = 0;
  point.time = 0;
  point.absent = false;
  if (point.exemplars.length > 0) point.exemplars = [];
}

function noteAttribute(range: AttributeRange, before: number, after: number): void {
  if (range.to === 0) range.from = before;
  else if (range.to !== before) range.together = false;
  range.to = after;
}

function noteExemplar(reader: ProtobufReader, point: AnyPoint): void {
  const outer = reader.enter();
  const from = reader.at;
  reader.skipToEnd();
  if (point.exemplars.length < MOST_EXEMPLARS * 2) point.exemplars.push(from, reader.at);
  reader.leave(outer, reader.at);
}

/** NumberDataPoint. */
export function readNumberPoint(reader: ProtobufReader, point: NumberPoint): void {
  reset(point);
  point.value = NaN;
  const outer = reader.enter();
  while (!reader.done) {
    const before = reader.at;
    const tag = reader.tag();
    if (tag === 58) {
      reader.skip(tag);
      noteAttribute(point.attributes, before, reader.at);
    } else if (tag === 25) point.time = milliseconds(reader);
    else if (tag === 33) point.value = double(reader);
    else if (tag === 49) point.value = signed64(reader);
    else if (tag === 17) point.start = milliseconds(reader);
    else if (tag === 64) point.absent = reader.varint() % 2 === 1;
    else if (tag === 42) noteExemplar(reader, point);
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
}

/** HistogramDataPoint. */
export function readHistogramPoint(reader: ProtobufReader): HistogramPoint {
  const point: HistogramPoint = { ...anyPoint(), count: 0, sum: 0, hasSum: false, counts: [], bounds: [], boundsFrom: 0, boundsTo: 0 };
  const outer = reader.enter();
  while (!reader.done) {
    const before = reader.at;
    const tag = reader.tag();
    if (tag === 74) {
      reader.skip(tag);
      noteAttribute(point.attributes, before, reader.at);
    } else if (tag === 25) point.time = milliseconds(reader);
    else if (tag === 33) point.count = unsigned64(reader);
    else if (tag === 41) {
      point.sum = double(reader);
      point.hasSum = true;
    } else if (tag === 50) packed(reader, point.counts, unsigned64);
    else if (tag === 49) point.counts.push(unsigned64(reader));
    else if (tag === 58 || tag === 57) {
      if (point.boundsTo === 0) point.boundsFrom = before;
      if (tag === 58) packed(reader, point.bounds, double);
      else point.bounds.push(double(reader));
      point.boundsTo = reader.at;
    } else if (tag === 17) point.start = milliseconds(reader);
    else if (tag === 80) point.absent = reader.varint() % 2 === 1;
    else if (tag === 66) noteExemplar(reader, point);
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return point;
}

/** ExponentialHistogramDataPoint. */
export function readExponentialPoint(reader: ProtobufReader): ExponentialHistogramPoint {
  const empty = () => ({ offset: 0, counts: [] });
  const point: ExponentialHistogramPoint = {
    ...anyPoint(),
    count: 0,
    sum: 0,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: empty(),
    negative: empty(),
  };
  const outer = reader.enter();
  while (!reader.done) {
    const before = reader.at;
    const tag = reader.tag();
    if (tag === 10) {
      reader.skip(tag);
      noteAttribute(point.attributes, before, reader.at);
    } else if (tag === 17) point.start = milliseconds(reader);
    else if (tag === 25) point.time = milliseconds(reader);
    else if (tag === 33) point.count = unsigned64(reader);
    else if (tag === 41) point.sum = double(reader);
    else if (tag === 48) point.scale = zigzag(reader);
    else if (tag === 57) point.zeroCount = unsigned64(reader);
    else if (tag === 66) point.positive = readBuckets(reader);
    else if (tag === 74) point.negative = readBuckets(reader);
    else if (tag === 80) point.absent = reader.varint() % 2 === 1;
    else if (tag === 90) noteExemplar(reader, point);
    else if (tag === 113) point.zeroThreshold = double(reader);
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return point;
}

function readBuckets(reader: ProtobufReader): { offset: number; counts: number[] } {
  const buckets = { offset: 0, counts: [] as number[] };
  const outer = reader.enter();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 8) buckets.offset = zigzag(reader);
    else if (tag === 18) packed(reader, buckets.counts, (at) => at.varint());
    else if (tag === 16) buckets.counts.push(reader.varint());
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return buckets;
}

/** SummaryDataPoint. */
export function readSummaryPoint(reader: ProtobufReader): SummaryPoint {
  const point: SummaryPoint = { ...anyPoint(), count: 0, sum: 0, quantiles: [], values: [] };
  const outer = reader.enter();
  while (!reader.done) {
    const before = reader.at;
    const tag = reader.tag();
    if (tag === 58) {
      reader.skip(tag);
      noteAttribute(point.attributes, before, reader.at);
    } else if (tag === 17) point.start = milliseconds(reader);
    else if (tag === 25) point.time = milliseconds(reader);
    else if (tag === 33) point.count = unsigned64(reader);
    else if (tag === 41) point.sum = double(reader);
    else if (tag === 50) readQuantile(reader, point);
    else if (tag === 64) point.absent = reader.varint() % 2 === 1;
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return point;
}

function readQuantile(reader: ProtobufReader, point: SummaryPoint): void {
  const outer = reader.enter();
  let quantile = 0;
  let value = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 9) quantile = double(reader);
    else if (tag === 17) value = double(reader);
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  point.quantiles.push(quantile);
  point.values.push(value);
}

function packed(reader: ProtobufReader, into: number[], read: (reader: ProtobufReader) => number): void {
  const outer = reader.enter();
  while (!reader.done) {
    if (into.length >= MOST_BUCKETS) throw new RangeError(`byte ${reader.at} is in a histogram of more than ${MOST_BUCKETS} buckets`);
    into.push(read(reader));
  }
  reader.leave(outer, reader.at);
}
