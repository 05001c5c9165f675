/** Functions of the samples in a window. Formulas are Prometheus' own, to the order of additions. Longer than most: a line or two a function. */
import { compensation, meanOf, sumOf } from './kahan.ts';
import type { Block } from './block.ts';
import { quantileOf } from './quantile.ts';
import { slideRate, type RateKind } from './rate.ts';
import type { OfBuckets } from './rolled.ts';
import type { RangeSeries, Windows } from './select.ts';

export interface RangeFunction {
  /** A window of fewer samples has no answer. */
  readonly least: 1 | 2;
  /** Fills a block's row by itself, instead of being asked about each window; answers whether the row has anything. */
  slide?(block: Block, row: number, series: RangeSeries, windows: Windows): boolean;
  /** What is done with buckets instead of samples, where that differs. */
  readonly rolled?: OfBuckets;
  /** The answer for samples `lo` to `hi` (exclusive) of the window `(start, end]`; `now` is the step's own time, in milliseconds all. */
  at(times: Float64Array, values: Float64Array, lo: number, hi: number, window: { start: number; end: number; now: number }): number;
}

const NO_ANSWER = (): number => NaN;
const extrapolated = (kind: RateKind): RangeFunction => ({
  least: 2,
  at: NO_ANSWER,
  rolled: kind,
  slide: (block, row, series, windows) => slideRate(kind, block, row, series, windows),
});

/** `irate` and `idelta`: by the last two samples. */
function instantaneous(rate: boolean): RangeFunction {
  return {
    least: 2,
    at(times, values, _lo, hi) {
      const last = values[hi - 1]!;
      const before = values[hi - 2]!;
      const change = rate && last < before ? last : last - before;
      return rate ? change / ((times[hi - 1]! - times[hi - 2]!) / 1000) : change;
    },
  };
}

const over = (at: (values: Float64Array, lo: number, hi: number) => number): RangeFunction => ({
  least: 1,
  at: (_times, values, lo, hi) => at(values, lo, hi),
});

/** The index of the extreme: NaN gives way to any number. `last`: of equals the last. */
function extreme(values: Float64Array, lo: number, hi: number, sign: 1 | -1, last: boolean): number {
  let best = lo;
  for (let i = lo + (last ? 0 : 1); i < hi; i++) {
    const value = values[i]! * sign;
    const top = values[best]! * sign;
    if (value > top || (last && value === top) || top !== top) best = i;
  }
  return best;
}

function variance(values: Float64Array, lo: number, hi: number): number {
  let count = 0;
  let mean = 0;
  let carriedMean = 0;
  let aux = 0;
  let carriedAux = 0;
  for (let i = lo; i < hi; i++) {
    count++;
    const delta = values[i]! - (mean + carriedMean);
    const step = delta / count;
    const nextMean = mean + step;
    carriedMean = compensation(step, mean, nextMean, carriedMean);
    mean = nextMean;
    const square = delta * (values[i]! - (mean + carriedMean));
    const nextAux = aux + square;
    carriedAux = compensation(square, aux, nextAux, carriedAux);
    aux = nextAux;
  }
  return (aux + carriedAux) / count;
}

function count(values: Float64Array, lo: number, hi: number, differs: (now: number, before: number) => boolean): number {
  let found = 0;
  for (let i = lo + 1; i < hi; i++) if (differs(values[i]!, values[i - 1]!)) found++;
  return found;
}

const isReset = (now: number, before: number): boolean => now < before;
const isChange = (now: number, before: number): boolean => now !== before && !(now !== now && before !== before);

function medianDeviation(values: Float64Array, lo: number, hi: number): number {
  const window = values.slice(lo, hi);
  const median = quantileOf(0.5, window);
  return quantileOf(
    0.5,
    window.map((value) => Math.abs(value - median)),
  );
}

/** Least squares: the slope each second, and the value at `zero` (milliseconds). */
export function regression(times: Float64Array, values: Float64Array, lo: number, hi: number, zero: number): [number, number] {
  const first = values[lo]!;
  let constant = true;
  // Kahan's sums, written out: a call for each addition is most of the time that this takes.
  let [x, y, xy, xx, carriedX, carriedY, carriedXY, carriedXX] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = lo; i < hi; i++) {
    const dx = (times[i]! - zero) / 1000;
    const dy = values[i]!;
    if (dy !== first) constant = false;
    const nextX = x + dx;
    carriedX = compensation(dx, x, nextX, carriedX);
    x = nextX;
    const nextY = y + dy;
    carriedY = compensation(dy, y, nextY, carriedY);
    y = nextY;
    const nextXY = xy + dx * dy;
    carriedXY = compensation(dx * dy, xy, nextXY, carriedXY);
    xy = nextXY;
    const nextXX = xx + dx * dx;
    carriedXX = compensation(dx * dx, xx, nextXX, carriedXX);
    xx = nextXX;
  }
  if (constant) return first - first === 0 ? [0, first] : [NaN, NaN];
  const n = hi - lo;
  x += carriedX;
  y += carriedY;
  const slope = (xy + carriedXY - (x * y) / n) / (xx + carriedXX - (x * x) / n);
  return [slope, y / n - (slope * x) / n];
}

const timeOf = (index: (values: Float64Array, lo: number, hi: number) => number): RangeFunction => ({
  least: 1,
  at: (times, values, lo, hi) => times[index(values, lo, hi)]! / 1000,
});

/** Functions of one range vector and nothing else. */
export const RANGE_FUNCTIONS: Readonly<Record<string, () => RangeFunction>> = {
  rate: () => extrapolated({ counter: true, perSecond: true }),
  increase: () => extrapolated({ counter: true, perSecond: false }),
  delta: () => extrapolated({ counter: false, perSecond: false }),
  irate: () => instantaneous(true),
  idelta: () => instantaneous(false),
  sum_over_time: () => ({ ...over(sumOf), rolled: 'total' }),
  avg_over_time: () => ({ ...over(meanOf), rolled: 'mean' }),
  count_over_time: () => ({ ...over((_values, lo, hi) => hi - lo), rolled: 'total' }),
  min_over_time: () => over((values, lo, hi) => values[extreme(values, lo, hi, -1, false)]!),
  max_over_time: () => over((values, lo, hi) => values[extreme(values, lo, hi, 1, false)]!),
  first_over_time: () => over((values, lo) => values[lo]!),
  last_over_time: () => over((values, _lo, hi) => values[hi - 1]!),
  present_over_time: () => over(() => 1),
  stdvar_over_time: () => over(variance),
  stddev_over_time: () => over((values, lo, hi) => Math.sqrt(variance(values, lo, hi))),
  mad_over_time: () => over(medianDeviation),
  changes: () => over((values, lo, hi) => count(values, lo, hi, isChange)),
  resets: () => over((values, lo, hi) => count(values, lo, hi, isReset)),
  ts_of_first_over_time: () => timeOf((_values, lo) => lo),
  ts_of_last_over_time: () => timeOf((_values, _lo, hi) => hi - 1),
  ts_of_min_over_time: () => timeOf((values, lo, hi) => extreme(values, lo, hi, -1, true)),
  ts_of_max_over_time: () => timeOf((values, lo, hi) => extreme(values, lo, hi, 1, true)),
  deriv: () => ({ least: 2, at: (times, values, lo, hi) => regression(times, values, lo, hi, times[lo]!)[0] }),
};

/** Holt's double exponential smoothing. The factors are in (0, 1). */
export function smooth(values: Float64Array, lo: number, hi: number, smoothing: number, trend: number): number {
  let before = 0;
  let smoothed = values[lo]!;
  let slope = values[lo + 1]! - values[lo]!;
  for (let i = lo + 1; i < hi; i++) {
    if (i > lo + 1) slope = trend * (smoothed - before) + (1 - trend) * slope;
    const next = smoothing * values[i]! + (1 - smoothing) * (smoothed + slope);
    before = smoothed;
    smoothed = next;
  }
  return smoothed;
}
