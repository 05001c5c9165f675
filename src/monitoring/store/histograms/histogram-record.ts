import type { Histogram } from '../../histogram.ts';
import { encodeHistogram } from '../../histogram/index.ts';
import type { SampleColumns } from '../../series.ts';

/** A sample that is a histogram has this NaN (0x7ff8000000000053) for a value, as little-endian words; the histogram stands elsewhere. */
const MARKER_LOW = 0x53;
const MARKER_HIGH = 0x7ff80000;

/** One of a log's histograms, encoded. */
export interface HistogramEntry {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly data: Buffer;
}

/** The columns with a marker for the value of each histogram. */
export function markHistograms(columns: SampleColumns, histograms: ReadonlyMap<number, Histogram>): SampleColumns {
  const words = new Uint32Array(columns.values.buffer, columns.values.byteOffset, columns.values.length * 2).slice();
  for (const i of histograms.keys()) {
    words[2 * i] = MARKER_LOW;
    words[2 * i + 1] = MARKER_HIGH;
  }
  return { ...columns, values: new Float64Array(words.buffer) };
}

/** `u32 series · u32 length · f64 time · bytes` each, for a log record. */
export function encodeHistograms({ ids, times }: Pick<SampleColumns, 'ids' | 'times'>, histograms: ReadonlyMap<number, Histogram>): Buffer {
  const parts: Buffer[] = [];
  for (const [i, histogram] of histograms) {
    const data = encodeHistogram(histogram);
    const head = Buffer.alloc(16);
    head.writeUInt32LE(ids[i] as number, 0);
    head.writeUInt32LE(data.length, 4);
    head.writeDoubleLE(times[i] as number, 8);
    parts.push(head, data);
  }
  return Buffer.concat(parts);
}

export function parseHistograms(payload: Buffer): HistogramEntry[] {
  const entries: HistogramEntry[] = [];
  for (let at = 0; at + 16 <= payload.length;) {
    const length = payload.readUInt32LE(at + 4);
    const data = payload.subarray(at + 16, at + 16 + length);
    entries.push({ id: payload.readUInt32LE(at), time: payload.readDoubleLE(at + 8), data });
    at += 16 + length;
  }
  return entries;
}
