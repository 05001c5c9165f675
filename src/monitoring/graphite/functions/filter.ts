import {
  aggregationNamed,
  AGGREGATION_NAMES,
  averageOf,
  countOf,
  enough,
  maxOf,
  minOf,
  percentileOf,
  type Aggregation,
} from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { general } from '../python-format.ts';
import { found, pythonRegExp, substitute } from '../python-regexp.ts';
import { deriveSeries, rename, type SeriesList, type TimeSeries } from '../time-series.ts';
import { each } from './each.ts';
import { define, type CallContext, type FunctionSpec, type FunctionTable } from './function-spec.ts';

const LIST = 'seriesList: seriesList!';
const ABOVE_N = `${LIST}, n: float!`;
const FIRST_N = `${LIST}, n: integer!`;
const FUNC = { func: { options: AGGREGATION_NAMES } };

/** A missing value is below everything, and unlike everything. */
const OPERATORS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  '!=': (value, threshold) => value !== threshold,
  '<': (value, threshold) => !(value >= threshold),
  '<=': (value, threshold) => !(value > threshold),
  '=': (value, threshold) => value === threshold,
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
};

function filterSeries(list: SeriesList, func: string, operator: string, threshold: number): SeriesList {
  const aggregation = aggregationNamed(func);
  const passes = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (passes === undefined)
    throw new GraphiteError(`'${operator.slice(0, 20)}' is no operator: it is one of ${Object.keys(OPERATORS).join(' ')}.`);
  return list.filter(({ values }) => passes(aggregation(values), threshold));
}

const only = (func: string, operator: string, description: string): FunctionSpec =>
  define('Filter Series', ABOVE_N, description, (_context, list: SeriesList, n: number) => filterSeries(list, func, operator, n));

/** By what an aggregation makes of each; what has nothing comes as the least. Equals keep their order. */
function sortedBy(list: SeriesList, aggregation: Aggregation, reverse: boolean): SeriesList {
  const keyed = list.map((series) => {
    const value = aggregation(series.values);
    return { series, key: value === value ? value : -Infinity };
  });
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key < b.key === reverse ? 1 : -1));
  return keyed.map(({ series }) => series);
}

/** As Python slices: from the end where it is negative. */
const firstOf = <T>(list: readonly T[], n: number): T[] => list.slice(0, n);

const best = (func: string, most: boolean, description: string): FunctionSpec =>
  define('Filter Series', FIRST_N, description, (_context, list: SeriesList, n: number) =>
    firstOf(sortedBy(list, aggregationNamed(func), most), n),
  );

const bestBy = (most: boolean): FunctionSpec =>
  define(
    'Filter Series',
    `${LIST}, n: integer = 1, func: aggFunc = "average"`,
    `So many series with the ${most ? 'greatest' : 'least'} average, or another aggregation.`,
    (_context, list: SeriesList, n: number = 1, func: string = 'average') => firstOf(sortedBy(list, aggregationNamed(func), most), n),
    FUNC,
  );

/** Takes values out: those that `drop` says so of, given a bound that is found for each series. */
const without = (label: string, description: string, boundOf: (values: Float64Array, n: number) => number, drop: (value: number, bound: number) => boolean): FunctionSpec =>
  define('Filter Data', ABOVE_N, description, (context, list: SeriesList, n: number) =>
    each(context, list, (series) => {
      rename(series, `${label}(${series.name}, ${general(n)})`);
      const bound = boundOf(series.values, n);
      series.values = series.values.map((value) => (drop(value, bound) ? NaN : value));
      return series;
    }),
  ); // prettier-ignore

const percentile = (values: Float64Array, n: number): number => {
  if (n === 0) throw new GraphiteError('The percentile must be greater than 0.');
  return percentileOf(values, n);
};
const itself = (_values: Float64Array, n: number): number => n;

const upper = (n: number): number => (n < 50 ? 100 - n : n);

function averageOutsidePercentile(_context: unknown, list: SeriesList, n: number): SeriesList {
  const averages = Float64Array.from(list, ({ values }) => averageOf(values));
  const [low, high] = [percentileOf(averages, 100 - upper(n)), percentileOf(averages, upper(n))];
  return list.filter((_, i) => !(low < averages[i]! && averages[i]! < high));
}

async function removeBetweenPercentile(context: CallContext, list: SeriesList, n: number): Promise<SeriesList> {
  const length = list.reduce((least, { values }) => Math.min(least, values.length), list[0]?.values.length ?? 0);
  const outside = new Set<TimeSeries>();
  for (let i = 0; i < length; i++) {
    const column = Float64Array.from(list, ({ values }) => values[i]!);
    const [low, high] = [percentileOf(column, 100 - upper(n)), percentileOf(column, upper(n))];
    for (const [j, series] of list.entries()) if (column[j]! <= low || column[j]! >= high) outside.add(series);
    const pause = context.rest();
    if (pause !== undefined) await pause;
  }
  return list.filter((series) => outside.has(series));
}

function mostDeviant(_context: unknown, list: SeriesList, n: number): SeriesList {
  const deviation: Aggregation = (values) => {
    const mean = averageOf(values);
    let squares = 0;
    for (const value of values) if (value === value) squares += (value - mean) ** 2;
    return squares / countOf(values);
  };
  return firstOf(sortedBy(list.filter(({ values }) => countOf(values) > 0), deviation, true), n); // prettier-ignore
}

const matching = (wanted: boolean, description: string): FunctionSpec =>
  define('Filter Series', `${LIST}, pattern: string!`, description, (_context, list: SeriesList, pattern: string) => {
    const compiled = pythonRegExp(pattern);
    return list.filter(({ name }) => found(compiled, name) === wanted);
  });

const nPercentile = define('Calculate', ABOVE_N, 'A line at the n-th percentile of each series.', (context, list: SeriesList, n: number) =>
  each(context, list, (series) => {
    const value = percentile(series.values, n);
    if (value !== value) return undefined;
    series.tags['nPercentile'] = String(n);
    const values = new Float64Array(Math.trunc((series.end - series.start) / series.step)).fill(value);
    return deriveSeries(series, `nPercentile(${series.name}, ${general(n)})`, values);
  }),
);

const useSeriesAbove = define('Filter Series', `${LIST}, value: float!, search: string!, replace: string!`, 'For each series that rises above a value, the series whose name is made of its own by search and replace.', async (context, list: SeriesList, value: number, search: string, replace: string) => {
  const pattern = pythonRegExp(search);
  const names = list.filter(({ values }) => maxOf(values) > value).map(({ name }) => substitute(pattern, replace, name));
  return names.length === 0 ? [] : (await context.evaluate(`group(${names.join(',')})`)).filter(({ values }) => values.length > 0);
}); // prettier-ignore

/** Functions that leave out series or values, or sort series. */
export const filterFunctions: FunctionTable = {
  averageAbove: only('average', '>', 'The series whose average is above n.'),
  averageBelow: only('average', '<=', 'The series whose average is n or below.'),
  averageOutsidePercentile: define('Filter Series', ABOVE_N, 'The series whose average is not between the percentiles n and 100 - n of all averages.', averageOutsidePercentile),
  currentAbove: only('last', '>', 'The series whose last value is above n.'),
  currentBelow: only('last', '<=', 'The series whose last value is n or below.'),
  exclude: matching(false, 'The series whose name a regular expression does not match.'),
  filterSeries: define('Filter Series', `${LIST}, func: aggFunc!, operator: string!, threshold: float!`, 'The series whose aggregation compares so with a threshold.', (_context, list: SeriesList, func: string, operator: string, threshold: number) => filterSeries(list, func, operator, threshold), { ...FUNC, operator: { options: Object.keys(OPERATORS) } }),
  grep: matching(true, 'The series whose name a regular expression matches.'),
  highest: bestBy(true),
  highestAverage: best('average', true, 'So many series with the greatest average.'),
  highestCurrent: best('current', true, 'So many series with the greatest last value.'),
  highestMax: best('max', true, 'So many series with the greatest maximum.'),
  limit: define('Filter Series', FIRST_N, 'The first so many series.', (_context, list: SeriesList, n: number) => firstOf(list, n)),
  lowest: bestBy(false),
  lowestAverage: best('average', false, 'So many series with the least average.'),
  lowestCurrent: best('current', false, 'So many series with the least last value.'),
  maximumAbove: only('max', '>', 'The series whose maximum is above n.'),
  maximumBelow: only('max', '<=', 'The series whose maximum is n or below.'),
  minimumAbove: only('min', '>', 'The series whose minimum is above n.'),
  minimumBelow: only('min', '<=', 'The series whose minimum is n or below.'),
  mostDeviant: define('Filter Series', FIRST_N, 'The so many series that vary most.', mostDeviant),
  nPercentile,
  removeAbovePercentile: without('removeAbovePercentile', 'Takes out the values above the n-th percentile of each series.', percentile, (value, bound) => value > bound),
  removeAboveValue: without('removeAboveValue', 'Takes out the values above n.', itself, (value, bound) => value > bound),
  removeBelowPercentile: without('removeBelowPercentile', 'Takes out the values below the n-th percentile of each series.', percentile, (value, bound) => value < bound),
  removeBelowValue: without('removeBelowValue', 'Takes out the values below n.', itself, (value, bound) => value < bound),
  removeBetweenPercentile: define('Filter Series', ABOVE_N, 'The series with a value that is not between the percentiles n and 100 - n of all series at its time.', removeBetweenPercentile),
  removeEmptySeries: define('Filter Series', `${LIST}, xFilesFactor: float`, 'The series with a value, or with values for at least such a share of their time.', (_context, list: SeriesList, factor?: number) => list.filter(({ values }) => enough(countOf(values), values.length, factor ?? 0))),
  sortBy: define('Sorting', `${LIST}, func: aggFunc = "average", reverse: boolean = false`, 'Sorts the series by an aggregation, the least first.', (_context, list: SeriesList, func: string = 'average', reverse: boolean = false) => sortedBy(list, aggregationNamed(func), reverse), FUNC),
  sortByMaxima: define('Sorting', LIST, 'Sorts the series by their maximum, the greatest first.', (_context, list: SeriesList) => sortedBy(list, maxOf, true)),
  sortByMinima: define('Sorting', LIST, 'Sorts the series that rise above 0 by their minimum, the least first.', (_context, list: SeriesList) => sortedBy(list.filter(({ values }) => maxOf(values) > 0), minOf, false)),
  sortByName: define('Sorting', `${LIST}, natural: boolean = false, reverse: boolean = false`, 'Sorts the series by name; with natural, numbers in it by their size.', (_context, list: SeriesList, natural: boolean = false, reverse: boolean = false) => sortByName(list, natural, reverse)),
  sortByTotal: define('Sorting', LIST, 'Sorts the series by their sum, the greatest first.', (_context, list: SeriesList) => sortedBy(list, aggregationNamed('sum'), true)),
  unique: define('Filter Series', 'seriesLists: seriesList!*', 'Each series once, by its name.', (_context, ...lists: SeriesList[]) => [...lists.flat().reduce((seen, series) => (seen.has(series.name) ? seen : seen.set(series.name, series)), new Map<string, TimeSeries>()).values()]),
  useSeriesAbove,
}; // prettier-ignore

function sortByName(list: SeriesList, natural: boolean, reverse: boolean): SeriesList {
  const keyed = list.map((series) => ({
    series,
    key: natural ? series.name.replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, '').padStart(10, '0')) : series.name,
  }));
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key < b.key === reverse ? 1 : -1));
  return keyed.map(({ series }) => series);
}
