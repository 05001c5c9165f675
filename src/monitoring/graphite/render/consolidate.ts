import { pointsOf, type SeriesList, type TimeSeries } from '../time-series.ts';

/** A series ready to be shown: point `i` is of `start + i * step`. */
export interface Shown {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly start: number;
  readonly step: number;
  readonly values: Float64Array;
}

const asItIs = (series: TimeSeries, values = pointsOf(series)): Shown => {
  const { name, tags, start, end, valuesPerPoint } = series;
  const step = series.step * Math.max(1, valuesPerPoint);
  // What is beyond the end was never asked for: a function may have moved the series in time.
  return { name, tags, start, step, values: values.subarray(0, Math.max(0, Math.floor((end - start) / step) + 1)) };
};

/**
 * At most so many points of each series over the time of all of them, each made of as many values as it takes by the series'
 * consolidation function. Points are of whole multiples of their step, so that they don't jump when the same is asked again a
 * little later: what comes before the first is left out.
 */
export function consolidate(list: SeriesList, most: number | undefined): Shown[] {
  if (most === undefined || list.length === 0) return list.map((series) => asItIs(series));
  const from = list.reduce((least, { start }) => Math.min(least, start), Infinity);
  const until = list.reduce((most, { end }) => Math.max(most, end), -Infinity);
  return list.map((series) => {
    if (most <= 1) return asItIs({ ...series, valuesPerPoint: Math.max(1, series.values.length) });
    const count = (until - from) / series.step;
    if (most >= count) return asItIs(series);
    const size = Math.ceil(count / most);
    const seconds = Math.trunc(size * series.step);
    const nudge = seconds + (series.start % series.step) - (series.start % seconds);
    // One fewer than the nudge is lost: it is what graphite-web does.
    const values = series.values.subarray(Math.max(0, Math.trunc(nudge / series.step) - 1));
    return asItIs({ ...series, start: series.start + nudge, values, valuesPerPoint: size });
  });
}
