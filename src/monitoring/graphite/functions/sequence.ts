import { GraphiteError } from '../graphite-error.ts';
import { roundTo } from '../python-format.ts';
import { parseTimeOffset } from '../time/time-offset.ts';
import { deriveSeries, rename, type SeriesList, type TimeSeries } from '../time-series.ts';
import { each } from './each.ts';
import { define, type CallContext, type FunctionTable } from './function-spec.ts';
import { positive } from './transform.ts';

const LIST = 'seriesList: seriesList!';
const BOUNDS = `${LIST}, maxValue: float, minValue: float`;

/** Makes each series anew from its values in order. */
const derive = (context: CallContext, list: SeriesList, label: string, make: (values: Float64Array, series: TimeSeries) => Float64Array) =>
  each(context, list, (series) => {
    series.tags[label] = '1';
    return deriveSeries(series, `${label}(${series.name})`, make(series.values, series));
  });

/** What a counter grew by at each step. It may wrap at `most`, and begin again at `least`; else a fall tells nothing. */
function growth(values: Float64Array, most?: number, least?: number): Float64Array {
  const grown = new Float64Array(values.length).fill(NaN);
  let before = NaN;
  for (const [i, value] of values.entries()) {
    if ((most !== undefined && value > most) || (least !== undefined && value < least)) {
      before = NaN;
      continue;
    }
    if (value >= before) grown[i] = value - before;
    else if (value < before && most !== undefined) grown[i] = most + 1 + value - before - (least ?? 0);
    else if (value < before && least !== undefined) grown[i] = value - least;
    before = value;
  }
  return grown;
}

/** Fills gaps of up to `limit` values: `fill` is told where one begins and where it ends. */
function fillGaps(values: Float64Array, limit: number, fill: (from: number, to: number) => void): void {
  let missing = 0;
  for (let i = 0; i <= values.length; i++) {
    if (i < values.length && values[i] !== values[i]) missing++;
    else {
      // A gap at the beginning has nothing before it.
      if (missing > 0 && missing <= limit && i - missing > 0) fill(i - missing, i);
      missing = 0;
    }
  }
}

/** Functions that go along the values of a series in order. */
export const sequenceFunctions: FunctionTable = {
  changed: define('Special', LIST, '1 where the value is another than the one before, 0 elsewhere.', (context, list: SeriesList) =>
    each(context, list, (series) => {
      rename(series, `changed(${series.name})`);
      let before = NaN;
      series.values = series.values.map((value) => {
        const other = before === before && value === value && value !== before;
        if (value === value) before = value;
        return other ? 1 : 0;
      });
      return series;
    }),
  ),
  compressPeriodicGaps: define('Transform', LIST, 'Takes out gaps that come at regular distances, where a series has a value only at every so many steps.', (context, list: SeriesList) =>
    each(context, list, (series) => {
      const first = series.values.findIndex((value) => value === value);
      let distance = 0;
      if (first < 0) return series;
      for (let i = first + 1, last = first; i < series.values.length; i++) {
        if (series.values[i] !== series.values[i]) continue;
        distance = greatestDivisor(distance, i - last);
        last = i;
      }
      if (distance <= 1) return series;
      const begin = first % distance;
      const values = Float64Array.from({ length: Math.ceil((series.values.length - begin) / distance) }, (_, i) => series.values[begin + i * distance]!);
      const start = series.start + begin * series.step;
      return { ...series, start, end: start + values.length * distance * series.step, step: series.step * distance, values };
    }),
  ), // prettier-ignore
  delay: define('Transform', `${LIST}, steps: integer!`, 'Moves the values later by so many steps, or earlier where it is negative.', (context, list: SeriesList, steps: number) =>
    each(context, list, (series) => {
      series.tags['delay'] = String(steps);
      const values = series.values.map((_, i, all) => all[i - steps] ?? NaN);
      return deriveSeries(series, `delay(${series.name},${steps})`, values);
    }),
  ), // prettier-ignore
  derivative: define('Transform', LIST, 'The change from each value to the next.', (context, list: SeriesList) =>
    derive(context, list, 'derivative', (values) => values.map((value, i) => value - (values[i - 1] ?? NaN))),
  ),
  integral: define('Transform', LIST, 'The sum of all values so far.', (context, list: SeriesList) =>
    derive(context, list, 'integral', (values) => {
      let sum = 0;
      return values.map((value) => (value === value ? (sum += value) : NaN));
    }),
  ),
  integralByInterval: define('Transform', `${LIST}, intervalUnit: string!`, 'The sum of the values so far, which begins anew at each interval from the start of the request.', (context, list: SeriesList, intervalUnit: string) => {
    const interval = positive(parseTimeOffset(intervalUnit), 'The interval');
    const at = (time: number): number => Math.floor((time - Math.trunc(context.start)) / interval);
    return each(context, list, (series) => {
      series.tags['integralByInterval'] = intervalUnit;
      let sum = 0;
      const values = series.values.map((value, i) => {
        const time = series.start + i * series.step;
        if (at(time) !== at(time - series.step)) sum = 0;
        return (sum += value === value ? value : 0);
      });
      return deriveSeries(series, `integralByInterval(${series.name},'${intervalUnit}')`, values);
    });
  }), // prettier-ignore
  interpolate: define('Transform', `${LIST}, limit: intOrInf = INF`, 'Fills gaps of up to so many values with a straight line between the values beside them.', (context, list: SeriesList, limit: number = Infinity) =>
    each(context, list, (series) => {
      rename(series, `interpolate(${series.name})`);
      const { values } = series;
      fillGaps(values, limit, (from, to) => {
        if (to === values.length) return;
        const before = values[from - 1]!;
        for (let i = from; i < to; i++) values[i] = before + ((i - from + 1) * (values[to]! - before)) / (to - from + 1);
      });
      return series;
    }),
  ), // prettier-ignore
  keepLastValue: define('Transform', `${LIST}, limit: intOrInf = INF`, 'Fills gaps of up to so many values with the value before them.', (context, list: SeriesList, limit: number = Infinity) =>
    each(context, list, (series) => {
      rename(series, `keepLastValue(${series.name})`);
      fillGaps(series.values, limit, (from, to) => series.values.fill(series.values[from - 1]!, from, to));
      return series;
    }),
  ), // prettier-ignore
  nonNegativeDerivative: define('Transform', BOUNDS, 'What a counter grew by at each step; a fall is a reset and gives no value, or what is due where the greatest or least value of the counter is given.', (context, list: SeriesList, most?: number, least?: number) =>
    derive(context, list, 'nonNegativeDerivative', (values) => growth(values, most, least)),
  ), // prettier-ignore
  perSecond: define('Transform', BOUNDS, 'What a counter grew by a second, at each step.', (context, list: SeriesList, most?: number, least?: number) =>
    derive(context, list, 'perSecond', (values, { step }) => growth(values, most, least).map((grown) => roundTo(grown / step, 6))),
  ), // prettier-ignore
  stdev: define('Calculate', `${LIST}, points: integer!, windowTolerance: float = 0.1`, 'The standard deviation of so many values before each point, where a tenth of them or another share is there.', (context, list: SeriesList, points: number, tolerance: number = 0.1) => {
    if (!(points >= 1)) throw new GraphiteError('stdev() needs one point or more.');
    return each(context, list, (series) => {
      series.tags['stdev'] = String(points);
      return deriveSeries(series, `stdev(${series.name},${points})`, movingDeviation(series.values, points, tolerance));
    });
  }), // prettier-ignore
};

/** Of the sums of values and squares as they come and go: so far as graphite-web has it, the last digits included. */
function movingDeviation(values: Float64Array, points: number, tolerance: number): Float64Array {
  let [count, sum, squares] = [0, 0, 0];
  return values.map((value, i) => {
    const dropped = values[i - points] ?? NaN;
    if (dropped === dropped) {
      count--;
      sum -= dropped;
      squares -= dropped ** 2;
    }
    if (value === value) {
      count++;
      sum += value;
      squares += value ** 2;
    }
    return count > 0 && count / points >= tolerance ? Math.sqrt(count * squares - sum ** 2) / count : NaN;
  });
}

export function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
