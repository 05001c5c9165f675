import { Breath } from '../../platform/columns/index.ts';
import type { Labels, Series } from '../series.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { encodeXorChunk, SAMPLES_PER_CHUNK } from './xor-chunk.ts';
import { encodeHistogramMessage } from '../remote-write/index.ts';

/**
 * Answers of remote read, in both of its forms.
 * Source: https://github.com/prometheus/prometheus/blob/main/prompb/remote.proto and types.proto
 */

/** `from` and `to` of a series, cut to the query's times. */
export interface Span {
  readonly series: Series;
  readonly from: number;
  readonly to: number;
}

const wordsOf = (values: Float64Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length * 2);

/** Sorted by name, as the protocol asks. */
function writeLabels(out: ProtobufWriter, labels: Labels): void {
  for (const name of Object.keys(labels).sort()) {
    const label = new ProtobufWriter();
    label.text(1, name);
    label.text(2, labels[name] ?? '');
    out.bytes(1, label.done());
  }
}

/** `prometheus.ReadResponse` of the results of each query. */
export async function writeSamples(results: readonly (readonly Span[])[]): Promise<Buffer> {
  const out = new ProtobufWriter();
  const breath = new Breath();
  for (const spans of results) {
    const result = new ProtobufWriter();
    for (const { series, from, to } of spans) {
      if (breath.due) await breath.take();
      const one = new ProtobufWriter();
      writeLabels(one, series.labels);
      const words = wordsOf(series.values);
      for (let i = from; i < to; i++) {
        const time = series.times[i] as number;
        const histogram = series.histograms?.[i];
        if (histogram === undefined) writeSample(one, time, words[2 * i] as number, words[2 * i + 1] as number);
        else one.bytes(4, encodeHistogramMessage(histogram, time));
      }
      result.bytes(1, one.done());
    }
    out.bytes(1, result.done());
  }
  return out.done();
}

function writeSample(out: ProtobufWriter, time: number, low: number, high: number): void {
  const sample = new ProtobufWriter(32);
  sample.varint(9);
  sample.double(low, high);
  sample.varint(16);
  sample.varint(time);
  out.bytes(2, sample.done());
}

const XOR = 1;

/** `prometheus.ChunkedReadResponse` of one series. */
export function writeChunks({ series, from, to }: Span, query: number): Buffer {
  const words = wordsOf(series.values);
  const one = new ProtobufWriter();
  writeLabels(one, series.labels);
  for (let first = from; first < to; first += SAMPLES_PER_CHUNK) {
    const end = Math.min(to, first + SAMPLES_PER_CHUNK);
    const chunk = new ProtobufWriter();
    chunk.varint(8);
    chunk.varint(series.times[first] as number);
    chunk.varint(16);
    chunk.varint(series.times[end - 1] as number);
    chunk.varint(24);
    chunk.varint(XOR);
    chunk.bytes(4, encodeXorChunk(series.times, words, first, end));
    one.bytes(2, chunk.done());
  }
  const response = new ProtobufWriter();
  response.bytes(1, one.done());
  response.varint(16);
  response.varint(query);
  return response.done();
}
