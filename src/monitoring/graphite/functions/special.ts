import { AGGREGATION_NAMES, aggregationNamed } from '../aggregations.ts';
import { GraphiteError } from '../graphite-error.ts';
import { general, reprOf } from '../python-format.ts';
import { parseAtTime } from '../time/at-time.ts';
import { deriveSeries, makeSeries, rename, type SeriesList, type TimeSeries } from '../time-series.ts';
import { each } from './each.ts';
import { define, type CallContext, type FunctionSpec, type FunctionTable } from './function-spec.ts';

const LIST = 'seriesList: seriesList!';

/** Three points: at the start, in the middle, and at the end. */
export function lineAt(context: CallContext, value: number, name: string): TimeSeries {
  const [start, end] = [Math.trunc(context.start), Math.trunc(context.end)];
  const step = Math.max(1, Math.trunc((end - start) / 2));
  return makeSeries(name, { start, end, step, values: new Float64Array(3).fill(value), xFilesFactor: context.xFilesFactor });
}

function consolidateBy(list: SeriesList, func: string): SeriesList {
  if (!CONSOLIDATIONS.includes(func))
    throw new GraphiteError(`There is no consolidation function '${func.slice(0, 60)}': it is one of ${CONSOLIDATIONS.join(', ')}.`);
  for (const series of list) {
    series.consolidation = func;
    series.tags['consolidateBy'] = func;
    rename(series, `consolidateBy(${series.name},"${func}")`);
  }
  return list;
}

function setXFilesFactor(context: CallContext, list: SeriesList, xFilesFactor: number): SeriesList {
  context.xFilesFactor = xFilesFactor;
  for (const series of list) {
    series.xFilesFactor = xFilesFactor;
    series.tags['xFilesFactor'] = reprOf(xFilesFactor);
  }
  return list;
}

/** A series that needs no data: one value for each step from the start to the end. */
function generated(context: CallContext, name: string, step: number, value: (time: number) => number): TimeSeries {
  if (!(step >= 1)) throw new GraphiteError('The step must be a second or longer.');
  const [start, end] = [Math.trunc(context.start), Math.trunc(context.end)];
  const count = Math.ceil((end - start) / step);
  context.spend(count);
  const values = Float64Array.from({ length: count }, (_, i) => value(start + i * step));
  return makeSeries(name, { start, end, step, values, xFilesFactor: context.xFilesFactor });
}

const time = define(
  'Transform',
  'name: string!, step: integer = 60',
  'A line that is the time itself, in seconds since the epoch.',
  (context, name: string, step: number = 60) => [generated(context, name, step, (at) => at)],
);
const sin = define(
  'Transform',
  'name: string!, amplitude: integer = 1, step: integer = 60',
  'The sine of the time in seconds, as large as the amplitude.',
  (context, name: string, amplitude: number = 1, step: number = 60) => [generated(context, name, step, (at) => Math.sin(at) * amplitude)],
);
const randomWalk = define('Special', 'name: string!, step: integer = 60', 'A line that begins at 0 and goes up or down by chance.', (context, name: string, step: number = 60) => {
  let current = 0.5 - 0.5;
  return [generated(context, name, step, () => {
    const before = current;
    current += Math.random() - 0.5;
    return before;
  })];
}); // prettier-ignore

const events = define('Special', 'tags: string!*', 'How many events with all of these tags there are in each second; of all events where the tag is `*`.', async (context, ...tags: string[]) => {
  const all = tags.length === 1 && tags[0] === '*';
  const [start, end] = [Math.trunc(context.start), Math.trunc(context.end)];
  const count = Math.max(0, end - start);
  context.spend(count);
  const values = new Float64Array(count).fill(NaN);
  for (const time of await context.eventTimes(all ? undefined : tags)) {
    const at = Math.floor(time) - start;
    if (at >= 0 && at < count) values[at] = Number.isNaN(values[at]) ? 1 : values[at]! + 1;
  }
  const series = makeSeries(`events("${tags.join('", "')}")`, { start, end, step: 1, values, xFilesFactor: context.xFilesFactor });
  series.consolidation = 'sum';
  return [series];
}); // prettier-ignore

const aggregateLine = define('Calculate', `${LIST}, func: aggFunc = "average", keepStep: boolean = false`, 'A line at what the aggregation makes of each series.', (context, list: SeriesList, func: string = 'average', keepStep: boolean = false) => {
  const aggregation = aggregationNamed(func);
  return each(context, list, (series) => {
    const value = aggregation(series.values);
    const name = `aggregateLine(${series.name}, ${value === value ? general(value) : 'None'})`;
    if (keepStep) return deriveSeries(series, name, new Float64Array(series.values.length).fill(value));
    return { ...lineAt(context, value, value === value ? reprOf(value) : 'None'), name, path: name };
  });
}, { func: { options: AGGREGATION_NAMES } }); // prettier-ignore

const constantLine = define('Special', 'value: float!', 'A line at a value.', (context, value: number) => [
  { ...lineAt(context, value, reprOf(value)), path: `constantLine(${reprOf(value)})` },
]);

const threshold = define('Graph', 'value: float!, label: string, color: string', 'A line at a value, with a label and a colour.', (context, value: number, label?: string, color?: string) => {
  const line = { ...lineAt(context, value, reprOf(value)), path: `constantLine(${reprOf(value)})` };
  if (label) line.name = label;
  return [{ ...line, draw: color ? { color } : {} }];
}); // prettier-ignore

const verticalLine = define('Graph', 'ts: date!, label: string, color: string', 'A vertical line at a time within the request.', (context, ts: string | number, label: string = '', color?: string) => {
  const at = Math.trunc(parseAtTime(String(ts), context.zone, context.now));
  if (at < Math.trunc(context.start)) throw new GraphiteError(`verticalLine(): the time ${at} is before the start of the range.`);
  if (at > Math.trunc(context.end)) throw new GraphiteError(`verticalLine(): the time ${at} is after the end of the range.`);
  const line = makeSeries(label, { start: at, end: at, step: 1, values: Float64Array.of(1, 1), xFilesFactor: context.xFilesFactor });
  line.draw = { drawAsInfinite: true, ...(color && { color }) };
  return [line];
}); // prettier-ignore

const CONSOLIDATIONS = ['sum', 'average', 'avg', 'avg_zero', 'min', 'max', 'first', 'last'];
const X_FILES = define(
  'Special',
  `${LIST}, xFilesFactor: float!`,
  'What share of the values must be there where some are put together from here on.',
  setXFilesFactor,
);

/** Lines without data, what is said of series to functions after it, and how they are drawn. */
export const specialFunctions: FunctionTable = {
  aggregateLine,
  consolidateBy: define('Special', `${LIST}, consolidationFunc: string!`, 'How values are put together where there is not room for all.', (_context, list: SeriesList, func: string) => consolidateBy(list, func), { consolidationFunc: { options: CONSOLIDATIONS } }),
  constantLine,
  cumulative: define('Special', LIST, "Short for consolidateBy(series, 'sum').", (_context, list: SeriesList) => consolidateBy(list, 'sum')),
  events,
  fallbackSeries: define('Special', `${LIST}, fallback: seriesList!`, 'Other series where there are none.', (_context, list: SeriesList, fallback: SeriesList) => (list.length > 0 ? list : fallback)),
  identity: define('Calculate', 'name: string!', 'A line that is the time itself, at every minute.', (context, name: string) => [{ ...generated(context, name, 60, (at) => at), path: `identity("${name}")` }]),
  randomWalk,
  randomWalkFunction: randomWalk,
  setXFilesFactor: X_FILES,
  sin,
  sinFunction: sin,
  threshold,
  time,
  timeFunction: time,
  verticalLine,
  xFilesFactor: { ...X_FILES, description: 'Short for setXFilesFactor.' },
}; // prettier-ignore

/** Says how each series is to be drawn. */
const drawn = (parameters: string, description: string, change: (series: TimeSeries, given: never) => void): FunctionSpec =>
  define('Graph', parameters === '' ? LIST : `${LIST}, ${parameters}`, description, (_context, list: SeriesList, given: never) => {
    for (const series of list) change(series, given);
    return list;
  });

function stacked(context: CallContext, list: SeriesList, stack = '__DEFAULT__'): Promise<SeriesList> {
  const total = context.stacks.get(stack) ?? [];
  context.stacks.set(stack, total);
  return each(context, list, (series) => {
    const values = series.values.map((value, i) => {
      total[i] ??= 0;
      return value === value ? (total[i] += value) : NaN;
    });
    if (stack === '__DEFAULT__') series.tags['stacked'] = stack;
    return { ...deriveSeries(series, stack === '__DEFAULT__' ? `stacked(${series.name})` : series.name, values), draw: { stacked: true } };
  });
}

export function areaBetween(list: SeriesList): SeriesList {
  const [lower, upper] = list;
  if (list.length !== 2 || lower === undefined || upper === undefined)
    throw new GraphiteError(`areaBetween() takes exactly two series, and there are ${list.length}.`);
  lower.draw = { ...lower.draw, stacked: true, invisible: true };
  upper.draw = { ...upper.draw, stacked: true };
  upper.tags['areaBetween'] = '1';
  lower.tags = upper.tags;
  lower.name = upper.name = `areaBetween(${upper.path})`;
  return list;
}

export const drawFunctions: FunctionTable = {
  alpha: drawn('alpha: float!', 'How opaque the series are drawn, from 0 to 1.', (series, alpha: number) => (series.draw.alpha = alpha)),
  areaBetween: define('Graph', LIST, 'The area between two series.', (_context, list: SeriesList) => areaBetween(list)),
  color: drawn('theColor: string!', 'The colour that the series are drawn in.', (series, color: string) => (series.draw.color = color)),
  dashed: drawn('dashLength: float = 5', 'Draws the series as dashed lines.', (series, given: number | undefined) => {
    const length = given ?? 5;
    series.tags['dashed'] = String(length);
    series.name = `dashed(${series.name}, ${general(length)})`;
    series.draw.dashed = length;
  }),
  drawAsInfinite: drawn('', 'Draws a vertical line at each value that is not 0.', (series) => {
    series.tags['drawAsInfinite'] = '1';
    series.name = `drawAsInfinite(${series.name})`;
    series.draw.drawAsInfinite = true;
  }),
  lineWidth: drawn('width: float!', 'How wide the lines are drawn.', (series, width: number) => (series.draw.lineWidth = width)),
  secondYAxis: drawn('', 'Draws the series against a second axis.', (series) => {
    series.tags['secondYAxis'] = '1';
    series.name = `secondYAxis(${series.name})`;
    series.draw.secondYAxis = true;
  }),
  stacked: define('Graph', `${LIST}, stack: string`, 'Draws the series one upon the other: each value is added to those before.', stacked),
}; // prettier-ignore
