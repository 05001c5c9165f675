import type { Clock } from '../../platform/clock.ts';
import { badRequest, LimitError, Problem } from '../../platform/problem.ts';
import type { LabelLimits } from '../label-limits.ts';
import { ProtobufReader } from '../protobuf-reader.ts';
import type { SinkFor, Source } from '../series.ts';
import { FURTHEST_AHEAD_MS } from '../time-bounds.ts';
import { DeltaTotals, takeBack } from './delta-totals.ts';
import { HistogramTotals } from './histogram-totals.ts';
import { MetricsRequest } from './metrics-request.ts';
import { RequestState, type Outcome, type OtlpMemory } from './request-state.ts';
import type { PartialSuccess } from './response.ts';
import { SeriesCache } from './series-cache.ts';
import { DEFAULT_OTLP_SETTINGS, type OtlpSettings } from './settings.ts';

export interface OtlpDeps {
  readonly sinkFor: SinkFor;
  readonly clock: Clock;
  readonly settings?: Partial<OtlpSettings>;
  readonly limits: LabelLimits;
  /** Samples older than this (milliseconds) are refused: as long as the store keeps them. */
  readonly retention: number;
}

/**
 * Takes one `ExportMetricsServiceRequest` (protobuf). Resolves once its samples are stored, with what was left out.
 * @throws Problem: 400 when it is no such message, 429 or 503 when nothing of it was stored and it should be sent again
 */
export type TakeOtlp = (body: Uint8Array, source: Source) => Promise<PartialSuccess | undefined>;

const KEY_BYTES = { resources: 4 << 20, metrics: 16 << 20, series: 64 << 20, families: 64 << 20 };

export function createOtlp({ sinkFor, clock, settings = {}, limits, retention }: OtlpDeps): TakeOtlp {
  const memory: OtlpMemory = {
    resources: new SeriesCache(KEY_BYTES.resources),
    metrics: new SeriesCache(KEY_BYTES.metrics),
    series: new SeriesCache(KEY_BYTES.series),
    families: new SeriesCache(KEY_BYTES.families),
    totals: new DeltaTotals(),
    histogramTotals: new HistogramTotals(),
    numbers: 0,
  };
  const all: OtlpSettings = { ...DEFAULT_OTLP_SETTINGS, ...settings };
  return async (body, source) => {
    const now = clock.now();
    const sink = sinkFor(source);
    const bounds = { oldest: now - retention, newest: now + FURTHEST_AHEAD_MS };
    const state = new RequestState(new ProtobufReader(body), { sink, memory, settings: all, limits, bounds });
    const { outcome, batch } = state;
    try {
      await readAll(new MetricsRequest(state));
      if (outcome.metadata.length > 0) sink.describe(outcome.metadata);
      // Before the samples: what those are stored with survives with them.
      if (batch.exemplars.length > 0) sink.exemplars?.(batch.exemplars);
      if (batch.count > 0) await sink.append(batch.columns());
    } catch (error) {
      takeBack(outcome.journal);
      throw error;
    }
    return answer(outcome, batch.count);
  };
}

async function readAll(request: MetricsRequest): Promise<void> {
  try {
    for (const _ of request.read()) await new Promise((next) => setImmediate(next));
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`The body is no OTLP metrics request: ${error.message}.`);
    throw error;
  }
}

/** A limit that let nothing through is told as such, so that the sender waits; else what was stored must not be sent again. */
function answer({ rejected, wrong, limit }: Outcome, stored: number): PartialSuccess | undefined {
  if (limit && stored === 0) throw limit;
  const said = [...wrong, ...(limit ? [limit.message] : [])];
  return said.length === 0 && rejected === 0 ? undefined : { rejected, message: said.join('; ') };
}

/** The code of gRPC for a problem. */
export function grpcCode(error: unknown): number {
  if (error instanceof LimitError) return error.status === 413 ? 3 : 8;
  if (!(error instanceof Problem)) return 13;
  const codes: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 413: 3, 415: 3, 429: 8, 503: 14 };
  return codes[error.status] ?? (error.status >= 500 ? 14 : 3);
}
