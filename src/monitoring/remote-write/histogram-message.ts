/**
 * `prometheus.Histogram` of remote write 1.0 and `io.prometheus.write.v2.Histogram` of 2.0, which have the same fields: read and written.
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
 */
import type { BucketSpan, Histogram } from '../histogram.ts';
import { CUSTOM, HIGHEST_SCHEMA, histogramProblem, loosen, MOST_BUCKETS, tighten, toSchema } from '../histogram/index.ts';
import type { ProtobufReader } from '../protobuf-reader.ts';

export interface HistogramMessage {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Undefined: the series ends here, as a stale marker says. */
  readonly histogram: Histogram | undefined;
  /** What is wrong with the histogram; nothing of it may be stored then. */
  readonly problem: string | undefined;
}

const HINTS = ['unknown', 'reset', 'notReset', 'gauge'] as const;
/** Finer resolution than the highest schema is reduced to it, as Prometheus does, up to this one. */
const FINEST_SCHEMA = 52;
/** The sum of a histogram that is a stale marker: the NaN 0x7ff0000000000002. */
const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

interface Draft {
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  count: number;
  sum: number;
  whole: boolean;
  stale: boolean;
  tooMany: boolean;
  hint: number;
  time: number;
  readonly spans: readonly [BucketSpan[], BucketSpan[]];
  readonly deltas: readonly [number[], number[]];
  readonly counts: readonly [number[], number[]];
  readonly bounds: number[];
}

/** The words of what stands for a histogram among values: a NaN, or the stale marker where it was one. */
export const placeholderOf = (histogram: Histogram | undefined): readonly [low: number, high: number] =>
  histogram ? [0, 0x7ff80000] : [STALE_LOW, STALE_HIGH];

/** Reads the message at which the reader stands, behind its tag. @throws RangeError when it is no protobuf */
export function readHistogram(reader: ProtobufReader): HistogramMessage {
  const outer = reader.enter();
  const end = reader.end;
  const draft: Draft = {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: 0,
    sum: 0,
    whole: false,
    stale: false,
    tooMany: false,
    hint: 0,
    time: 0,
    spans: [[], []],
    deltas: [[], []],
    counts: [[], []],
    bounds: [],
  };
  while (!reader.done) readField(reader, draft, reader.tag());
  reader.leave(outer, end);
  if (draft.stale) return { time: draft.time, histogram: undefined, problem: undefined };
  if (draft.tooMany)
    return { time: draft.time, histogram: undefined, problem: `it has more buckets, and at most ${MOST_BUCKETS} are taken` };
  const histogram = histogramOf(draft);
  const problem = draft.hint > 3 ? `its reset hint is ${draft.hint}` : histogramProblem(histogram, draft.whole);
  return { time: draft.time, histogram, problem };
}

function readField(reader: ProtobufReader, draft: Draft, tag: number): void {
  const type = tag & 7;
  const number = Math.floor(tag / 8);
  const negative = number < 11 ? 1 : 0;
  if (number === 1 && type === 0) {
    draft.count = reader.varint();
    draft.whole = true;
  } else if (number === 2 && type === 1) draft.count = reader.double();
  else if (number === 3 && type === 1) {
    const { view, at } = reader;
    draft.sum = reader.double();
    draft.stale = draft.sum !== draft.sum && view.getUint32(at, true) === STALE_LOW && view.getUint32(at + 4, true) === STALE_HIGH;
  } else if (number === 4 && type === 0) draft.schema = zigzag(reader.varint());
  else if (number === 5 && type === 1) draft.zeroThreshold = reader.double();
  else if (number === 6 && type === 0) draft.zeroCount = reader.varint();
  else if (number === 7 && type === 1) draft.zeroCount = reader.double();
  else if ((number === 8 || number === 11) && type === 2) keep(draft, draft.spans[negative], readSpan(reader));
  else if (number === 9 || number === 12) each(reader, tag, 0, () => keep(draft, draft.deltas[negative], zigzag(reader.varint())));
  else if (number === 10 || number === 13) each(reader, tag, 1, () => keep(draft, draft.counts[negative], reader.double()));
  else if (number === 14 && type === 0) draft.hint = reader.varint();
  else if (number === 15 && type === 0) draft.time = reader.varint();
  else if (number === 16) each(reader, tag, 1, () => keep(draft, draft.bounds, reader.double()));
  else reader.skip(tag);
}

function keep<T>(draft: Draft, list: T[], item: T): void {
  if (list.length <= MOST_BUCKETS) list.push(item);
  else draft.tooMany = true;
}

/** -1 is a varint of ten bytes: a number that no reader can hold exactly. */
const zigzag = (value: number): number => (value < 0 ? NaN : value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** A repeated field of numbers: packed, or one of them. */
function each(reader: ProtobufReader, tag: number, type: number, read: () => void): void {
  if ((tag & 7) === type) read();
  else if ((tag & 7) === 2) {
    const outer = reader.enter();
    while (!reader.done) read();
    reader.leave(outer, reader.at);
  } else reader.skip(tag);
}

function readSpan(reader: ProtobufReader): BucketSpan {
  const outer = reader.enter();
  let offset = 0;
  let length = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 8) offset = zigzag(reader.varint());
    else if (tag === 16) length = reader.varint();
    else reader.skip(tag);
  }
  reader.leave(outer, reader.at);
  return { offset, length };
}

function histogramOf({ schema, spans, deltas, counts, bounds, hint, whole, ...rest }: Draft): Histogram {
  const side = (at: 0 | 1): Float64Array => {
    if (!whole) return Float64Array.from(counts[at]);
    let count = 0;
    return Float64Array.from(deltas[at], (delta) => (count += delta));
  };
  const histogram: Histogram = {
    schema,
    zeroThreshold: rest.zeroThreshold,
    zeroCount: rest.zeroCount,
    count: rest.count,
    sum: rest.sum,
    positiveSpans: spans[0],
    positiveBuckets: side(0),
    negativeSpans: spans[1],
    negativeBuckets: side(1),
    customValues: schema === CUSTOM || bounds.length > 0 ? bounds : undefined,
    resetHint: HINTS[hint] ?? 'unknown',
  };
  if (schema <= HIGHEST_SCHEMA || schema > FINEST_SCHEMA) return histogram;
  const coarse = { ...histogram, schema: HIGHEST_SCHEMA };
  if (histogramProblem(coarse, whole) !== undefined) return coarse;
  return tighten(toSchema(loosen(histogram), HIGHEST_SCHEMA));
}

/** The message's content, with float counts. */
export function encodeHistogramMessage(histogram: Histogram, time: number): Buffer {
  const { positiveSpans, positiveBuckets, negativeSpans, negativeBuckets, customValues = [] } = histogram;
  return Buffer.concat([
    double(2, histogram.count),
    double(3, histogram.sum),
    varintField(4, histogram.schema < 0 ? -2 * histogram.schema - 1 : 2 * histogram.schema),
    double(5, histogram.zeroThreshold),
    double(7, histogram.zeroCount),
    ...negativeSpans.map((span) => bytesField(8, spanMessage(span))),
    doubles(10, negativeBuckets),
    ...positiveSpans.map((span) => bytesField(11, spanMessage(span))),
    doubles(13, positiveBuckets),
    varintField(14, HINTS.indexOf(histogram.resetHint)),
    varintField(15, time),
    doubles(16, customValues),
  ]);
}

const spanMessage = ({ offset, length }: BucketSpan): Buffer =>
  Buffer.concat([varintField(1, offset < 0 ? -2 * offset - 1 : 2 * offset), varintField(2, length)]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

const varintField = (number: number, value: number): Buffer =>
  value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(number * 8), varint(value)]);
const bytesField = (number: number, content: Buffer): Buffer => Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);

function double(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(number * 8 + 1), bytes]);
}

function doubles(number: number, values: ArrayLike<number>): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const bytes = Buffer.alloc(values.length * 8);
  for (let i = 0; i < values.length; i++) bytes.writeDoubleLE(values[i]!, i * 8);
  return bytesField(number, bytes);
}
