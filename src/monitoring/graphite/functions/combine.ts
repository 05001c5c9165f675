import { AGGREGATION_NAMES, percentileOf, sumOf } from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { general } from '../python-format.ts';
import { makeSeries, type SeriesList, type TimeSeries } from '../time-series.ts';
import { aggregate, align, columns, pathsOf } from './align.ts';
import { aggregator, define, type CallContext, type FunctionSpec, type FunctionTable } from './function-spec.ts';
import { groupBy } from './nodes.ts';
import { lineAt } from './special.ts';

const LISTS = 'seriesLists: seriesList!*';
const PAIR = 'seriesListFirstPos: seriesList!, seriesListSecondPos: seriesList!';

/** None of a list that is empty. */
export const maybe = (series: TimeSeries | undefined): SeriesList => (series === undefined ? [] : [series]);

/** One series of all the series of all lists. */
const ofAll = (func: string, description: string): FunctionSpec =>
  aggregator(
    define('Combine', LISTS, description, async (context, ...lists: SeriesList[]) => maybe(await aggregate(context, lists.flat(), func))),
  );

async function withWildcards(context: CallContext, list: SeriesList, func: string, positions: readonly number[]): Promise<SeriesList> {
  const key = ({ name }: TimeSeries): string => name.split('.').filter((_, i) => !positions.includes(i)).join('.'); // prettier-ignore
  const made: SeriesList = [];
  for (const [name, group] of groupBy(list, key)) made.push({ ...(await aggregate(context, group, func))!, name });
  return made;
}

const wild = (func: string, description: string): FunctionSpec =>
  aggregator(
    define('Combine', 'seriesList: seriesList!, position: node*', description, (context, list: SeriesList, ...positions: number[]) =>
      withWildcards(context, list, func, positions),
    ),
  );

async function byPairs(context: CallContext, first: SeriesList, second: SeriesList, func: string, factor?: number): Promise<SeriesList> {
  if (first.length !== second.length)
    throw new GraphiteError(`The two lists must have as many series: there are ${first.length} and ${second.length}.`);
  const made: SeriesList = [];
  for (const [i, one] of first.entries()) {
    const other = second[i]!;
    const name = `${func.replace(/Series$/, '')}Series(${one.name},${other.name})`;
    made.push({ ...(await aggregate(context, [one, other], func, factor))!, name });
  }
  return made;
}

const pairs = (func: string, description: string): FunctionSpec =>
  aggregator(
    define('Combine', PAIR, description, (context, first: SeriesList, second: SeriesList) => byPairs(context, first, second, func)),
  );

/** The quotient of two series, column by column; nothing where the divisor is 0. */
export async function quotient(context: CallContext, dividend: TimeSeries, divisor: TimeSeries, name: string): Promise<TimeSeries> {
  const aligned = align([dividend, divisor])!;
  const values = await columns(context, aligned, ([a = NaN, b = NaN]) => (b === 0 ? NaN : a / b));
  return makeSeries(name, { ...aligned, values, xFilesFactor: context.xFilesFactor });
}

async function divide(context: CallContext, dividends: SeriesList, divisors: SeriesList): Promise<SeriesList> {
  const made: SeriesList = [];
  for (const [i, dividend] of dividends.entries()) {
    const divisor = divisors[i]!;
    made.push(await quotient(context, dividend, divisor, `divideSeries(${dividend.name},${divisor.name})`));
  }
  return made;
}

const divideSeries = define(
  'Combine',
  'dividendSeriesList: seriesList!, divisorSeries: seriesList!',
  'Divides each series by one series; nothing where that is 0.',
  async (context, dividends: SeriesList, divisors: SeriesList) => {
    if (divisors.length > 1) throw new GraphiteError(`divideSeries() divides by exactly one series, and there are ${divisors.length}.`);
    const [divisor] = divisors;
    if (divisor !== undefined) return await divide(context, dividends, dividends.map(() => divisor)); // prettier-ignore
    for (const series of dividends) {
      series.path = series.name = `divideSeries(${series.name},MISSING)`;
      series.values.fill(NaN);
    }
    return dividends;
  },
);

const divideSeriesLists = define(
  'Combine',
  'dividendSeriesList: seriesList!, divisorSeriesList: seriesList!',
  'Divides each series of a list by the series in the same place of another.',
  async (context, dividends: SeriesList, divisors: SeriesList) => {
    if (dividends.length !== divisors.length)
      throw new GraphiteError(`The two lists must have as many series: there are ${dividends.length} and ${divisors.length}.`);
    return await divide(context, dividends, divisors);
  },
);

const countSeries = aggregator(
  define('Combine', 'seriesLists: seriesList*', 'How many series there are.', (context, ...lists: SeriesList[]) => {
    if (lists.length === 0) return [{ ...lineAt(context, 0, '0'), path: 'countSeries()' }];
    const list = lists.flat();
    const aligned = align(list);
    if (aligned === undefined) return [];
    const values = new Float64Array(aligned.length).fill(list.length);
    return [makeSeries(`countSeries(${pathsOf(list)})`, { ...aligned, values, xFilesFactor: context.xFilesFactor })];
  }),
);

const percentileOfSeries = define(
  'Combine',
  'seriesList: seriesList!, n: float!, interpolate: boolean = false',
  'The n-th percentile of all series, at each time.',
  async (context, list: SeriesList, n: number, between = false) => {
    if (!(n > 0)) throw new GraphiteError('The percentile must be greater than 0.');
    const aligned = align(list);
    if (aligned === undefined) return [];
    const values = await columns(context, aligned, (column) => percentileOf(column, n, between));
    return [makeSeries(`percentileOfSeries(${list[0]!.path},${general(n)})`, { ...aligned, values, xFilesFactor: context.xFilesFactor })];
  },
);

const powSeries = aggregator(
  define('Combine', 'seriesList: seriesList!*', 'The first series to the power of the second, to that of the third, and so on.', async (context, ...lists: SeriesList[]) => {
    const list = lists.flat();
    const aligned = align(list);
    if (aligned === undefined) return [];
    const raised = (base: number, exponent: number): number => {
      if (base !== base || exponent !== exponent || (base === 0 && exponent < 0)) return NaN;
      const answer = base ** exponent;
      return Number.isFinite(answer) || !Number.isFinite(base) ? answer : NaN;
    };
    const values = await columns(context, aligned, (column) => column.reduce(raised));
    return [makeSeries(`powSeries(${list.map(({ name }) => name).join(',')})`, { ...aligned, values, xFilesFactor: context.xFilesFactor })];
  }),
); // prettier-ignore

const multiplySeries = aggregator(
  define('Combine', LISTS, 'The product of all series; nothing where one of them has nothing.', async (context, ...lists: SeriesList[]) => {
    const list = lists.flat();
    return lists.length === 1 && list.length === 1 ? list : maybe(await aggregate(context, list, 'multiply'));
  }),
);

const FUNC = { func: { options: AGGREGATION_NAMES } };

/** Functions that make one series of several. */
export const combineFunctions: FunctionTable = {
  aggregate: define('Combine', 'seriesList: seriesList!, func: aggFunc!, xFilesFactor: float', 'One series of several, by the named aggregation.', async (context, list: SeriesList, func: string, factor?: number) => maybe(await aggregate(context, list, func, factor)), FUNC),
  aggregateSeriesLists: define('Combine', `${PAIR}, func: aggFunc!, xFilesFactor: float`, 'Combines each series of a list with the one in the same place of another.', (context, first: SeriesList, second: SeriesList, func: string, factor?: number) => byPairs(context, first, second, func, factor), FUNC),
  aggregateWithWildcards: define('Combine', 'seriesList: seriesList!, func: aggFunc!, position: node*', 'Combines series that are alike but for the nodes at these places, and takes those out of the name.', (context, list: SeriesList, func: string, ...positions: number[]) => withWildcards(context, list, func, positions), FUNC),
  averageSeries: ofAll('average', 'The mean of all series.'),
  avg: ofAll('average', 'The mean of all series: short for averageSeries.'),
  averageSeriesWithWildcards: wild('average', 'The mean of series that are alike but for the nodes at these places.'),
  countSeries,
  diffSeries: ofAll('diff', 'The first series less all others.'),
  diffSeriesLists: pairs('diff', 'Each series of a list less the one in the same place of another.'),
  divideSeries,
  divideSeriesLists,
  group: define('Combine', 'seriesLists: seriesList*', 'Puts lists of series together into one.', (_context, ...lists: SeriesList[]) => lists.flat()),
  maxSeries: ofAll('max', 'The greatest of all series at each time.'),
  minSeries: ofAll('min', 'The least of all series at each time.'),
  multiplySeries,
  multiplySeriesLists: pairs('multiply', 'Each series of a list times the one in the same place of another.'),
  multiplySeriesWithWildcards: wild('multiply', 'The product of series that are alike but for the nodes at these places.'),
  percentileOfSeries,
  powSeries,
  rangeOfSeries: ofAll('rangeOf', 'The distance from the least to the greatest of all series at each time.'),
  stddevSeries: ofAll('stddev', 'The standard deviation of all series at each time.'),
  sum: ofAll('sum', 'The sum of all series: short for sumSeries.'),
  sumSeries: ofAll('sum', 'The sum of all series.'),
  sumSeriesLists: pairs('sum', 'Each series of a list plus the one in the same place of another.'),
  sumSeriesWithWildcards: wild('sum', 'The sum of series that are alike but for the nodes at these places.'),
}; // prettier-ignore

/** The sum of series as `asPercent` takes it for a total: without regard to how many are there. */
export async function totalOf(context: CallContext, list: SeriesList): Promise<TimeSeries> {
  if (list.length === 1) return list[0]!;
  const aligned = align(list)!;
  const values = await columns(context, aligned, sumOf);
  return makeSeries(`sumSeries(${pathsOf(list)})`, { ...aligned, values, xFilesFactor: context.xFilesFactor });
}
