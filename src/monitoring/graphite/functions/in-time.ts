import { AGGREGATION_NAMES, aggregationNamed, enough } from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { parseAtTime } from '../time/at-time.ts';
import { parseTimeOffset, unitOf, type TimeUnit } from '../time/time-offset.ts';
import { fromWall, wallAt, zoneOffset } from '../time/zone.ts';
import { deriveSeries, makeSeries, rename, type SeriesList, type TimeSeries } from '../time-series.ts';
import { each } from './each.ts';
import { define, type CallContext, type FunctionTable } from './function-spec.ts';
import { positive } from './transform.ts';

const LIST = 'seriesList: seriesList!';
const SHIFTS = { suggestions: ['1h', '6h', '12h', '1d', '2d', '7d', '14d', '30d'] };
const INTERVALS = { suggestions: ['10min', '1h', '1d'] };
const FUNC = { func: { options: AGGREGATION_NAMES }, intervalString: INTERVALS };

/** Into the past unless a sign says otherwise. */
const backwards = (text: string): string => (/^\d/.test(text) ? `-${text}` : text);

async function timeShift(context: CallContext, list: SeriesList, given: string, resetEnd = true, alignDst = false): Promise<SeriesList> {
  const text = backwards(given);
  const shift = parseTimeOffset(text);
  const [first] = list;
  if (first === undefined) return [];
  const over = { start: context.start + shift, end: context.end + shift };
  const correction = alignDst ? summerTime(context, over) : 0;
  const shifted = await context.evaluate(context.args[0], { start: over.start + correction, end: over.end + correction });
  for (const series of shifted) {
    series.tags['timeShift'] = text;
    series.name = `timeShift(${series.name}, "${text}")`;
    series.end = resetEnd ? first.end : series.end - series.start + first.start;
    series.start = first.start;
  }
  return shifted;
}

/** Seconds to add so that the same time of day is compared, where summer time began or ended in between. */
function summerTime({ start, end, zone }: CallContext, over: { start: number; end: number }): number {
  const [here, there] = [zoneOffset(start, zone), zoneOffset(over.start, zone)];
  return here === zoneOffset(end, zone) && there === zoneOffset(over.end, zone) ? here - there : 0;
}

async function timeStack(context: CallContext, list: SeriesList, unit = '1d', from = 0, to = 7): Promise<SeriesList> {
  const text = backwards(unit);
  const shift = parseTimeOffset(text);
  const [first] = list;
  const made: SeriesList = [];
  if (first === undefined) return made;
  if (to - from > 1_000) throw new GraphiteError('timeStack() takes a thousand shifts at most.');
  for (let i = from; i < to; i++) {
    for (const series of await context.evaluate(context.args[0], { start: context.start + shift * i, end: context.end + shift * i })) {
      series.tags['timeShiftUnit'] = text;
      series.tags['timeShift'] = String(i);
      rename(series, `timeShift(${series.name}, ${text}, ${i})`);
      made.push({ ...series, start: first.start, end: first.end });
    }
  }
  return made;
}

function timeSlice(context: CallContext, list: SeriesList, from: string | number, to: string | number = 'now'): Promise<SeriesList> {
  const [start, end] = [from, to].map((text) => parseAtTime(String(text), context.zone, context.now)) as [number, number];
  const [first, last] = [Math.trunc(start), Math.trunc(end)];
  return each(context, list, (series) => {
    series.tags['timeSliceStart'] = String(first);
    series.tags['timeSliceEnd'] = String(last);
    series.name = `timeSlice(${series.name}, ${first}, ${last})`;
    const begin = Math.trunc(context.start);
    series.values = series.values.map((value, i) => {
      const time = begin + i * series.step;
      return time < first || time > last ? NaN : value;
    });
    return series;
  });
}

/** What an aggregation makes of each interval from `start` to `end`. */
function inIntervals(context: CallContext, series: TimeSeries, func: string, interval: number, start: number, end: number): Float64Array {
  const aggregation = aggregationNamed(func);
  const count = Math.max(0, Math.ceil((end - start) / interval));
  context.spend(count);
  const { values, step, xFilesFactor } = series;
  const length = Math.min(values.length, Math.max(0, Math.ceil((series.end - series.start) / step)));
  const made = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const begin = start + i * interval;
    let first = at;
    let there = 0;
    for (; at < length && series.start + at * step < begin + interval; at++) {
      const time = series.start + at * step;
      if (time <= begin) first = at;
      if (time >= begin && values[at] === values[at]) there++;
    }
    made[i] = enough(there, interval / step, xFilesFactor) ? aggregation(values.subarray(first, at)) : NaN;
  }
  return made;
}

function summarize(context: CallContext, list: SeriesList, text: string, func = 'sum', alignToFrom = false): Promise<SeriesList> {
  const interval = positive(parseTimeOffset(text), 'The interval');
  return each(context, list, (series) => {
    const start = alignToFrom ? series.start : series.start - (series.start % interval);
    const end = alignToFrom ? series.end : series.end - (series.end % interval) + interval;
    const values = inIntervals(context, series, func, interval, start, end);
    series.tags['summarize'] = text;
    series.tags['summarizeFunction'] = func;
    const name = `summarize(${series.name}, "${text}", "${func}"${alignToFrom ? ', true' : ''})`;
    return deriveSeries(series, name, values, { start, end: alignToFrom ? start + values.length * interval : end, step: interval });
  });
}

/** The beginning of the unit that a time is in, on the wall of the zone; of weeks, on their first day (1 is Monday). */
function beginningOf(time: number, unit: TimeUnit, zone: string, weekday: number): number {
  const wall = wallAt(time, zone);
  if (unit === 'seconds') return Math.trunc(time);
  if (unit === 'minutes') return fromWall({ ...wall, second: 0 }, zone);
  const hour = { ...wall, minute: 0, second: 0 };
  if (unit === 'hours') return fromWall(hour, zone);
  const day = { ...hour, hour: 0 };
  if (unit === 'days') return fromWall(day, zone);
  if (unit === 'months') return fromWall({ ...day, day: 1 }, zone);
  if (unit === 'years') return fromWall({ ...day, month: 1, day: 1 }, zone);
  const today = new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay() || 7;
  return fromWall({ ...day, day: wall.day - ((today - weekday + 7) % 7) }, zone);
}

async function smartSummarize(context: CallContext, given: SeriesList, text: string, func = 'sum', alignTo?: string): Promise<SeriesList> {
  const interval = positive(parseTimeOffset(text), 'The interval');
  let list = given;
  if (alignTo !== undefined) {
    const weekday = /\d$/.test(alignTo) ? Number(alignTo.at(-1)) : 1;
    const start = beginningOf(context.start, unitOf(alignTo), context.zone, weekday);
    list = await context.evaluate(context.args[0], { start });
  }
  return await each(context, list, (series) => {
    const values = inIntervals(context, series, func, interval, series.start, series.end);
    series.tags['smartSummarize'] = text;
    series.tags['smartSummarizeFunction'] = func;
    const end = series.start + values.length * interval;
    return deriveSeries(series, `smartSummarize(${series.name}, "${text}", "${func}")`, values, { end, step: interval });
  });
}

/** A value for each second of its step, added up by intervals that end with the series. */
function hitsOf(context: CallContext, series: TimeSeries, interval: number): { start: number; values: Float64Array } {
  const count = Math.max(0, Math.ceil((series.end - series.start) / interval));
  context.spend(count);
  const start = Math.trunc(series.end - count * interval);
  const values = new Float64Array(count).fill(NaN);
  const hit = (bucket: number, value: number): void => {
    if (bucket >= 0) values[bucket] = (values[bucket] === values[bucket] ? values[bucket]! : 0) + value;
  };
  for (const [i, value] of series.values.entries()) {
    if (value !== value) continue;
    const from = series.start + i * series.step - start;
    const to = Math.min(from + series.step, count * interval);
    for (let bucket = Math.floor(from / interval); bucket * interval < to; bucket++)
      hit(bucket, value * (Math.min(to, (bucket + 1) * interval) - Math.max(from, bucket * interval)));
  }
  return { start, values };
}

async function hitcount(context: CallContext, given: SeriesList, text: string, alignToInterval = false): Promise<SeriesList> {
  const interval = positive(parseTimeOffset(text), 'The interval');
  let list = given;
  if (alignToInterval) {
    const unit = interval >= 86_400 ? 'days' : interval >= 3_600 ? 'hours' : interval >= 60 ? 'minutes' : 'seconds';
    list = await context.evaluate(context.args[0], { start: beginningOf(context.start, unit, context.zone, 1) });
    for (const series of list) series.end = series.start + Math.floor((series.end - series.start) / interval) * interval + interval;
  }
  return await each(context, list, (series) => {
    const { start, values } = hitsOf(context, series, interval);
    series.tags['hitcount'] = text;
    return deriveSeries(series, `hitcount(${series.name}, "${text}"${alignToInterval ? ', true' : ''})`, values, { start, step: interval });
  });
}

/** Slope a second and value at the epoch of the straight line with the least squares. */
function lineThrough({ values, start, step }: TimeSeries): { slope: number; offset: number } | undefined {
  let [n, sumI, sumV, sumII, sumIV] = [0, 0, 0, 0, 0];
  for (const [i, value] of values.entries()) {
    if (value !== value) continue;
    n++;
    sumI += i;
    sumV += value;
    sumII += i * i;
    sumIV += i * value;
  }
  const divisor = n * sumII - sumI * sumI;
  if (divisor === 0) return undefined;
  const slope = (n * sumIV - sumI * sumV) / divisor / step;
  return { slope, offset: (sumII * sumV - sumIV * sumI) / divisor - slope * start };
}

type When = string | number | null | undefined;

async function linearRegression(context: CallContext, list: SeriesList, from?: When, to?: When): Promise<SeriesList> {
  const at = (text: When, fallback: number): number =>
    Math.trunc(text === undefined || text === null ? fallback : parseAtTime(String(text), context.zone, context.now));
  const over = { start: at(from, context.start), end: at(to, context.end) };
  const sources = await context.evaluate(context.args[0], over);
  return await each(context, list.slice(0, sources.length), (series) => {
    const line = lineThrough(sources[list.indexOf(series)]!);
    if (line === undefined) return undefined;
    series.tags['linearRegressions'] = `${over.start}, ${over.end}`;
    const values = series.values.map((_, i) => line.offset + (series.start + i * series.step) * line.slope);
    const { start, end, step, tags, xFilesFactor } = series;
    return makeSeries(`linearRegression(${series.name}, ${over.start}, ${over.end})`, { start, end, step, values, tags, xFilesFactor });
  });
}

/** Functions that ask for other times, or put values together by time. */
export const timeFunctions: FunctionTable = {
  hitcount: define('Transform', `${LIST}, intervalString: interval!, alignToInterval: boolean = false`, 'How much there was in each interval, of values that are rates a second.', hitcount, { intervalString: INTERVALS }),
  linearRegression: define('Calculate', `${LIST}, startSourceAt: date, endSourceAt: date`, 'The straight line that fits each series best, over its own time or another.', linearRegression),
  smartSummarize: define('Transform', `${LIST}, intervalString: interval!, func: aggFunc = "sum", alignTo: string`, 'Puts values together by intervals from the start, which may be moved to the beginning of a unit of time.', smartSummarize, FUNC),
  summarize: define('Transform', `${LIST}, intervalString: interval!, func: aggFunc = "sum", alignToFrom: boolean = false`, 'Puts values together by intervals on the clock, or from the start.', summarize, FUNC),
  timeShift: define('Transform', `${LIST}, timeShift: interval!, resetEnd: boolean = true, alignDst: boolean = false`, 'The series as they were so long ago, drawn as if now.', timeShift, { timeShift: SHIFTS }),
  timeSlice: define('Transform', `${LIST}, startSliceAt: date!, endSliceAt: date = "now"`, 'Leaves only the values between two times.', timeSlice),
  timeStack: define('Transform', `${LIST}, timeShiftUnit: interval = "1d", timeShiftStart: integer = 0, timeShiftEnd: integer = 7`, 'The series as they were once, twice and more times so long ago, drawn as if now.', timeStack, { timeShiftUnit: SHIFTS }),
}; // prettier-ignore
