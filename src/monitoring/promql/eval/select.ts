/** From selectors to samples: instant vectors by lookback, and the windows that range functions slide over. Longer than most for its hot loops. */
import { LimitError } from '../../../platform/problem.ts';
import type { Histogram } from '../../histogram.ts';
import { isStale, type Series, type WindowUse } from '../../series.ts';
import { resolveDuration } from '../syntax/duration.ts';
import type { At, Duration, MatrixSelector, VectorSelector } from '../syntax/ast.ts';
import { newBlock, timeAt, truncate, type Block, type Grid } from './block.ts';
import { Asked } from './asked.ts';
import { setHistogram } from './histogram-cells.ts';
import { fail, type Context } from './context.ts';

/** The moments that a selector looks at: `first + i * step` at step i. The step is 0 under `@`. */
export interface Ends {
  readonly first: number;
  readonly step: number;
  readonly last: number;
}

export function endsOf(context: Context, grid: Grid, node: { offset: Duration; at: At | undefined }): Ends {
  const offset = resolve(context, node.offset);
  const at = node.at;
  if (at === undefined) return { first: grid.start - offset, step: grid.step, last: timeAt(grid, grid.count - 1) - offset };
  const query = context.options;
  const time = at.kind === 'time' ? at.ms : at.kind === 'start' ? query.grid.start : query.end;
  return { first: time - offset, step: 0, last: time - offset };
}

export function resolve(context: Context, duration: Duration): number {
  const ms = resolveDuration(duration, context.query);
  return Number.isSafeInteger(ms) ? ms : fail('duration expression has no finite value');
}

export function resolvePositive(context: Context, duration: Duration): number {
  const ms = resolve(context, duration);
  return ms > 0 ? ms : fail('duration must be greater than 0');
}

export async function fetch(
  context: Context,
  node: VectorSelector,
  from: number,
  to: number,
  windows?: WindowUse,
): Promise<readonly Series[]> {
  const { source, signal, lease } = context.options;
  const options = { maxSamples: context.samplesLeft, ...(signal && { signal }), ...(lease && { lease }), ...(windows && { windows }) };
  const series = await select(context, () => source.select(node.matchers, from, to, options));
  let samples = 0;
  for (const one of series) samples += one.to - one.from;
  context.spend(samples);
  signal?.throwIfAborted();
  return series;
}

/** The source knows only how much of the limit is left: the reader is told the limit itself. */
async function select(context: Context, ask: () => Promise<Series[]> | Series[]): Promise<readonly Series[]> {
  try {
    const found = ask();
    return Array.isArray(found) ? found : await found;
  } catch (error) {
    if (error instanceof LimitError && error.extra['setting'] === 'query.maxSamples') context.spend(Infinity);
    throw error;
  }
}

/** Series, and how to work out a row of answers from each. */
export interface RowSource {
  readonly series: readonly RangeSeries[];
  /** Fills a row from a series; false where it has no answer at any step: then the row is empty. */
  fill(block: Block, row: number, series: RangeSeries): boolean;
}

/** The newest sample in `(t - lookback, t]` at each step, unless it is a stale marker. `times`: its time in seconds instead. */
export async function instantRows(context: Context, grid: Grid, node: VectorSelector, times = false): Promise<RowSource> {
  const ends = endsOf(context, grid, node);
  const smoothed = node.edge === 'smoothed' && !times;
  const asked = smoothed ? undefined : new Asked(context, 'instant', ends, context.options.lookback);
  const from = ends.first - context.options.lookback;
  const series = await fetch(context, node, from, smoothed ? ends.last + context.options.lookback : ends.last, asked);
  const lookback = asked?.answered ?? context.options.lookback;
  context.spend(series.length * grid.count);
  return {
    series,
    fill: (block, row, one) =>
      smoothed ? fillSmoothed(block, row, one, ends, lookback) : fillInstant(block, row, one, ends, lookback, times),
  };
}

export async function instantVector(context: Context, grid: Grid, node: VectorSelector, times = false): Promise<Block> {
  return await blockOf(context, grid, await instantRows(context, grid, node, times), 0);
}

/** All rows that have anything. */
export async function blockOf(context: Context, grid: Grid, { series, fill }: RowSource, drop: 0 | 1): Promise<Block> {
  const block = newBlock(series.length, grid.count);
  let row = 0;
  for (let i = 0; i < series.length; i++) {
    const one = series[i]!;
    if (fill(block, row, one)) {
      block.labels[row] = one.labels;
      block.ids[row] = one.id;
      block.drop[row++] = one.drop === true ? 1 : drop;
    }
    if ((i & 63) === 63 && context.due()) await context.pause();
  }
  return truncate(block, row);
}

function fillInstant(block: Block, row: number, series: Series, ends: Ends, lookback: number, asTimes: boolean): boolean {
  const { times, values, from, to } = series;
  const { steps } = block;
  const base = row * steps;
  // At a single moment the sample is among the last.
  let at = steps === 1 ? to : from;
  while (at > from && times[at - 1]! > ends.first) at--;
  let any = false;
  for (let step = 0, end = ends.first; step < steps; step++, end += ends.step) {
    while (at < to && times[at]! <= end) at++;
    const newest = at - 1;
    if (newest < from || times[newest]! <= end - lookback) {
      block.present[base + step] = 0;
      continue;
    }
    const value = values[newest]!;
    // A stale marker is a NaN among NaNs: only those are looked at closer.
    const here = value === value || !isStale(values, newest);
    block.present[base + step] = here ? 1 : 0;
    block.values[base + step] = asTimes ? times[newest]! / 1000 : value;
    if (value !== value && here && !asTimes) {
      const histogram = series.histograms?.[newest];
      if (histogram !== undefined) setHistogram(block, base + step, histogram);
    }
    any ||= here;
  }
  return any;
}

export const refuseEdges = (): never => fail('smoothed and anchored modifiers do not work with native histograms');

/** On the line from the last sample at or before each step to the next one, both within the lookback; that last one where none follows. */
function fillSmoothed(block: Block, row: number, series: Series, ends: Ends, lookback: number): boolean {
  if (series.histograms !== undefined) refuseEdges();
  const { times, values, from, to } = withoutStale(series);
  let any = false;
  let at = from;
  for (let step = 0, end = ends.first; step < block.steps; step++, end += ends.step) {
    while (at < to && times[at]! <= end) at++;
    const cell = row * block.steps + step;
    const before = at - 1;
    const known = before >= from && times[before]! > end - lookback;
    block.present[cell] = known ? 1 : 0;
    if (!known) continue;
    any = true;
    const follows = times[before]! < end && at < to && times[at]! <= end + lookback;
    const share = follows ? (end - times[before]!) / (times[at]! - times[before]!) : 0;
    block.values[cell] = follows ? values[before]! + (values[at]! - values[before]!) * share : values[before]!;
  }
  return any;
}

/** A series under a range; with `drop` its name goes away at the end. */
export interface RangeSeries extends Series {
  readonly drop?: boolean;
}

/** Range vectors at each step: the samples of each series in `(end - range, end]`. */
export interface Windows {
  /** Stale markers may still be among the samples: look at them through `withoutStale`. */
  readonly series: readonly RangeSeries[];
  readonly ends: Ends;
  /** Milliseconds. */
  readonly range: number;
  readonly edge: VectorSelector['edge'];
  /** Only where rollups answer that don't fit the windows: the range that was asked for, and the width of a bucket. */
  readonly nearest?: { readonly asked: number; readonly width: number };
}

/** `use`: the function that will look at the windows; without it they hold samples and nothing else. */
export async function rangeVector(context: Context, grid: Grid, node: MatrixSelector, use = ''): Promise<Windows> {
  const range = resolvePositive(context, node.range);
  const ends = endsOf(context, grid, node.selector);
  const { edge } = node.selector;
  const { lookback } = context.options;
  const before = edge === undefined ? 0 : lookback;
  const after = edge === 'smoothed' ? lookback : 0;
  const asked = edge === undefined ? new Asked(context, use, ends, range) : undefined;
  const series = await fetch(context, node.selector, ends.first - range - before, ends.last + after, asked);
  return {
    series,
    ends,
    range: asked?.answered ?? range,
    edge,
    ...(asked?.width !== undefined && { nearest: { asked: range, width: asked.width } }),
  };
}

/** The series itself, or a copy where there are stale markers to leave out. */
export function withoutStale(series: RangeSeries): RangeSeries {
  // Buckets hold none.
  if (series.rolled !== undefined) return series;
  const { times, values, from, to } = series;
  let i = from;
  // NaN is the only value that isn't itself.
  while (i < to && (values[i] === values[i] || !isStale(values, i))) i++;
  if (i === to) return series;
  const keptTimes = new Float64Array(to - from);
  const keptValues = new Float64Array(to - from);
  const histograms = series.histograms === undefined ? undefined : Array.from<Histogram | undefined>({ length: to - from });
  let kept = 0;
  for (let j = from; j < to; j++) {
    if (values[j] !== values[j] && isStale(values, j)) continue;
    if (histograms !== undefined) histograms[kept] = series.histograms![j];
    keptTimes[kept] = times[j]!;
    keptValues[kept++] = values[j]!;
  }
  return {
    id: series.id,
    labels: series.labels,
    times: keptTimes,
    values: keptValues,
    ...(histograms && { histograms }),
    from: 0,
    to: kept,
  };
}
