/**
 * `prometheus.Histogram` of remote write 1.0 and `io.prometheus.write.v2.Histogram` of 2.0, which have the same fields: read and written.
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
 */
import type { BucketSpan, Histogram } from '../histogram.ts';
import { finishDraft, newDraft, readDeltas, readDoubles, readSpan, zigzag, type HistogramDraft } from '../histogram/index.ts';
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
/** The sum of a histogram that is a stale marker: the NaN 0x7ff0000000000002. */
const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

interface Draft extends HistogramDraft {
  stale: boolean;
  /** As it was sent. */
  hintNumber: number;
  time: number;
}

/** The words of what stands for a histogram among values: a NaN, or the stale marker where it was one. */
export const placeholderOf = (histogram: Histogram | undefined): readonly [low: number, high: number] =>
  histogram ? [0, 0x7ff80000] : [STALE_LOW, STALE_HIGH];

/** Reads the message at which the reader stands, behind its tag. @throws RangeError when it is no protobuf */
export function readHistogram(reader: ProtobufReader): HistogramMessage {
  const outer = reader.enter();
  const end = reader.end;
  const draft: Draft = { ...newDraft(), stale: false, hintNumber: 0, time: 0 };
  while (!reader.done) readField(reader, draft, reader.tag());
  reader.leave(outer, end);
  if (draft.stale) return { time: draft.time, histogram: undefined, problem: undefined };
  draft.hint = HINTS[draft.hintNumber] ?? 'unknown';
  const { histogram, problem } = finishDraft(draft);
  return { time: draft.time, histogram, problem: draft.hintNumber > 3 ? `its reset hint is ${draft.hintNumber}` : problem };
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
  else if ((number === 8 || number === 11) && type === 2) readSpan(reader, draft, draft.spans[negative]);
  else if (number === 9 || number === 12) readDeltas(reader, tag, draft, draft.deltas[negative]);
  else if (number === 10 || number === 13) readDoubles(reader, tag, draft, draft.counts[negative]);
  else if (number === 14 && type === 0) draft.hintNumber = reader.varint();
  else if (number === 15 && type === 0) draft.time = reader.varint();
  else if (number === 16) readDoubles(reader, tag, draft, draft.bounds);
  else reader.skip(tag);
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
