/** `rate`, `increase` and `delta`: what every dashboard asks, and so a loop of their own, without a call for each window. */
import type { Block } from './block.ts';
import type { RangeSeries, Windows } from './select.ts';

/** A window is stretched to its end if the next sample would be due there, give or take a tenth of the interval. */
const SLACK = 1.1;

export interface RateKind {
  readonly counter: boolean;
  readonly perSecond: boolean;
}

/**
 * The difference of the last and the first sample, counter resets made good, extrapolated to the ends of the window.
 * In the order of Prometheus' own additions.
 */
export function slideRate(kind: RateKind, block: Block, row: number, series: RangeSeries, { ends, range }: Windows): boolean {
  const { times, values, from, to } = series;
  const { present, values: out, steps } = block;
  const { counter, perSecond } = kind;
  // Most counters don't reset within a query: then the windows need no second look.
  const resets = counter && falls(values, from, to);
  const base = row * steps;
  let any = false;
  let lo = from;
  // At a single moment the window ends among the last samples.
  let hi = steps === 1 ? to : from;
  while (hi > from && times[hi - 1]! > ends.first) hi--;
  for (let step = 0; step < steps; step++) {
    const end = ends.first + step * ends.step;
    const start = end - range;
    while (hi < to && times[hi]! <= end) hi++;
    while (lo < hi && times[lo]! <= start) lo++;
    if (hi - lo < 2) {
      present[base + step] = 0;
      continue;
    }
    const first = values[lo]!;
    let result = values[hi - 1]! - first;
    if (resets) result = addResets(values, lo, hi, result);
    const firstTime = times[lo]!;
    const lastTime = times[hi - 1]!;
    const sampled = (lastTime - firstTime) / 1000;
    const average = sampled / (hi - lo - 1);
    const threshold = average * SLACK;
    let toStart = (firstTime - start) / 1000;
    let toEnd = (end - lastTime) / 1000;
    if (toStart >= threshold) toStart = average / 2;
    // A counter can't have been below zero: it is not extrapolated past the time when it would have been 0.
    if (counter && result > 0 && first >= 0) {
      const toZero = sampled * (first / result);
      if (toZero < toStart) toStart = toZero;
    }
    if (toEnd >= threshold) toEnd = average / 2;
    let factor = (sampled + toStart + toEnd) / sampled;
    if (perSecond) factor /= range / 1000;
    out[base + step] = result * factor;
    present[base + step] = 1;
    any = true;
  }
  return any;
}

/** The same of what is known of a window: its first value, the times of its first and last sample, and how many there are. */
export function extrapolated(
  { counter, perSecond }: RateKind,
  change: number,
  known: { first: number; firstTime: number; lastTime: number; samples: number; start: number; end: number },
): number {
  const { first, firstTime, lastTime, samples, start, end } = known;
  const sampled = (lastTime - firstTime) / 1000;
  const average = sampled / (samples - 1);
  const threshold = average * SLACK;
  let toStart = (firstTime - start) / 1000;
  let toEnd = (end - lastTime) / 1000;
  if (toStart >= threshold) toStart = average / 2;
  if (counter && change > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / change));
  if (toEnd >= threshold) toEnd = average / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return change * (perSecond ? factor / ((end - start) / 1000) : factor);
}

function falls(values: Float64Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (values[i]! < values[i - 1]!) return true;
  return false;
}

function addResets(values: Float64Array, lo: number, hi: number, difference: number): number {
  let result = difference;
  for (let i = lo + 1; i < hi; i++) if (values[i]! < values[i - 1]!) result += values[i - 1]!;
  return result;
}
