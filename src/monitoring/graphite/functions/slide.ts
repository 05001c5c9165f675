import { aggregationNamed, enough, maxOf, minOf, sumOf, type Aggregation } from '../aggregations.ts';
import type { CallContext } from './function-spec.ts';

/** Shorter windows are as fast looked at whole. */
const SHORT = 32;

/** Tells what the window that begins at an index makes; asked for one index after the other. */
type Window = (from: number) => number;

/** What the named aggregation makes of so many points before each one, itself not counted, where enough of them are there. */
export async function slide(
  context: CallContext,
  values: Float64Array,
  points: number,
  func: string,
  xFilesFactor: number,
): Promise<Float64Array> {
  const made = new Float64Array(Math.max(0, values.length - points));
  const combine = windowOf(context, values, points, func);
  let there = 0;
  for (let i = 0; i < Math.min(points, values.length); i++) if (values[i] === values[i]) there++;
  for (let i = 0; i < made.length; i++) {
    const value = combine(i);
    made[i] = enough(there, points, xFilesFactor) ? value : NaN;
    if (values[i] === values[i]) there--;
    if (values[i + points] === values[i + points]) there++;
    const pause = context.rest();
    if (pause !== undefined) await pause;
  }
  return made;
}

function windowOf(context: CallContext, values: Float64Array, points: number, func: string): Window {
  const aggregation = aggregationNamed(func);
  context.spend(values.length);
  if (points > SHORT) {
    if (aggregation === sumOf) return inBlocks(values, points, (a, b) => a + b);
    if (aggregation === minOf) return inBlocks(values, points, Math.min);
    if (aggregation === maxOf) return inBlocks(values, points, Math.max);
    if (aggregation === aggregationNamed('average')) return meanInBlocks(values, points);
    if (aggregation === aggregationNamed('median')) return sortedWindow(values, points);
  }
  // Each point costs its whole window.
  context.spend((values.length * points) / SHORT);
  // A product or a mean with zeros is of what is there, and of no gap in the window.
  const whole = func === 'multiply' || func === 'avg_zero' ? onlyThere(aggregation) : aggregation;
  return (from) => whole(values.subarray(from, from + points));
}

const onlyThere =
  (combine: Aggregation): Aggregation =>
  (values) =>
    combine(values.filter((value) => value === value));

/**
 * M. van Herk, 1992: from the beginning of each block of the window's length forwards, and from its end backwards; every window is
 * the end of one block and the beginning of the next. No value is ever taken away again, so that nothing is lost to rounding.
 */
function inBlocks(values: Float64Array, points: number, combine: (a: number, b: number) => number): Window {
  const join = (a: number, b: number): number => (a === a ? (b === b ? combine(a, b) : a) : b);
  const forwards = values.slice();
  const backwards = values.slice();
  for (let i = 1; i < values.length; i++) if (i % points !== 0) forwards[i] = join(forwards[i - 1]!, values[i]!);
  for (let i = values.length - 2; i >= 0; i--) if ((i + 1) % points !== 0) backwards[i] = join(values[i]!, backwards[i + 1]!);
  return (from) => (from % points === 0 ? forwards[from + points - 1]! : join(backwards[from]!, forwards[from + points - 1]!));
}

function meanInBlocks(values: Float64Array, points: number): Window {
  const sum = inBlocks(values, points, (a, b) => a + b);
  const count = inBlocks(values.map((value) => (value === value ? 1 : 0)), points, (a, b) => a + b); // prettier-ignore
  return (from) => sum(from) / count(from);
}

/** The median of a window whose values are kept in order. */
function sortedWindow(values: Float64Array, points: number): Window {
  const sorted = new Float64Array(points + 1);
  let length = 0;
  const place = (value: number): number => {
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const add = (value: number): void => {
    if (value !== value) return;
    const at = place(value);
    sorted.copyWithin(at + 1, at, length++);
    sorted[at] = value;
  };
  const remove = (value: number): void => {
    if (value === value) sorted.copyWithin(place(value), place(value) + 1, length--);
  };
  for (let i = 0; i < Math.min(points, values.length); i++) add(values[i]!);
  return (from) => {
    const middle = length >> 1;
    const median = length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? NaN) + sorted[middle]!) / 2;
    remove(values[from]!);
    add(values[from + points] ?? NaN);
    return median;
  };
}
