/** Runs queries: limits, timeouts, concurrency, and what is running right now. */
import type { Clock } from '../../platform/clock.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import type { Lease, SeriesSource } from '../series.ts';
import type { Grid, Value } from './eval/block.ts';
import { Context } from './eval/context.ts';
import { evaluateNode, windowsOf } from './eval/evaluate.ts';
import { dropNames } from './eval/merge.ts';
import type { SharedResults } from './eval/shared-results.ts';
import { parse, textOf } from './parse-cache.ts';
import type { RangeCache } from './range-cache/index.ts';
import { RunningQueries, type ActiveQuery, type RunOptions, type Spent } from './running-queries.ts';
import { annotations, instantResult, rangeResult, windowsResult, type InstantResult, type MatrixResult } from './result.ts';
import { DEFAULT_QUERY_SETTINGS, type QuerySettings } from './settings.ts';
import { format } from './syntax/format.ts';
import { unwrap, type Expr } from './syntax/ast.ts';

export interface QueryOptions extends RunOptions {
  /** Milliseconds. */
  readonly lookback?: number | undefined;
  /** `auto` (the default), `raw` for samples alone, or rollups by name, such as `5m`. */
  readonly resolution?: string | undefined;
  /** For instant queries: what they have in common with others of the same time and lookback. */
  readonly shared?: SharedResults | undefined;
  /** Whether answers that are remembered will do. Only who shows them says so: what decides asks anew. */
  readonly remembered?: boolean | undefined;
  /** Whether only the result counts: what can't change it is left out, and with it the errors and annotations that it would have had. */
  readonly resultOnly?: boolean | undefined;
}

export interface QueryEngine {
  readonly settings: QuerySettings;
  /** Answers at one time (milliseconds). Throws `PromQLSyntaxError`, `ExecutionError`, `LimitError`. */
  instant(query: Expr | string, at: number, options?: QueryOptions): Promise<InstantResult>;
  /** Answers at `start`, `start + step`, … up to `end` (milliseconds). Throws likewise. */
  range(query: Expr | string, start: number, end: number, step: number, options?: QueryOptions): Promise<MatrixResult>;
  /** What is being evaluated or waits to be. */
  activeQueries(): readonly ActiveQuery[];
}

/** What goes with one evaluation, and ends with it. */
interface Run {
  readonly signal: AbortSignal;
  readonly lease: Lease;
  readonly spent: Spent;
}

export interface EngineDeps {
  readonly source: SeriesSource;
  readonly clock: Clock;
  readonly settings?: Partial<QuerySettings>;
  readonly cache?: RangeCache | undefined;
}

export function createQueryEngine({ source, clock, settings: given, cache }: EngineDeps): QueryEngine {
  const settings: QuerySettings = { ...DEFAULT_QUERY_SETTINGS, ...given };
  const running = new RunningQueries(clock, settings);
  const contextOf = (
    expr: Expr,
    grid: Grid,
    end: number,
    instant: boolean,
    options: QueryOptions,
    { signal, lease, spent }: Run,
    skipped = 0,
  ): Context => {
    const context = new Context({
      source,
      text: textOf(expr),
      grid,
      end,
      instant,
      lookback: options.lookback ?? settings.lookback,
      maxSamples: settings.maxSamples,
      subqueryStep: () => settings.subqueryStep,
      signal,
      lease,
      skipped,
      ...(instant && options.shared !== undefined && { shared: options.shared }),
      ...(options.resolution !== undefined && { resolution: options.resolution }),
      ...(options.resultOnly === true && { resultOnly: true }),
    });
    const before = spent.samples;
    spent.samples = () => before() + context.samplesTouched;
    return context;
  };
  const run = <T>(expr: Expr, options: QueryOptions, evaluate: (run: Run) => Promise<T>): Promise<T> =>
    running.run(textOf(expr) ?? format(expr), options, async (signal, spent) => {
      const lease = { ended: false };
      try {
        return await evaluate({ signal, lease, spent });
      } finally {
        lease.ended = true;
      }
    });
  const asked = (expr: Expr, { lookback = settings.lookback, resolution = 'auto' }: QueryOptions) => ({
    expr,
    text: textOf(expr) ?? format(expr),
    lookback,
    resolution,
  });

  return {
    settings,
    async instant(query, at, options = {}) {
      const expr = typeof query === 'string' ? parse(query) : query;
      const grid = { start: at, step: 0, count: 1 };
      return await run(expr, options, async (its) => {
        const context = contextOf(expr, grid, at, true, options, its);
        const root = unwrap(expr);
        if (root.kind === 'range' || root.kind === 'subquery') {
          return await windowsResult(context, await windowsOf(context, grid, root));
        }
        const answer = async (): Promise<InstantResult> => instantResult(await finish(context, grid, expr), at, annotations(context));
        return options.remembered === true && cache ? await cache.instant(asked(expr, options), at, answer) : await answer();
      });
    },
    async range(query, start, end, step, options = {}) {
      const expr = typeof query === 'string' ? parse(query) : query;
      const grid = gridOf(start, end, step, settings.maxPoints);
      if (expr.type !== 'vector' && expr.type !== 'scalar') {
        throw new Problem(
          400,
          'promql-type',
          `invalid expression type "${expr.type === 'matrix' ? 'range vector' : expr.type}" for range query, must be Scalar or instant Vector`,
        );
      }
      return await run(expr, options, async (its) => {
        const answer = async (steps: Grid, skipped: number): Promise<MatrixResult> => {
          const context = contextOf(expr, steps, end, false, options, its, skipped);
          return await rangeResult(context, await finish(context, steps, expr), steps);
        };
        return options.remembered === true && cache ? await cache.range(asked(expr, options), grid, answer) : await answer(grid, 0);
      });
    },
    activeQueries: () => running.list(),
  };
}

async function finish(context: Context, grid: Grid, expr: Expr): Promise<Value> {
  const value = await evaluateNode(context, grid, expr);
  return value.kind === 'vector' ? await dropNames(context, value) : value;
}

function gridOf(start: number, end: number, step: number, maxPoints: number): Grid {
  if (!(step > 0))
    throw new Problem(400, 'bad-step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  if (end < start) throw new Problem(400, 'bad-range', 'end timestamp must not be before start time');
  const count = Math.floor((end - start) / step) + 1;
  if (count > maxPoints + 1) {
    throw new LimitError(422, `The query asks for ${count} points a series: ask for a shorter time or a longer step.`, {
      limit: maxPoints,
      setting: 'query.maxPoints',
    });
  }
  return { start, step, count };
}
