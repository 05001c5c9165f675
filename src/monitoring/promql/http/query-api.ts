/** `/api/v1/query`, `query_range` and `format_query` of Prometheus' HTTP API, apart from HTTP. Parameters come from the query string or a form. */
import { badRequest } from '../../../platform/problem.ts';
import type { QueryEngine, QueryOptions } from '../engine.ts';
import { parse } from '../parse-cache.ts';
import type { QueryResult } from '../result.ts';
import type { QueryStats } from '../running-queries.ts';
import type { Expr } from '../syntax/ast.ts';
import { format } from '../syntax/format.ts';
import { PromQLSyntaxError } from '../syntax/syntax-error.ts';
import { answer, success, type ApiAnswer } from './envelope.ts';
import { durationParameter, limitParameter, resolutionParameter, timeParameter } from './parameters.ts';
import { sizeOf, writeData } from './write-result.ts';

/** `query`, `time`, `timeout`, `limit`, `lookback_delta`, `resolution`, `nocache`. `now` in milliseconds stands for a time that isn't given. */
export function handleQuery(engine: QueryEngine, params: URLSearchParams, now: number, signal?: AbortSignal): Promise<ApiAnswer> {
  return answer(async () => {
    const limit = limitParameter(params);
    const time = timeParameter(params, 'time', now);
    return await timed(params, (onStats) => engine.instant(queryParameter(params), time, { ...options(params, signal), onStats }), limit);
  });
}

/** `query`, `start`, `end`, `step`, `timeout`, `limit`, `lookback_delta`, `resolution`, `nocache`. */
export function handleQueryRange(engine: QueryEngine, params: URLSearchParams, signal?: AbortSignal): Promise<ApiAnswer> {
  return answer(async () => {
    const limit = limitParameter(params);
    const start = timeParameter(params, 'start');
    const end = timeParameter(params, 'end');
    if (end < start) throw badRequest('invalid parameter "end": end timestamp must not be before start time');
    const step = durationParameter(params, 'step');
    if (step === undefined) throw badRequest('invalid parameter "step": cannot parse "" to a valid duration');
    const expr = queryParameter(params);
    return await timed(params, (onStats) => engine.range(expr, start, end, step, { ...options(params, signal), onStats }), limit);
  });
}

/** `query`: the same, neatly written. */
export function handleFormatQuery(params: URLSearchParams): Promise<ApiAnswer> {
  return answer(() => success(JSON.stringify(format(queryParameter(params)))));
}

function queryParameter(params: URLSearchParams): Expr {
  try {
    return parse(params.get('query') ?? '');
  } catch (error) {
    if (error instanceof PromQLSyntaxError) throw badRequest(`invalid parameter "query": ${error.message}`);
    throw error;
  }
}

function options(params: URLSearchParams, signal: AbortSignal | undefined): QueryOptions {
  return {
    signal,
    timeout: durationParameter(params, 'timeout'),
    lookback: durationParameter(params, 'lookback_delta'),
    resolution: resolutionParameter(params),
    remembered: (params.get('nocache') ?? '0') === '0',
  };
}

/** With `stats` (any text, as in Prometheus) the answer tells what the query took. */
async function timed(
  params: URLSearchParams,
  run: (onStats: (stats: QueryStats) => void) => Promise<QueryResult>,
  limit: number,
): Promise<ApiAnswer> {
  const began = performance.now();
  let stats: QueryStats | undefined;
  const result = await run((told) => (stats = told));
  const wanted = (params.get('stats') ?? '') !== '';
  return await write(result, limit, wanted && stats !== undefined ? statsJson(stats, performance.now() - began) : '');
}

/** Samples are counted as they are touched, so that the peak is no less than what there were. */
const statsJson = ({ queueMs, evalMs, samples }: QueryStats, totalMs: number): string =>
  `,"stats":${JSON.stringify({
    timings: {
      evalTotalTime: evalMs / 1000,
      resultSortTime: 0,
      queryPreparationTime: 0,
      innerEvalTime: evalMs / 1000,
      execQueueTime: queueMs / 1000,
      execTotalTime: totalMs / 1000,
    },
    samples: { totalQueryableSamples: samples, peakSamples: samples },
  })}`;

async function write(result: QueryResult, limit: number, after: string): Promise<ApiAnswer> {
  const truncated = limit > 0 && sizeOf(result) > limit;
  const warnings = truncated ? [...result.warnings, 'results truncated due to limit'] : result.warnings;
  return success(await writeData(result, limit, after), warnings, result.infos);
}
