import { rename, type SeriesList, type TimeSeries } from '../time-series.ts';
import type { CallContext } from './function-spec.ts';

/** Makes a series, several or none of each, a few milliseconds at a time. */
export async function each(
  context: CallContext,
  list: SeriesList,
  make: (series: TimeSeries) => TimeSeries | readonly TimeSeries[] | undefined,
): Promise<SeriesList> {
  const made: SeriesList = [];
  for (const series of list) {
    const one = make(series);
    if (Array.isArray(one)) made.push(...(one as TimeSeries[]));
    else if (one !== undefined) made.push(one as TimeSeries);
    const pause = context.rest();
    if (pause !== undefined) await pause;
  }
  return made;
}

/** Renames each series and changes each of its values. A value that is not there stays so, as arithmetic on a NaN is one. */
export async function eachValue(
  context: CallContext,
  list: SeriesList,
  name: (series: TimeSeries) => string,
  change: (value: number) => number,
  tag?: readonly [name: string, value: string],
): Promise<SeriesList> {
  return await each(context, list, (series) => {
    if (tag) series.tags[tag[0]] = tag[1];
    rename(series, name(series));
    const { values } = series;
    for (let i = 0; i < values.length; i++) values[i] = change(values[i]!);
    return series;
  });
}
