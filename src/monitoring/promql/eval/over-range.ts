/** Slides windows over series and asks a function about each. */
import { newBlock, timeAt, truncate, type Block, type Grid } from './block.ts';
import type { Context } from './context.ts';
import type { RangeFunction } from './range-functions.ts';
import { withoutStale, type RangeSeries, type Windows } from './select.ts';

/** `keepName` where the function answers with samples of the series itself, as `last_over_time` does. */
export async function overRange(context: Context, grid: Grid, windows: Windows, fn: RangeFunction, keepName: boolean): Promise<Block> {
  const { series } = windows;
  context.spend(series.length * grid.count);
  const block = newBlock(series.length, grid.count);
  let row = 0;
  for (let i = 0; i < series.length; i++) {
    const one = series[i]!;
    if (fillRow(block, row, grid, one, windows, fn)) {
      block.labels[row] = one.labels;
      block.ids[row] = one.id;
      block.drop[row] = keepName && one.drop !== true ? 0 : 1;
      row++;
    }
    if ((i & 63) === 63 && context.due()) await context.pause();
  }
  return truncate(block, row);
}

/** A row's answers; false where there is none, and the row is empty. */
export function fillRow(block: Block, row: number, grid: Grid, raw: RangeSeries, windows: Windows, fn: RangeFunction): boolean {
  const series = withoutStale(raw);
  if (fn.slide !== undefined) return fn.slide(block, row, series, windows);
  return slide(block, row, grid, series, windows, fn);
}

function slide(block: Block, row: number, grid: Grid, series: RangeSeries, windows: Windows, fn: RangeFunction): boolean {
  const { times, values, from, to } = series;
  const { present } = block;
  const { ends, range } = windows;
  const base = row * block.steps;
  const window = { start: 0, end: 0, now: 0 };
  const { least } = fn;
  let any = false;
  let lo = from;
  let hi = from;
  for (let step = 0; step < block.steps; step++) {
    const end = ends.first + step * ends.step;
    const start = end - range;
    while (hi < to && times[hi]! <= end) hi++;
    while (lo < hi && times[lo]! <= start) lo++;
    if (hi - lo < least) {
      present[base + step] = 0;
      continue;
    }
    window.start = start;
    window.end = end;
    window.now = timeAt(grid, step);
    block.values[base + step] = fn.at(times, values, lo, hi, window);
    present[base + step] = 1;
    any = true;
  }
  return any;
}
