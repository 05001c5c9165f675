import type { Expr, MatrixSeries, QueryEngine, SharedResults, VectorSample } from '../monitoring/index.ts';
import { badRequest } from '../platform/problem.ts';

export interface InstantOptions {
  /** How long a sample stands, in milliseconds. */
  readonly lookback?: number;
  /** What it has in common with other queries of the same time. */
  readonly shared?: SharedResults | undefined;
  /** Whether only the result counts: errors and annotations of what can't change it may be missed. */
  readonly resultOnly?: boolean;
}

/** What objectives and rules ask of PromQL. Throws a `Problem` where the expression can't be evaluated. */
export interface QueryPort {
  /** The vector at `at` (milliseconds); a scalar is one sample without labels. `lookback`: how long a sample stands, where not as usual. */
  instant(expr: string | Expr, at: number, options?: InstantOptions): Promise<readonly VectorSample[]>;
  /** Inclusive of both ends, which are milliseconds as the step is. */
  range(expr: string, start: number, end: number, step: number): Promise<readonly MatrixSeries[]>;
}

/** A decision must not wait behind a query that a person asked too much with. Milliseconds. */
const TIMEOUT_MS = 10_000;

export function queryPort(engine: Pick<QueryEngine, 'instant' | 'range'>): QueryPort {
  return {
    async instant(expr, at, options = {}) {
      const result = await engine.instant(expr, at, { timeout: TIMEOUT_MS, ...options });
      if (result.kind === 'vector') return result.samples;
      if (result.kind === 'scalar') return [{ labels: {}, value: result.value }];
      throw badRequest(
        `${typeof expr === 'string' ? expr : 'The expression'} is a ${result.kind === 'matrix' ? 'range vector' : 'string'}: a rule needs a vector or a number.`,
      );
    },
    range: async (expr, start, end, step) => (await engine.range(expr, start, end, step, { timeout: TIMEOUT_MS })).series,
  };
}
