import { aggregationNamed, enough } from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { makeSeries, pointsOf, type SeriesList, type TimeSeries } from '../time-series.ts';
import type { CallContext } from './function-spec.ts';
import { greatestDivisor } from './sequence.ts';

/** What several series have in common, each being put together to points of this step. */
export interface Aligned {
  readonly rows: readonly Float64Array[];
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** Of the longest. */
  readonly length: number;
}

/** Brings series to the least step that is a multiple of each one's. Undefined where there are none. */
export function align(list: SeriesList): Aligned | undefined {
  if (list.length === 0) return undefined;
  let step = 1;
  for (const series of list) step = (step / greatestDivisor(step, series.step)) * series.step;
  if (!Number.isSafeInteger(step)) throw new GraphiteError('The steps of the series have no common multiple that is of use.');
  let start = Infinity;
  let end = -Infinity;
  for (const series of list) {
    series.valuesPerPoint = step / series.step;
    start = Math.min(start, series.start);
    end = Math.max(end, series.end);
  }
  const rows = list.map(pointsOf);
  const length = rows.reduce((most, { length }) => Math.max(most, length), 0);
  return { rows, start, end: end - ((end - start) % step), step, length };
}

/** Makes a value of each column: what the series have at one time. */
export async function columns(context: CallContext, aligned: Aligned, make: (column: Float64Array) => number): Promise<Float64Array> {
  const { rows, length } = aligned;
  const made = new Float64Array(length);
  const column = new Float64Array(rows.length);
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < rows.length; j++) column[j] = rows[j]![i] ?? NaN;
    made[i] = make(column);
    const pause = context.rest();
    if (pause !== undefined) await pause;
  }
  return made;
}

/** The paths of the series, each once. */
export const pathsOf = (list: SeriesList): string => [...new Set(list.map(({ path }) => path))].join(',');

/** One series of several: what `sumSeries` and its like are made of. Undefined where there are none. */
export async function aggregate(context: CallContext, list: SeriesList, given: string, factor?: number): Promise<TimeSeries | undefined> {
  const name = given.replace(/Series$/, '');
  const combine = aggregationNamed(name);
  const aligned = align(list);
  if (aligned === undefined) return undefined;
  const xFilesFactor = factor ?? context.xFilesFactor;
  const values = await columns(context, aligned, (column) => {
    let there = 0;
    for (const value of column) if (value === value) there++;
    return enough(there, column.length, xFilesFactor) ? combine(column) : NaN;
  });
  const label = `${name}Series(${pathsOf(list)})`;
  const tags = commonTags(list);
  return makeSeries(label, { ...aligned, values, xFilesFactor, tags: { name: label, ...tags, aggregatedBy: name } });
}

function commonTags(list: SeriesList): Record<string, string> {
  const shared = Object.entries(list[0]!.tags).filter(([tag, value]) => list.every(({ tags }) => tags[tag] === value));
  return Object.fromEntries(shared);
}
