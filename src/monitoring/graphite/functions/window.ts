import { AGGREGATION_NAMES, aggregationNamed, averageOf } from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { roundTo } from '../python-format.ts';
import { parseTimeOffset } from '../time/time-offset.ts';
import { deriveSeries, type SeriesList, type TimeSeries } from '../time-series.ts';
import { slide } from './slide.ts';
import { define, type CallContext, type FunctionSpec, type FunctionTable } from './function-spec.ts';

type Size = number | string;

/** A window in points of each series, or in time. */
interface Window {
  /** Seconds before the request's start that are needed for its first point. */
  readonly seconds: number;
  readonly points: (step: number) => number;
  /** As it stands in the series' name. */
  readonly text: string;
}

function windowOf(list: SeriesList, size: Size): Window {
  if (typeof size === 'string') {
    const seconds = Math.abs(parseTimeOffset(size));
    return { seconds, points: (step) => Math.floor(seconds / step), text: `"${size}"` };
  }
  const points = Math.trunc(size);
  if (!(points >= 0) || points > 1e7) throw new GraphiteError(`A window of ${size} points can't be taken.`);
  const step = list.reduce((most, series) => Math.max(most, series.step), 0);
  return { seconds: step * points, points: () => points, text: String(size) };
}

/** The same series from so much earlier on. */
const earlier = (context: CallContext, { seconds }: Window): Promise<SeriesList> =>
  context.evaluate(context.args[0], { start: context.start - seconds });

async function movingWindow(context: CallContext, list: SeriesList, size: Size, func: string, factor?: number): Promise<SeriesList> {
  const window = windowOf(list, size);
  const label = `moving${func.charAt(0).toUpperCase()}${func.slice(1).toLowerCase()}`;
  aggregationNamed(func);
  if (list.length === 0) return [];
  const made: SeriesList = [];
  for (const series of await earlier(context, window)) {
    series.tags[label] = String(size);
    const values = await slide(context, series.values, window.points(series.step), func, factor ?? series.xFilesFactor);
    made.push(deriveSeries(series, `${label}(${series.name},${window.text})`, values, { start: series.start + window.seconds }));
  }
  return made;
}

async function exponentialMovingAverage(context: CallContext, list: SeriesList, size: Size): Promise<SeriesList> {
  if (list.length === 0) return [];
  const window = windowOf(list, size);
  const constant = 2 / ((typeof size === 'string' ? window.seconds : Math.trunc(size)) + 1);
  return (await earlier(context, window)).map((series: TimeSeries) => {
    series.tags['exponentialMovingAverage'] = String(size);
    const points = window.points(series.step);
    let average = averageOf(series.values.subarray(0, points)) || 0;
    const values = new Float64Array(1 + Math.max(0, series.values.length - points));
    values[0] = roundTo(average, 6);
    for (let i = points; i < series.values.length; i++) {
      const value = series.values[i]!;
      if (value === value) average = constant * value + (1 - constant) * average;
      values[i - points + 1] = value === value ? roundTo(average, 6) : NaN;
    }
    return deriveSeries(series, `exponentialMovingAverage(${series.name},${window.text})`, values, {
      start: series.start + window.seconds,
    });
  });
}

const SIZE = 'seriesList: seriesList!, windowSize: intOrInterval!';
const SUGGESTED = { windowSize: { suggestions: [5, 7, 10, '1min', '5min', '10min', '30min', '1hour'] } };
const moving = (func: string, what: string): FunctionSpec =>
  define(
    'Calculate',
    `${SIZE}, xFilesFactor: float`,
    `${what} of so many points, or of so long, before each point.`,
    (context, list: SeriesList, size: Size, factor?: number) => movingWindow(context, list, size, func, factor),
    SUGGESTED,
  );

/** Functions of a window that moves along a series: they ask for its values from before the request's time. */
export const windowFunctions: FunctionTable = {
  exponentialMovingAverage: define('Calculate', SIZE, 'A mean in which older values count ever less.', exponentialMovingAverage, SUGGESTED),
  movingAverage: moving('average', 'The mean'),
  movingMax: moving('max', 'The greatest'),
  movingMedian: moving('median', 'The median'),
  movingMin: moving('min', 'The least'),
  movingSum: moving('sum', 'The sum'),
  movingWindow: define(
    'Calculate',
    `${SIZE}, func: aggFunc = "average", xFilesFactor: float`,
    'The named aggregation of so many points, or of so long, before each point.',
    (context, list: SeriesList, size: Size, func: string = 'average', factor?: number) => movingWindow(context, list, size, func, factor),
    { ...SUGGESTED, func: { options: AGGREGATION_NAMES } },
  ),
};
