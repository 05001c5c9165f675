/**
 * Histograms as bytes, for the log and the column store: a byte of what follows, the schema as a byte, zero threshold, zero count, count
 * and sum (f64, little-endian), then spans and buckets of both sides and the custom boundaries, each behind its number. Whole counts are
 * differences as zigzag varints, others f64.
 */
import type { BucketSpan, Histogram } from '../histogram.ts';

const HINTS = ['unknown', 'reset', 'notReset', 'gauge'] as const;
const WHOLE = 4;
const FORMAT = 1 << 4;
const HEAD = 34;

export function encodeHistogram(histogram: Histogram): Buffer {
  const { positiveSpans, positiveBuckets, negativeSpans, negativeBuckets, customValues = [] } = histogram;
  const most = positiveSpans.length + negativeSpans.length + positiveBuckets.length + negativeBuckets.length + customValues.length;
  const out = new Writer(HEAD + 20 * (most + 5));
  const whole = [...positiveBuckets, ...negativeBuckets].every((count) => Number.isInteger(count) && Math.abs(count) < 2 ** 50);
  out.byte(FORMAT | (whole ? WHOLE : 0) | HINTS.indexOf(histogram.resetHint));
  out.byte(histogram.schema & 255);
  for (const value of [histogram.zeroThreshold, histogram.zeroCount, histogram.count, histogram.sum]) out.double(value);
  writeSide(out, positiveSpans, positiveBuckets, whole);
  writeSide(out, negativeSpans, negativeBuckets, whole);
  out.varint(customValues.length);
  for (const bound of customValues) out.double(bound);
  return out.done();
}

function writeSide(out: Writer, spans: readonly BucketSpan[], buckets: Float64Array, whole: boolean): void {
  out.varint(spans.length);
  for (const { offset, length } of spans) {
    out.zigzag(offset);
    out.varint(length);
  }
  let before = 0;
  for (const count of buckets) {
    if (whole) out.zigzag(count - before);
    else out.double(count);
    before = count;
  }
}

/** @throws RangeError where the bytes are no histogram */
export function decodeHistogram(bytes: Buffer): Histogram {
  const input = new Reader(bytes);
  const flags = input.byte();
  if (flags >> 4 !== 1) throw new RangeError('no histogram');
  const schema = (input.byte() << 24) >> 24;
  const [zeroThreshold, zeroCount, count, sum] = [input.double(), input.double(), input.double(), input.double()];
  const whole = (flags & WHOLE) !== 0;
  const positive = readSide(input, whole);
  const negative = readSide(input, whole);
  const bounds = Array.from({ length: input.length(8) }, () => input.double());
  return {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    sum,
    positiveSpans: positive.spans,
    positiveBuckets: positive.buckets,
    negativeSpans: negative.spans,
    negativeBuckets: negative.buckets,
    customValues: schema === -53 ? bounds : undefined,
    resetHint: HINTS[flags & 3]!,
  };
}

function readSide(input: Reader, whole: boolean): { spans: readonly BucketSpan[]; buckets: Float64Array } {
  const spans: BucketSpan[] = [];
  let total = 0;
  for (let left = input.length(2); left > 0; left--) {
    const offset = input.zigzag();
    const length = input.length(0);
    total += length;
    spans.push({ offset, length });
  }
  input.check(total * (whole ? 1 : 8));
  const buckets = new Float64Array(total);
  let before = 0;
  for (let i = 0; i < total; i++) {
    before = whole ? before + input.zigzag() : input.double();
    buckets[i] = before;
  }
  return { spans, buckets };
}

class Writer {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(most: number) {
    this.#bytes = Buffer.allocUnsafe(most);
  }

  byte(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  double(value: number): void {
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
    this.byte(rest);
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Throws unless so many bytes are left. */
  check(bytes: number): void {
    if (bytes > this.#bytes.length - this.#at) throw new RangeError('a histogram ends too early');
  }

  byte(): number {
    this.check(1);
    return this.#bytes[this.#at++]!;
  }

  double(): number {
    this.check(8);
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new RangeError('a histogram has a number that is too long');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** How many things follow that take at least so many bytes each. */
  length(bytesEach: number): number {
    const length = this.varint();
    this.check(length * bytesEach);
    return length;
  }
}
