/** Slides windows over series and asks a function about each. */
import { timeAt, type Block, type Grid } from './block.ts';
import { fillNative, type NativeCall } from './native-range.ts';
import type { RangeFunction } from './range-functions.ts';
import { fillRolled } from './rolled.ts';
import { withoutStale, type RangeSeries, type RowSource, type Windows } from './select.ts';

/** `call`: which function it is, for series that have native histograms. */
export const rangeRows = (grid: Grid, windows: Windows, fn: RangeFunction, call: NativeCall): RowSource => ({
  series: windows.series,
  fill(block, row, raw) {
    const series = withoutStale(raw);
    if (series.histograms !== undefined) return fillNative(block, row, series, windows, grid, fn, call);
    if (series.rolled !== undefined) {
      const plain = (): boolean => slide(block, row, grid, series, windows, fn);
      return fillRolled(fn.rolled, block, row, series, windows, plain);
    }
    return fn.slide === undefined ? slide(block, row, grid, series, windows, fn) : fn.slide(block, row, series, windows);
  },
});

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
