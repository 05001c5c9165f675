import type { Clock } from '../../platform/clock.ts';
import type { Registry } from '../../platform/metrics.ts';
import { format, parse, textOf, type Expr, type QueryEngine, type QueryOptions } from '../promql/index.ts';
import { QueryBook } from './query-book.ts';
import { QueryTimes } from './query-times.ts';

type Stats = Parameters<NonNullable<QueryOptions['onStats']>>[0];

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 120];

/** Watches an engine: who asks for which metrics, and how long it takes. */
export class QueryWatch {
  readonly book = new QueryBook();
  readonly times = new QueryTimes();
  readonly #engine: QueryEngine;
  readonly #clock: Clock;
  readonly #seconds: { observe(value: number, labels: { asker: string }): void };
  readonly #engines = new Map<string, QueryEngine>();

  constructor({ engine, clock, metrics }: { engine: QueryEngine; clock: Clock; metrics: Registry }) {
    this.#engine = engine;
    this.#clock = clock;
    const help = 'What queries took, with waiting for a place, by who asked.';
    this.#seconds = metrics.histogram({ name: 'nines_query_seconds', help, labels: ['asker'], buckets: BUCKETS });
  }

  /** The same engine; what it is asked counts as asked by these. Few askers, please: each is kept. */
  askedBy(asker: string): QueryEngine {
    const known = this.#engines.get(asker);
    if (known) return known;
    const engine = this.#engine;
    const watched: QueryEngine = {
      ...engine,
      instant: (query, at, options = {}) => this.#watch(query, asker, options, (watching) => engine.instant(query, at, watching)),
      range: (query, start, end, step, options = {}) =>
        this.#watch(query, asker, options, (watching) => engine.range(query, start, end, step, watching)),
    };
    this.#engines.set(asker, watched);
    return watched;
  }

  async #watch<T>(query: Expr | string, asker: string, options: QueryOptions, run: (options: QueryOptions) => Promise<T>): Promise<T> {
    const at = this.#clock.now();
    const began = performance.now();
    let stats: Stats | undefined;
    const onStats = (given: Stats): void => {
      stats = given;
      options.onStats?.(given);
    };
    try {
      const answer = await run({ ...options, onStats });
      this.#note(query, asker, at, stats ?? { queueMs: 0, evalMs: performance.now() - began, samples: 0 }, undefined);
      return answer;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#note(query, asker, at, { queueMs: 0, evalMs: performance.now() - began, samples: 0 }, problem);
      throw error;
    }
  }

  #note(query: Expr | string, asker: string, at: number, stats: Stats, problem: string | undefined): void {
    const { queueMs, evalMs, samples } = stats;
    const expr = typeof query === 'string' ? parsed(query) : query;
    if (!expr) return;
    this.book.note(expr, asker, at);
    this.#seconds.observe((queueMs + evalMs) / 1000, { asker });
    this.times.note({ query: textOf(expr) ?? format(expr), asker, at, queueMs, evalMs, samples, problem });
  }
}

function parsed(text: string): Expr | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
