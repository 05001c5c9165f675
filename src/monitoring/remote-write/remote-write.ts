import type { Clock } from '../../platform/clock.ts';
import { badRequest, LimitError, Problem } from '../../platform/problem.ts';
import type { SampleSink } from '../series.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';
import { LabelCache } from '../label-cache.ts';
import { DEFAULT_LABEL_LIMITS, type LabelLimits } from '../label-limits.ts';
import { writeMessageOf } from './negotiate.ts';
import { SampleScratch } from './sample-scratch.ts';
import { SnappyDecoder, snappySize } from './snappy.ts';
import { WriteRequestReader, type Findings } from './write-request.ts';

/** Settings of remote write, under `intake:` in nines.yaml. */
export interface RemoteWriteSettings extends LabelLimits {
  /** The most bytes of a request once decompressed. */
  readonly maxBody: number;
  /** Memory for known label bytes. */
  readonly labelCache: number;
  /** Samples older than this (milliseconds) are refused: as long as the store keeps them. */
  readonly retention: number;
}

export const DEFAULT_REMOTE_WRITE_SETTINGS: RemoteWriteSettings = {
  ...DEFAULT_LABEL_LIMITS,
  maxBody: 32 * 1024 ** 2,
  labelCache: 128 * 1024 ** 2,
  retention: 30 * 86_400_000,
};

export interface RemoteWriteAnswer {
  /** 204 when all was stored. */
  readonly status: number;
  /** What to answer with a status from 400; what was good in the request is stored all the same. */
  readonly problem?: Problem;
  /** Samples stored. */
  readonly samples: number;
  readonly exemplars: number;
  readonly histograms: number;
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
/** `from`: the way in for whoever sent it, where that is known. */
export type RemoteWrite = (body: Uint8Array, headers: Headers, from?: SampleSink) => Promise<RemoteWriteAnswer>;

/** Series read in one turn of the event loop. */
const SERIES_PER_TURN = 20_000;
/** Requests that take no more than this, as they come and decompressed, share a decoder's memory, and are read in one turn. */
export const SHARED_BYTES = 1024 ** 2;

/**
 * Takes Prometheus remote write 1.0 requests. As Prometheus does, it stores what is good in a request and answers 400 with what was
 * not: senders don't send a 4xx again, and do after a 429 or a 5xx.
 */
export function createRemoteWrite(options: { sink: SampleSink; clock: Clock; settings?: Partial<RemoteWriteSettings> }): RemoteWrite {
  const { clock } = options;
  const settings = { ...DEFAULT_REMOTE_WRITE_SETTINGS, ...options.settings };
  const cache = new LabelCache(settings.labelCache);
  const shared = new SnappyDecoder(SHARED_BYTES);
  const scratch = new SampleScratch();
  return async (body, headers, sink = options.sink) => {
    try {
      writeMessageOf(headers);
      const bytes = decompress(body, settings.maxBody, shared);
      const now = clock.now();
      const bounds = { oldest: now - settings.retention, newest: now + FURTHEST_AHEAD_MS };
      const atOnce = shared.owns(bytes);
      const reader = new WriteRequestReader(bytes, sink, cache, settings, bounds, atOnce ? scratch : new SampleScratch());
      if (atOnce) readAll(reader);
      else while (readPart(reader, SERIES_PER_TURN)) await new Promise((next) => setImmediate(next));
      const columns = reader.columns();
      if (reader.metadata.length > 0) sink.describe(reader.metadata);
      // Before the samples: what those are stored with survives with them.
      if (reader.exemplars.length > 0) sink.exemplars?.(reader.exemplars);
      if (columns.ids.length > 0) await sink.append(columns);
      return answerOf(reader.findings, columns.ids.length, columns.histograms?.size ?? 0, reader.findings.exemplars);
    } catch (error) {
      if (error instanceof Problem) return { status: error.status, problem: error, samples: 0, exemplars: 0, histograms: 0 };
      throw error;
    }
  };
}

/** @param shared decodes what is small, until it decodes the next: see `owns`. */
export function decompress(body: Uint8Array, maxBody: number, shared?: SnappyDecoder): Uint8Array {
  const size = snappySize(body);
  if (size < 0) throw badRequest('The body is not compressed with snappy (block format).');
  if (size > maxBody)
    throw new LimitError(413, `The body has ${size} bytes when decompressed.`, { limit: maxBody, setting: 'intake.maxBody' });
  // No block grows more than this: what says so is a lie that would take the memory.
  if (size > body.length * 64 + 64)
    throw badRequest(`The body says it has ${size} bytes when decompressed, which ${body.length} bytes can't hold.`);
  const decoder = shared?.fits(body.length, size) ? shared : new SnappyDecoder(body.length + size);
  const bytes = decoder.decode(body, size);
  if (!bytes) throw badRequest('The body is damaged: it does not decompress.');
  return bytes;
}

function readAll(reader: WriteRequestReader): void {
  while (readPart(reader, Number.MAX_SAFE_INTEGER));
}

function readPart(reader: WriteRequestReader, series: number): boolean {
  try {
    return reader.readSome(series);
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`The body is no remote write request: ${error.message}.`);
    throw error;
  }
}

/** What either version of the protocol answers. `all`: samples stored, native histograms among them. */
export function answerOf(
  findings: Pick<Findings, 'series' | 'badSeries' | 'outOfBounds' | 'badHistograms' | 'limit' | 'wrong'>,
  all: number,
  histograms: number,
  exemplars: number,
): RemoteWriteAnswer {
  const { badHistograms, badSeries, outOfBounds, limit } = findings;
  const counts = { samples: all - histograms, exemplars, histograms };
  if (limit) return { status: limit.status, problem: limit, ...counts };
  const wrong: string[] = [];
  if (badHistograms > 0) wrong.push(`${badHistograms} native histograms were left out`);
  if (badSeries > 0) wrong.push(`${badSeries} of ${findings.series} series were left out`);
  if (outOfBounds > 0) wrong.push(`${outOfBounds} samples were left out`);
  if (wrong.length === 0) return { status: 204, ...counts };
  const detail = `${[...wrong, ...new Set(findings.wrong)].join('; ')}. The other ${all} samples are stored.`;
  return { status: 400, problem: badRequest(detail, { badSeries, outOfBounds, badHistograms, stored: all }), ...counts };
}
