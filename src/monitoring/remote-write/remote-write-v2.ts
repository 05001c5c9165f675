import type { Clock } from '../../platform/clock.ts';
import { badRequest, Problem } from '../../platform/problem.ts';
import type { SampleSink } from '../series.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';
import {
  answerOf,
  DEFAULT_REMOTE_WRITE_SETTINGS,
  decompress,
  SHARED_BYTES,
  type RemoteWriteAnswer,
  type RemoteWriteSettings,
} from './remote-write.ts';
import { KnownSeries, RequestV2Reader } from './request-v2.ts';
import { SampleScratch } from './sample-scratch.ts';
import { SnappyDecoder } from './snappy.ts';

/** Series read in one turn of the event loop. */
const SERIES_PER_TURN = 20_000;

/**
 * Takes Prometheus remote write 2.0 requests (snappy-compressed `io.prometheus.write.v2.Request`). What is good in a request is stored,
 * and 400 says what was not: senders don't send a 4xx again, and do after a 429 or a 5xx.
 * Source: https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/
 */
export function createRemoteWriteV2(options: {
  sink: SampleSink;
  clock: Clock;
  settings?: Partial<RemoteWriteSettings>;
}): (body: Uint8Array, from?: SampleSink) => Promise<RemoteWriteAnswer> {
  const { clock } = options;
  const settings = { ...DEFAULT_REMOTE_WRITE_SETTINGS, ...options.settings };
  const known = new KnownSeries(settings.labelCache);
  const shared = new SnappyDecoder(SHARED_BYTES);
  const sharedScratch = new SampleScratch();
  return async (body, sink = options.sink) => {
    try {
      const bytes = decompress(body, settings.maxBody, shared);
      const now = clock.now();
      const bounds = { oldest: now - settings.retention, newest: now + FURTHEST_AHEAD_MS };
      const atOnce = shared.owns(bytes);
      const scratch = atOnce ? sharedScratch : new SampleScratch();
      known.refresh();
      const reader = checked(() => new RequestV2Reader(bytes, { sink, known, limits: settings, bounds, scratch }));
      const turn = atOnce ? Number.MAX_SAFE_INTEGER : SERIES_PER_TURN;
      while (checked(() => reader.readSome(turn))) await new Promise((next) => setImmediate(next));
      const { samples } = reader;
      const columns = reader.columns();
      if (reader.metadata.length > 0) sink.describe(reader.metadata);
      // Before the samples: what those are stored with survives with them.
      if (reader.exemplars.length > 0) sink.exemplars?.(reader.exemplars);
      if (columns.ids.length > 0) await sink.append(columns);
      const histograms = columns.histograms?.size ?? 0;
      return answerOf(reader.findings, samples, histograms, sink.exemplars ? reader.exemplars.length : 0);
    } catch (error) {
      if (error instanceof Problem) return { status: error.status, problem: error, samples: 0, exemplars: 0, histograms: 0 };
      throw error;
    }
  };
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`The body is no remote write 2.0 request: ${error.message}.`);
    throw error;
  }
}
