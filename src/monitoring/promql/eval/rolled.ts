/** Functions of windows over buckets of samples: the same answers as over the samples, where windows begin and end with buckets. */
import type { RolledUp } from '../../series.ts';
import type { Block } from './block.ts';
import { sumOf } from './kahan.ts';
import { extrapolated, type RateKind } from './rate.ts';
import type { RangeSeries, Windows } from './select.ts';

/** How a function takes buckets: as a rate, as a total of their values, as their mean; undefined: as it takes samples. */
export type OfBuckets = RateKind | 'total' | 'mean' | undefined;

/** As `RowSource.fill`. `plain` fills the row as if buckets were samples, which is right for the greatest, the last and their like. */
export function fillRolled(
  kind: OfBuckets,
  block: Block,
  row: number,
  series: RangeSeries,
  windows: Windows,
  plain: () => boolean,
): boolean {
  if (kind === undefined || series.rolled === undefined) return plain();
  if (typeof kind === 'object') return fillRate(kind, block, row, series, series.rolled, windows);
  const { values } = series;
  const { counts } = series.rolled;
  const share = windows.nearest === undefined ? 1 : windows.nearest.asked / windows.range;
  const at = (lo: number, hi: number): number =>
    kind === 'total' ? sumOf(values, lo, hi) * share : sumOf(values, lo, hi) / sumOf(counts, lo, hi);
  return slideBuckets(block, row, series, windows, at);
}

/** Asks about the buckets of each window; `undefined`: there is no answer. */
function slideBuckets(
  block: Block,
  row: number,
  { times, from, to }: RangeSeries,
  { ends, range }: Windows,
  at: (lo: number, hi: number, start: number, end: number) => number | undefined,
): boolean {
  const base = row * block.steps;
  let any = false;
  let lo = from;
  let hi = from;
  for (let step = 0; step < block.steps; step++) {
    const end = ends.first + step * ends.step;
    const start = end - range;
    while (hi < to && times[hi]! <= end) hi++;
    while (lo < hi && times[lo]! <= start) lo++;
    const answer = lo < hi ? at(lo, hi, start, end) : undefined;
    block.present[base + step] = answer === undefined ? 0 : 1;
    if (answer === undefined) continue;
    block.values[base + step] = answer;
    any = true;
  }
  return any;
}

/**
 * `rate`, `increase` and `delta`: the last sample less the first, the values before falls made good, within buckets and between them, in
 * the order of the samples. Where windows don't fit buckets, that of the window before that does.
 */
function fillRate(kind: RateKind, block: Block, row: number, series: RangeSeries, rolled: RolledUp, windows: Windows): boolean {
  const { values, from, to } = series;
  const { counts, firstTimes, lastTimes, firsts, resets } = rolled;
  if (!firstTimes || !lastTimes || !firsts || !resets) return false;
  let falls = false;
  for (let i = from; kind.counter && i < to; i++) falls ||= resets[i] !== 0 || (i + 1 < to && firsts[i + 1]! < values[i]!);
  const { nearest } = windows;
  let [from0, to0, samples] = [from, from, 0];
  return slideBuckets(block, row, series, windows, (lo, hi, start, end) => {
    for (; to0 < hi; to0++) samples += counts[to0]!;
    for (; from0 < lo; from0++) samples -= counts[from0]!;
    if (samples < 2) return undefined;
    let change = values[hi - 1]! - firsts[lo]!;
    if (falls) {
      for (let i = lo; i < hi; i++) {
        change += resets[i]!;
        if (i + 1 < hi && firsts[i + 1]! < values[i]!) change += values[i]!;
      }
    }
    const [firstTime, lastTime] = [firstTimes[lo]!, lastTimes[hi - 1]!];
    const known = { first: firsts[lo]!, firstTime, lastTime, samples, start, end };
    if (nearest === undefined) return extrapolated(kind, change, known);
    // What isn't rolled up yet may reach beyond the buckets.
    known.end = Math.max(Math.floor(end / nearest.width) * nearest.width, lastTime);
    known.start = Math.min(known.end - windows.range, firstTime);
    return extrapolated(kind, change, known) * (kind.perSecond ? 1 : nearest.asked / windows.range);
  });
}
