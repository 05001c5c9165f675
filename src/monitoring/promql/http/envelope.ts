/** Prometheus' answers: `{status: 'success', data}` and `{status: 'error', errorType, error}`. */
import { Problem } from '../../../platform/problem.ts';
import { between, join, type Json } from './json-text.ts';

/** An answer of Prometheus' HTTP API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string | Buffer;
  /** Seconds, where a later attempt makes sense. */
  readonly retryAfter?: number;
  /** JSON where it isn't given. */
  readonly type?: string;
}

export function success(data: Json, warnings: readonly string[] = [], infos: readonly string[] = []): ApiAnswer {
  const list = (name: string, texts: readonly string[]): string => (texts.length === 0 ? '' : `,"${name}":${JSON.stringify(texts)}`);
  const after = `${list('warnings', warnings)}${list('infos', infos)}}`;
  return { status: 200, body: join(between('{"status":"success","data":', data, after)) };
}

/** Answers what `work` answers, or the error that it throws if it is one for the caller; defects go on. */
export async function answer(work: () => Promise<ApiAnswer> | ApiAnswer): Promise<ApiAnswer> {
  try {
    return await work();
  } catch (error) {
    if (isAbort(error)) return failure(503, 'canceled', 'the query was given up');
    if (!(error instanceof Problem)) throw error;
    const { status, errorType } = classify(error);
    return { ...failure(status, errorType, error.message), ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }) };
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function classify(problem: Problem): { status: number; errorType: string } {
  const { setting } = problem.extra;
  if (setting === 'query.timeout') return { status: 503, errorType: 'timeout' };
  // As in Prometheus: a resolution too fine is the request's fault, not the evaluation's.
  if (setting === 'query.maxPoints') return { status: 400, errorType: 'bad_data' };
  if (problem.status === 404) return { status: 404, errorType: 'not_found' };
  if (problem.status === 422) return { status: 422, errorType: 'execution' };
  if (problem.status === 429 || problem.status === 503) return { status: problem.status, errorType: 'unavailable' };
  return problem.status >= 500 ? { status: 500, errorType: 'internal' } : { status: 400, errorType: 'bad_data' };
}

function failure(status: number, errorType: string, error: string): ApiAnswer {
  return { status, body: JSON.stringify({ status: 'error', errorType, error }) };
}
