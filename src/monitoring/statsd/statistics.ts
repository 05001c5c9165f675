/** Which number of a metric a series has. */
export type Statistic =
  | { readonly of: PlainStatistic }
  | { readonly of: 'bound' | 'shareCount' | 'shareMean' | 'shareSum' | 'shareSquares'; readonly percentile: number };

type PlainStatistic =
  /** Counters. */
  | 'total'
  | 'rate'
  /** Counters and timers: in the last interval. */
  | 'count'
  | 'count_ps'
  /** Gauges, sets, service checks. */
  | 'value'
  | 'distinct'
  | 'status'
  /** Timers: since they began. */
  | 'totalCount'
  | 'totalSum'
  /** Timers: of the last interval. */
  | 'lower'
  | 'upper'
  | 'sum'
  | 'sum_squares'
  | 'mean'
  | 'median'
  | 'std';

/** The values of a timer in one interval, sorted. */
export interface Spread {
  readonly sorted: Float64Array;
  /** Sums of the first i+1 values, and of their squares. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

export function spreadOf(values: Float64Array): Spread {
  const sorted = values.sort();
  const sums = new Float64Array(sorted.length);
  const squares = new Float64Array(sorted.length);
  let sum = 0;
  let square = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number;
    sums[i] = sum += value;
    squares[i] = square += value * value;
  }
  return { sorted, sums, squares };
}

/**
 * A number of a timer's interval, as the statsd daemon computes it: a percentile's share is its rounded part of the values, from the
 * lowest, or from the highest where the percentile is negative. NaN where the share is empty.
 * Source: https://github.com/statsd/statsd/blob/master/docs/metric_types.md#timing
 */
export function statisticOf({ sorted, sums, squares }: Spread, statistic: Statistic): number {
  const count = sorted.length;
  const last = count - 1;
  if (count === 0) return NaN;
  if ('percentile' in statistic) return shareOf({ sorted, sums, squares }, statistic.of, statistic.percentile);
  const sum = sums[last] as number;
  switch (statistic.of) {
    case 'lower':
      return sorted[0] as number;
    case 'upper':
      return sorted[last] as number;
    case 'sum':
      return sum;
    case 'sum_squares':
      return squares[last] as number;
    case 'mean':
      return sum / count;
    case 'median': {
      const middle = count >> 1;
      return count % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
    }
    case 'std': {
      const mean = sum / count;
      let differences = 0;
      for (const value of sorted) differences += (value - mean) ** 2;
      return Math.sqrt(differences / count);
    }
    default:
      return NaN;
  }
}

function shareOf({ sorted, sums, squares }: Spread, of: Statistic['of'], percentile: number): number {
  const count = sorted.length;
  const share = count === 1 ? 1 : Math.round((Math.abs(percentile) / 100) * count);
  if (share === 0) return NaN;
  const lowest = percentile > 0;
  const to = lowest ? share - 1 : count - 1;
  const before = lowest ? -1 : count - share - 1;
  const part = (all: Float64Array): number => (all[to] as number) - (before >= 0 ? (all[before] as number) : 0);
  if (of === 'bound') return sorted[lowest ? to : count - share] as number;
  if (of === 'shareCount') return share;
  if (of === 'shareMean') return part(sums) / share;
  return part(of === 'shareSum' ? sums : squares);
}
