/** `prometheus.Histogram` with whole counts, which Prometheus keeps otherwise than counts with fractions. */
import type { BucketSpan, Histogram } from '../../../src/monitoring/histogram.ts';
import { field, varint } from '../../../src/monitoring/remote-write/encode-request.ts';

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const int = (number: number, value: number): Buffer => Buffer.concat([varint(number * 8), varint(value)]);
const double = (number: number, value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(number * 8 + 1), bytes]);
};
const spans = (number: number, list: readonly BucketSpan[]): Buffer[] =>
  list.map(({ offset, length }) => field(number, Buffer.concat([int(1, zigzag(offset)), int(2, length)])));
const deltas = (number: number, counts: Float64Array): Buffer =>
  field(number, Buffer.concat([...counts].map((count, i) => varint(zigzag(count - (counts[i - 1] ?? 0))))));

const HINTS = ['unknown', 'reset', 'notReset', 'gauge'] as const;

export const isWhole = ({ count, zeroCount, positiveBuckets, negativeBuckets }: Histogram): boolean =>
  [count, zeroCount, ...positiveBuckets, ...negativeBuckets].every((value) => Number.isSafeInteger(value));

export const encodeWholeHistogram = (histogram: Histogram, time: number): Buffer =>
  Buffer.concat([
    int(1, histogram.count),
    double(3, histogram.sum),
    int(4, zigzag(histogram.schema)),
    double(5, histogram.zeroThreshold),
    int(6, histogram.zeroCount),
    ...spans(8, histogram.negativeSpans),
    deltas(9, histogram.negativeBuckets),
    ...spans(11, histogram.positiveSpans),
    deltas(12, histogram.positiveBuckets),
    int(14, HINTS.indexOf(histogram.resetHint)),
    int(15, time),
  ]);
