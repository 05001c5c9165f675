import { GraphiteError } from '../graphite-error.ts';
import { makeSeries, type SeriesList, type TimeSeries } from '../time-series.ts';
import { aggregate, align, columns, pathsOf } from './align.ts';
import { totalOf } from './combine.ts';
import { aggregator, define, type CallContext, type FunctionTable } from './function-spec.ts';
import { groupBy, keyOf, type Node } from './nodes.ts';

/** A share in percent; nothing of nothing. */
const percent = (part: number, whole: number): number => (whole === 0 ? NaN : (part / whole) * 100);

async function shareOf(context: CallContext, part: TimeSeries, whole: TimeSeries, name: string): Promise<TimeSeries> {
  const aligned = align([part, whole])!;
  const values = await columns(context, aligned, ([a = NaN, b = NaN]) => percent(a, b));
  return makeSeries(name, { ...aligned, values, xFilesFactor: context.xFilesFactor });
}

const nothingLike = (context: CallContext, { start, end, step, values }: TimeSeries, name: string): TimeSeries =>
  makeSeries(name, { start, end, step, values: new Float64Array(values.length).fill(NaN), xFilesFactor: context.xFilesFactor });

/** Each group by its own total: of the series of `total` with the same nodes, or of the group itself. */
async function byNodes(context: CallContext, list: SeriesList, total: unknown, nodes: readonly Node[]): Promise<SeriesList> {
  if (total !== undefined && !Array.isArray(total)) throw new GraphiteError('With nodes, the total of asPercent() must be series or None.');
  const groups = groupBy(list, (series) => keyOf(series, nodes));
  const wholes = total === undefined ? groups : groupBy(total as SeriesList, (series) => keyOf(series, nodes));
  const totals = new Map<string, TimeSeries>();
  for (const [key, group] of wholes) totals.set(key, await totalOf(context, group));
  const made: SeriesList = [];
  for (const key of new Set([...groups.keys(), ...wholes.keys()])) {
    const whole = totals.get(key);
    const group = groups.get(key);
    if (group === undefined) made.push(nothingLike(context, whole!, `asPercent(MISSING,${whole!.name})`));
    for (const series of group ?? []) {
      if (whole === undefined) made.push(nothingLike(context, series, `asPercent(${series.name},MISSING)`));
      else made.push(await shareOf(context, series, whole, `asPercent(${series.name},${whole.name})`));
    }
  }
  return made;
}

const byName = (a: TimeSeries, b: TimeSeries): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

async function asPercent(
  context: CallContext,
  list: SeriesList,
  total?: SeriesList | number | null,
  ...nodes: Node[]
): Promise<SeriesList> {
  if (list.length === 0) return [];
  const whole = total ?? undefined;
  if (nodes.length > 0) return await byNodes(context, list, whole, nodes);
  const made: SeriesList = [];
  if (typeof whole === 'number') {
    for (const { name, start, end, step, values } of list) {
      const shares = values.map((value) => percent(value, whole));
      made.push(makeSeries(`asPercent(${name},${whole})`, { start, end, step, values: shares, xFilesFactor: context.xFilesFactor }));
    }
    return made;
  }
  if (whole !== undefined && !Array.isArray(whole)) throw new GraphiteError('The total of asPercent() must be a number or series.');
  if (whole !== undefined && whole.length !== 1 && whole.length !== list.length)
    throw new GraphiteError(
      `The total of asPercent() must be one series, or as many as there are: ${list.length}, and not ${whole.length}.`,
    );
  if (whole !== undefined && whole.length === list.length) {
    const wholes = [...whole].sort(byName);
    for (const [i, one] of [...list].sort(byName).entries())
      made.push(await shareOf(context, one, wholes[i]!, `asPercent(${one.name},${wholes[i]!.name})`));
    return made;
  }
  const one = whole?.[0] ?? (await aggregateAll(context, list));
  for (const series of list) made.push(await shareOf(context, series, one, `asPercent(${series.name},${one.name})`));
  return made;
}

const aggregateAll = async (context: CallContext, list: SeriesList): Promise<TimeSeries> => ({
  ...(await totalOf(context, list)),
  name: `sumSeries(${pathsOf(list)})`,
});

const AS_PERCENT = aggregator(
  define(
    'Combine',
    'seriesList: seriesList!, total: any, nodes: nodeOrTag*',
    'Each series as a percentage of a total: of all of them, of a number, of another series, or of those with the same nodes.',
    asPercent,
  ),
);

async function weightedAverage(context: CallContext, averages: SeriesList, weights: SeriesList, ...nodes: Node[]): Promise<SeriesList> {
  if (averages.length !== weights.length)
    throw new GraphiteError(`weightedAverage() needs as many weights as series: there are ${averages.length} and ${weights.length}.`);
  const weightOf = new Map(weights.map((series) => [keyOf(series, nodes), series]));
  const products: SeriesList = [];
  // Of several with the same nodes, the last counts.
  for (const [key, average] of new Map(averages.map((series) => [keyOf(series, nodes), series]))) {
    const weight = weightOf.get(key);
    if (weight === undefined) continue;
    const values = average.values.map((value, i) => value * (weight.values[i] ?? NaN));
    const { start, end, step } = average;
    products.push(makeSeries(`product(${weight.name},${average.name})`, { start, end, step, values, xFilesFactor: context.xFilesFactor }));
  }
  const sum = await aggregate(context, products, 'sum');
  if (sum === undefined) return [];
  const all = (await aggregate(context, weights, 'sum'))!;
  const values = sum.values.map((value, i) => (all.values[i] === 0 ? NaN : value / (all.values[i] ?? NaN)));
  const paths = (list: SeriesList): string => [...new Set(list.map(({ path }) => path))].sort().join(',');
  const { start, end, step } = sum;
  const name = `weightedAverage(${paths(averages)}, ${paths(weights)}, ${nodes.join(',')})`;
  return [makeSeries(name, { start, end, step, values, xFilesFactor: context.xFilesFactor })];
}

export const percentFunctions: FunctionTable = {
  asPercent: AS_PERCENT,
  pct: { ...AS_PERCENT, description: 'Short for asPercent.' },
  weightedAverage: define(
    'Combine',
    'seriesListAvg: seriesList!, seriesListWeight: seriesList!, nodes: nodeOrTag*',
    'The mean of series, each weighted by the series with the same nodes.',
    weightedAverage,
  ),
};
