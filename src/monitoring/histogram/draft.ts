/**
 * A native histogram as protobuf has it, field by field: spans, and counts either as floats or as differences of integers. Remote write
 * and the exposition format number their fields differently, and mean the same by them.
 */
import type { BucketSpan, Histogram } from '../histogram.ts';
import type { ProtobufReader } from '../protobuf-reader.ts';
import { toSchema } from './align.ts';
import { CUSTOM, HIGHEST_SCHEMA } from './bounds.ts';
import { loosen, tighten } from './make.ts';
import { histogramProblem, MOST_BUCKETS } from './validate.ts';

/** Finer resolution than the highest schema is reduced to it, as Prometheus does, up to this one. */
const FINEST_SCHEMA = 52;

export interface HistogramDraft {
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  count: number;
  sum: number;
  /** Its counts are integers: buckets are `deltas`, and must add up. */
  whole: boolean;
  tooMany: boolean;
  hint: Histogram['resetHint'];
  /** Positive, negative. */
  readonly spans: readonly [BucketSpan[], BucketSpan[]];
  readonly deltas: readonly [number[], number[]];
  readonly counts: readonly [number[], number[]];
  readonly bounds: number[];
}

export const newDraft = (): HistogramDraft => ({
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  whole: false,
  tooMany: false,
  hint: 'unknown',
  spans: [[], []],
  deltas: [[], []],
  counts: [[], []],
  bounds: [],
});

function keep<T>(draft: HistogramDraft, list: T[], item: T): void {
  if (list.length <= MOST_BUCKETS) list.push(item);
  else draft.tooMany = true;
}

/** -1 is a varint of ten bytes: a number that no reader can hold exactly. */
export const zigzag = (value: number): number => (value < 0 ? NaN : value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** Repeated `sint64`: packed, or one of them. */
export function readDeltas(reader: ProtobufReader, tag: number, draft: HistogramDraft, list: number[]): void {
  each(reader, tag, 0, () => keep(draft, list, zigzag(reader.varint())));
}

/** Repeated `double`: packed, or one of them. */
export function readDoubles(reader: ProtobufReader, tag: number, draft: HistogramDraft, list: number[]): void {
  each(reader, tag, 1, () => keep(draft, list, reader.double()));
}

function each(reader: ProtobufReader, tag: number, type: number, read: () => void): void {
  if ((tag & 7) === type) read();
  else if ((tag & 7) === 2) {
    const outer = reader.enter();
    while (!reader.done) read();
    reader.leave(outer, reader.at);
  } else reader.skip(tag);
}

export function readSpan(reader: ProtobufReader, draft: HistogramDraft, list: BucketSpan[]): void {
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
  keep(draft, list, { offset, length });
}

/** The histogram that was drafted, and what is wrong with it; nothing of it may be stored then. */
export function finishDraft(draft: HistogramDraft): { readonly histogram: Histogram | undefined; readonly problem: string | undefined } {
  if (draft.tooMany) return { histogram: undefined, problem: `it has more buckets, and at most ${MOST_BUCKETS} are taken` };
  const histogram = histogramOf(draft);
  return { histogram, problem: histogramProblem(histogram, draft.whole) };
}

function histogramOf({ schema, spans, deltas, counts, bounds, hint, whole, ...rest }: HistogramDraft): Histogram {
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
    resetHint: hint,
  };
  if (schema <= HIGHEST_SCHEMA || schema > FINEST_SCHEMA) return histogram;
  const coarse = { ...histogram, schema: HIGHEST_SCHEMA };
  if (histogramProblem(coarse, whole) !== undefined) return coarse;
  return tighten(toSchema(loosen(histogram), HIGHEST_SCHEMA));
}
