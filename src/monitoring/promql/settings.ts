export interface QuerySettings {
  /** Samples that a query may touch. Setting `query.maxSamples`. */
  readonly maxSamples: number;
  /** Milliseconds. Setting `query.timeout`. */
  readonly timeout: number;
  /** Points of a series that a range query may ask for. Setting `query.maxPoints`. */
  readonly maxPoints: number;
  /** Queries that are evaluated at a time; others wait. Setting `query.maxConcurrency`. */
  readonly maxConcurrency: number;
  /** Bytes of answers that are remembered; 0 remembers none. Setting `query.cacheMemory`. */
  readonly cacheMemory: number;
  /** Milliseconds for which a sample stands. Setting `query.lookback`. */
  readonly lookback: number;
  /** Milliseconds. The step of subqueries that name none. */
  readonly subqueryStep: number;
}

export const DEFAULT_QUERY_SETTINGS: QuerySettings = {
  maxSamples: 50_000_000,
  timeout: 120_000,
  maxPoints: 11_000,
  maxConcurrency: 20,
  cacheMemory: 32 * 1024 ** 2,
  lookback: 300_000,
  subqueryStep: 60_000,
};
