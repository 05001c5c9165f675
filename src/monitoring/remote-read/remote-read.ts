import { Readable } from 'node:stream';
import { badRequest, LimitError } from '../../platform/problem.ts';
import { compileMatchers, type QueryEngine } from '../promql/index.ts';
import { decompress } from '../remote-write/index.ts';
import type { Lease, SeriesSource } from '../series.ts';
import { crc32c } from './crc32c.ts';
import { snappyEncode } from './snappy-encode.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { writeChunks, writeSamples, type Span } from './read-answer.ts';
import { readRequest, type ReadQuery } from './read-request.ts';

export interface RemoteReadDeps {
  readonly source: SeriesSource;
  /** Its limits hold here too. */
  readonly settings: Pick<QueryEngine['settings'], 'maxSamples'>;
}

export interface RemoteReadAnswer {
  readonly type: string;
  readonly encoding?: string;
  readonly body: Buffer | Readable;
}

const MOST_REQUEST = 4 * 1024 ** 2;
/** In the form of samples an answer is one message, made whole in memory; Prometheus has the same limit. */
const MOST_SAMPLES = 5_000_000;
const CHUNKED = 'application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse';
const SAMPLED = 'application/x-protobuf';

/** Answers `prometheus.ReadRequest`: chunk by chunk where the asker takes that and there are no native histograms, else as samples. */
export async function remoteRead({ source, settings }: RemoteReadDeps, body: Uint8Array, signal: AbortSignal): Promise<RemoteReadAnswer> {
  const { queries, chunked } = readRequest(decompress(body, MOST_REQUEST));
  const lease = { ended: false };
  let handedOver = false;
  try {
    let left = chunked ? settings.maxSamples : Math.min(settings.maxSamples, MOST_SAMPLES);
    const results: Span[][] = [];
    for (const query of queries) {
      const spans = await select(source, query, left, signal, lease);
      for (const { from, to } of spans) left -= to - from;
      if (left < 0) throw tooMany(settings.maxSamples);
      results.push(spans);
    }
    const histograms = results.some((spans) => spans.some(({ series }) => series.histograms !== undefined));
    if (!chunked || histograms) return { type: SAMPLED, encoding: 'snappy', body: snappyEncode(await writeSamples(results)) };
    handedOver = true;
    return { type: CHUNKED, body: Readable.from(frames(results, lease), { objectMode: false }) };
  } finally {
    if (!handedOver) lease.ended = true;
  }
}

const tooMany = (limit: number): LimitError =>
  new LimitError(413, 'The remote read asks for too many samples: ask for a shorter time or fewer series.', {
    limit,
    setting: 'query.maxSamples',
  });

async function select(source: SeriesSource, query: ReadQuery, maxSamples: number, signal: AbortSignal, lease: Lease): Promise<Span[]> {
  const { matchers, from, to } = query;
  if (to < from) return [];
  const compiled = compileMatchers(matchers);
  if ('problem' in compiled) throw badRequest(`A matcher of the remote read request is wrong: ${compiled.problem}`);
  const found = await source.select(matchers, from, to, { signal, maxSamples, lease });
  const spans: Span[] = [];
  for (const series of found) {
    let first = series.from;
    let end = series.to;
    while (first < end && (series.times[first] as number) < from) first++;
    while (end > first && (series.times[end - 1] as number) > to) end--;
    if (first < end) spans.push({ series, from: first, to: end });
  }
  return inOrder(spans);
}

/** By their labels, as the protocol asks: who merges streams relies on it. */
function inOrder(spans: readonly Span[]): Span[] {
  const keyed = spans.map((span) => ({
    span,
    key: Object.entries(span.series.labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flat(),
  }));
  keyed.sort((a, b) => {
    for (let i = 0; i < a.key.length && i < b.key.length; i++) {
      if (a.key[i] !== b.key[i]) return a.key[i]! < b.key[i]! ? -1 : 1;
    }
    return a.key.length - b.key.length;
  });
  return keyed.map(({ span }) => span);
}

/** Each message after its length (varint) and its CRC-32C (big-endian). */
function* frames(results: readonly (readonly Span[])[], lease: { ended: boolean }): Generator<Buffer> {
  try {
    for (const [query, spans] of results.entries()) {
      for (const span of spans) {
        const message = writeChunks(span, query);
        const head = new ProtobufWriter(16);
        head.varint(message.length);
        const crc = Buffer.alloc(4);
        crc.writeUInt32BE(crc32c(message));
        yield Buffer.concat([head.done(), crc, message]);
      }
    }
  } finally {
    lease.ended = true;
  }
}
