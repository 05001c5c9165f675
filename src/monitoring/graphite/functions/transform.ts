import { minOf, maxOf } from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { general, reprOf, roundTo } from '../python-format.ts';
import { deriveSeries, rename, type SeriesList, type TimeSeries } from '../time-series.ts';
import { each, eachValue } from './each.ts';
import { define, type FunctionTable } from './function-spec.ts';

const LIST = 'seriesList: seriesList!';
const call =
  (name: string, given = '') =>
  ({ name: old }: TimeSeries): string =>
    `${name}(${old}${given})`;
/** What is no number is no value. */
const orNothing = (value: number): number => (Number.isFinite(value) ? value : NaN);
/** As Python's math.pow, which has no answer where the true one is no finite real number. */
const power = (base: number, exponent: number): number => {
  if (base !== base || (base === 0 && exponent < 0)) return NaN;
  const answer = base ** exponent;
  return Number.isFinite(base) && Number.isFinite(exponent) ? orNothing(answer) : answer;
};

/** Functions that change each value by itself. */
export const transformFunctions: FunctionTable = {
  absolute: define('Transform', LIST, 'The size of each value, without its sign.', (context, list: SeriesList) =>
    eachValue(context, list, call('absolute'), Math.abs, ['absolute', '1']),
  ),
  add: define('Transform', `${LIST}, constant: float!`, 'Adds a constant to each value.', (context, list: SeriesList, constant: number) =>
    eachValue(context, list, call('add', `,${Math.trunc(constant)}`), (value) => value + constant, ['add', reprOf(constant)]),
  ),
  exp: define('Transform', LIST, 'e to the power of each value.', (context, list: SeriesList) =>
    eachValue(context, list, call('exp'), Math.exp, ['exp', 'e']),
  ),
  invert: define('Transform', LIST, 'One divided by each value; nothing where the value is 0.', (context, list: SeriesList) =>
    eachValue(context, list, call('invert'), (value) => power(value, -1), ['invert', '1']),
  ),
  isNonNull: define('Transform', LIST, '1 where there is a value and 0 where there is none.', (context, list: SeriesList) =>
    eachValue(context, list, call('isNonNull'), (value) => (value === value ? 1 : 0), ['isNonNull', '1']),
  ),
  log: define('Transform', `${LIST}, base: integer = 10`, 'The logarithm of each value, to base 10 or another; nothing for 0 and below.', (context, list: SeriesList, base: number = 10) =>
    each(context, list, (series) => {
      series.tags['log'] = String(base);
      const values = series.values.map((value) => (value > 0 ? Math.log(value) / Math.log(base) : NaN));
      return deriveSeries(series, `log(${series.name}, ${base})`, values);
    }),
  ), // prettier-ignore
  logit: define('Transform', LIST, 'log(x / (1 - x)) of each value between 0 and 1; nothing elsewhere.', (context, list: SeriesList) =>
    eachValue(context, list, call('logit'), (value) => orNothing(Math.log(value / (1 - value))), ['logit', 'logit']),
  ),
  minMax: define('Transform', LIST, 'Scales each series so that its least value is 0 and its greatest 1.', (context, list: SeriesList) =>
    each(context, list, (series) => {
      rename(series, `minMax(${series.name})`);
      const [least, most] = [minOf(series.values), maxOf(series.values)];
      series.values = series.values.map((value) => (value === value && most === least ? 0 : (value - least) / (most - least)));
      return series;
    }),
  ),
  offset: define('Transform', `${LIST}, factor: float!`, 'Adds a constant to each value.', (context, list: SeriesList, factor: number) =>
    eachValue(context, list, call('offset', `,${general(factor)}`), (value) => value + factor, ['offset', reprOf(factor)]),
  ),
  offsetToZero: define('Transform', LIST, 'Subtracts the least value of each series from all of its values.', (context, list: SeriesList) =>
    each(context, list, (series) => {
      const least = minOf(series.values);
      series.tags['offsetToZero'] = least === least ? reprOf(least) : 'None';
      rename(series, `offsetToZero(${series.name})`);
      series.values = series.values.map((value) => value - least);
      return series;
    }),
  ),
  pow: define('Transform', `${LIST}, factor: float!`, 'Raises each value to a power.', (context, list: SeriesList, factor: number) =>
    eachValue(context, list, call('pow', `,${general(factor)}`), (value) => power(value, factor), ['pow', reprOf(factor)]),
  ),
  round: define('Transform', `${LIST}, precision: integer = 0`, 'Rounds each value to a number of digits after the point, halves to the even digit.', (context, list: SeriesList, precision?: number) =>
    eachValue(
      context,
      list,
      call('round', precision === undefined ? '' : `,${general(precision)}`),
      (value) => roundTo(value, precision ?? 0),
      ['round', String(precision ?? 0)],
    ),
  ), // prettier-ignore
  scale: define(
    'Transform',
    `${LIST}, factor: float!`,
    'Multiplies each value by a constant.',
    (context, list: SeriesList, factor: number) =>
      eachValue(context, list, call('scale', `,${general(factor)}`), (value) => value * factor, ['scale', reprOf(factor)]),
  ),
  scaleToSeconds: define('Transform', `${LIST}, seconds: float!`, 'Turns a value for each step into one for so many seconds.', (context, list: SeriesList, seconds: number) =>
    each(context, list, (series) => {
      series.tags['scaleToSeconds'] = reprOf(seconds);
      rename(series, `scaleToSeconds(${series.name},${Math.trunc(seconds)})`);
      const factor = seconds / series.step;
      series.values = series.values.map((value) => roundTo(value * factor, 6));
      return series;
    }),
  ), // prettier-ignore
  sigmoid: define('Transform', LIST, '1 / (1 + exp(-x)) of each value.', (context, list: SeriesList) =>
    eachValue(context, list, call('sigmoid'), (value) => 1 / (1 + Math.exp(-value)), ['sigmoid', 'sigmoid']),
  ),
  squareRoot: define('Transform', LIST, 'The square root of each value; nothing below 0.', (context, list: SeriesList) =>
    eachValue(context, list, call('squareRoot'), (value) => power(value, 0.5), ['squareRoot', '1']),
  ),
  transformNull: define('Transform', `${LIST}, default: float = 0, referenceSeries: seriesList`, 'Puts a value where there is none; with reference series only where one of those has a value.', (context, list: SeriesList, fallback: number = 0, reference?: SeriesList) => {
    const given = reference !== undefined && reference.length > 0;
    return each(context, list, (series) => {
      series.tags['transformNull'] = reprOf(fallback);
      if (given) series.tags['referenceSeries'] = '1';
      rename(series, `transformNull(${series.name},${general(fallback)}${given ? ',referenceSeries' : ''})`);
      const there = (i: number): boolean => !given || reference.some(({ values }) => i < values.length && values[i] === values[i]);
      series.values = series.values.map((value, i) => (value === value || !there(i) ? value : fallback));
      return series;
    });
  }), // prettier-ignore
};

/** @throws GraphiteError where it is no length of time */
export function positive(seconds: number, what: string): number {
  const size = Math.abs(seconds);
  if (!(size >= 1)) throw new GraphiteError(`${what} must be a second or longer.`);
  return Math.trunc(size);
}
