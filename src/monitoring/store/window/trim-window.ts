import type { RecentWindow } from './recent-window.ts';

/** What the window may take by itself: with few series it reaches back for hours. */
const LEAST_BYTES = 64 * 1024 ** 2;
/** Some sixty samples: a quarter of an hour, where one comes every fifteen seconds. */
const BYTES_PER_SERIES = 1000;

/** How much of its memory the window fills: what rules and most questions need, not all that it may have. */
export const windowBudget = (series: number, capacityBytes: number): number =>
  Math.min(capacityBytes, Math.max(LEAST_BYTES, series * BYTES_PER_SERIES));

/** This part of the samples goes with one trim. */
const PART = 0.3;
const SERIES_PROBED = 2000;
const SERIES_PER_TURN = 2000;

/** The time up to which samples must go so that about a third of the window's memory comes free, from some of the series. */
export function cutFor(window: RecentWindow, end: number): number {
  const times: number[] = [];
  const step = Math.max(1, Math.floor(end / SERIES_PROBED));
  for (let id = 1; id < end; id += step) {
    const { from, to } = window.range(id);
    const stride = Math.max(1, (to - from) >> 6);
    // A probe stands for `stride` samples; series are alike enough for that not to matter.
    for (let i = from; i < to; i += stride) times.push(window.slab.times[i] as number);
  }
  if (times.length === 0) return Number.NEGATIVE_INFINITY;
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * PART)] as number;
}

/** Takes samples up to the cut out of every series, a few thousand series a turn of the event loop. */
export async function trimWindow(window: RecentWindow, end: number, cut: number): Promise<void> {
  for (let id = 1; id < end; id += SERIES_PER_TURN) {
    for (let i = id; i < Math.min(end, id + SERIES_PER_TURN); i++) window.trim(i, cut);
    await new Promise((next) => setImmediate(next));
  }
}
