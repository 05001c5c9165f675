/**
 * Range functions under `anchored` (the window begins with the last sample at or before its start) and `smoothed` (both
 * ends are interpolated from the samples around them), instead of extrapolation. As Prometheus 3's extended range selectors.
 */
import { unwrap, type Call } from '../syntax/ast.ts';
import { newBlock, truncate, type Block, type Grid } from './block.ts';
import { fail, type Context } from './context.ts';
import { refuseEdges, withoutStale, type RangeSeries, type Windows } from './select.ts';

interface Extended {
  readonly counter: boolean;
  readonly perSecond: boolean;
}

const RATES: Readonly<Record<string, Extended>> = {
  rate: { counter: true, perSecond: true },
  increase: { counter: true, perSecond: false },
  delta: { counter: false, perSecond: false },
};

/** Refuses `anchored` and `smoothed` under functions that have no meaning for them. */
export function checkEdges({ name, args }: Call): void {
  for (const arg of args) {
    const range = unwrap(arg);
    if (range.kind !== 'range' || range.selector.edge === undefined) continue;
    const { edge } = range.selector;
    const known = RATES[name] !== undefined || (edge === 'anchored' && (name === 'changes' || name === 'resets'));
    if (known) continue;
    const names = edge === 'anchored' ? 'changes, delta, increase, rate, resets' : 'delta, increase, rate';
    fail(`${edge} modifier can only be used with: ${names} - not with ${name}`);
  }
}

export function extendedFunction(context: Context, grid: Grid, windows: Windows, name: string): Block {
  const anchored = windows.edge === 'anchored';
  const rate = RATES[name];
  context.spend(windows.series.length * grid.count);
  const block = newBlock(windows.series.length, grid.count);
  if (windows.series.some((one) => one.histograms !== undefined)) refuseEdges();
  let row = 0;
  for (const one of windows.series) {
    const series = withoutStale(one);
    const any = fill(block, row, series, windows, context.options.lookback, (at) =>
      rate === undefined
        ? countIn(series, at, name === 'resets')
        : rateIn(series, at, rate, anchored ? undefined : context.options.lookback),
    );
    if (!any) continue;
    block.labels[row] = series.labels;
    block.ids[row] = series.id;
    block.drop[row++] = 1;
  }
  return truncate(block, row);
}

interface Around {
  readonly start: number;
  readonly end: number;
  /** The last sample at or before the start, or the first there is. */
  readonly first: number;
  /** The last sample at or before the end. */
  readonly last: number;
}

function fill(
  block: Block,
  row: number,
  series: RangeSeries,
  { ends, range }: Windows,
  lookback: number,
  answer: (at: Around) => number | undefined,
): boolean {
  const { times, from, to } = series;
  let any = false;
  for (let step = 0; step < block.steps; step++) {
    const end = ends.first + step * ends.step;
    const start = end - range;
    let first = from;
    // What is older than the lookback is no longer known at the start.
    while (first < to && times[first]! <= start - lookback) first++;
    if (first === to) continue;
    while (first + 1 < to && times[first + 1]! <= start) first++;
    let last = first - 1;
    while (last + 1 < to && times[last + 1]! <= end) last++;
    const value = answer({ start, end, first, last });
    if (value === undefined) continue;
    block.values[row * block.steps + step] = value;
    block.present[row * block.steps + step] = 1;
    any = true;
  }
  return any;
}

function countIn({ times, values }: RangeSeries, { first, last, start }: Around, resets: boolean): number | undefined {
  if (last < first || times[last]! <= start) return undefined;
  let found = 0;
  for (let i = first + 1; i <= last; i++) {
    const now = values[i]!;
    const before = values[i - 1]!;
    if (resets ? now < before : now !== before && !(now !== now && before !== before)) found++;
  }
  return found;
}

function rateIn(series: RangeSeries, around: Around, { counter, perSecond }: Extended, ahead: number | undefined): number | undefined {
  const { times, values, to } = series;
  const { start, end, first } = around;
  const smoothed = ahead !== undefined;
  // Smoothing looks one sample past the end.
  const next = around.last + 1;
  const beyond = smoothed && next < to && times[next]! <= end + ahead && (around.last < first || times[around.last]! < end);
  const last = beyond ? next : around.last;
  if (last < first || times[last]! <= start) return undefined;
  const left = smoothed && times[first]! < start && first < last ? interpolate(series, first, start, counter) : values[first]!;
  const right = smoothed && times[last]! > end && last > first ? interpolate(series, last - 1, end, counter) : values[last]!;
  let result = right - left;
  if (counter) {
    let before = left;
    for (let i = times[first]! <= start ? first + 1 : first; i <= last && times[i]! < end; i++) {
      if (values[i]! < before) result += before;
      before = values[i]!;
    }
    if (right < before) result += before;
  }
  return perSecond ? result / ((end - start) / 1000) : result;
}

/** On the line from sample i to the next; a counter that fell is taken to have begun at 0. */
function interpolate({ times, values }: RangeSeries, i: number, at: number, counter: boolean): number {
  const to = values[i + 1]!;
  const from = counter && to < values[i]! ? 0 : values[i]!;
  return from + ((to - from) * (at - times[i]!)) / (times[i + 1]! - times[i]!);
}
