/** Range functions of series that have native histograms. Series of numbers alone never come here. */
import type { Histogram } from '../../histogram.ts';
import {
  add,
  CUSTOM,
  divide,
  emptyLike,
  equals,
  isReset,
  loosen,
  multiply,
  subtract,
  tighten,
  toSchema,
  withHint,
} from '../../histogram/index.ts';
import type { Call } from '../syntax/ast.ts';
import { newBlock, timeAt, type Block, type Grid } from './block.ts';
import type { Context } from './context.ts';
import { setHistogram } from './histogram-cells.ts';
import type { RangeFunction } from './range-functions.ts';
import type { RangeSeries, Windows } from './select.ts';
import { combined, ignoredInRange, mixedRange, mixedSchemas, notCounter, notGauge } from './tell-histograms.ts';

/** The function that is asked, and where to say what is wrong. */
export interface NativeCall {
  readonly context: Context;
  readonly name: string;
  readonly span: Call['span'];
}

type Answer = number | Histogram | undefined;

interface Window {
  /** By time: a histogram, or undefined where the sample is a number. */
  readonly histograms: readonly (Histogram | undefined)[];
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly start: number;
  readonly end: number;
  /** How many of them are histograms. */
  readonly natives: number;
  readonly metric: string;
  /** The float function's answer for the numbers among them. */
  floats(): Answer;
}

export function fillNative(
  block: Block,
  row: number,
  series: RangeSeries,
  windows: Windows,
  grid: Grid,
  fn: RangeFunction,
  call: NativeCall,
): boolean {
  const { times, values, histograms = [], from, to } = series;
  const { ends, range } = windows;
  let any = false;
  let lo = from;
  let hi = from;
  for (let step = 0; step < block.steps; step++) {
    const cell = row * block.steps + step;
    const end = ends.first + step * ends.step;
    while (hi < to && times[hi]! <= end) hi++;
    while (lo < hi && times[lo]! <= end - range) lo++;
    const here = histograms.slice(lo, hi);
    const natives = here.reduce((sum, one) => sum + (one === undefined ? 0 : 1), 0);
    const floats = (): Answer => ofFloats(series, lo, hi, windows, end, timeAt(grid, step), fn);
    const window: Window = {
      histograms: Array.from({ length: hi - lo }, (_, i) => here[i]),
      times: times.subarray(lo, hi),
      values: values.subarray(lo, hi),
      start: end - range,
      end,
      natives,
      metric: series.labels['__name__'] ?? '',
      floats,
    };
    const answer = lo === hi ? undefined : natives === 0 ? floats() : answerOf(window, call);
    block.present[cell] = answer === undefined ? 0 : 1;
    block.histograms?.delete(cell);
    if (typeof answer === 'number') block.values[cell] = answer;
    else if (answer !== undefined) setHistogram(block, cell, answer);
    any ||= answer !== undefined;
  }
  return any;
}

function ofFloats(series: RangeSeries, lo: number, hi: number, windows: Windows, end: number, now: number, fn: RangeFunction): Answer {
  const kept = Array.from({ length: hi - lo }, (_, i) => lo + i).filter((i) => series.histograms?.[i] === undefined);
  if (kept.length < fn.least) return undefined;
  const times = Float64Array.from(kept, (i) => series.times[i]!);
  const values = Float64Array.from(kept, (i) => series.values[i]!);
  if (fn.slide === undefined) return fn.at(times, values, 0, kept.length, { start: end - windows.range, end, now });
  const one = newBlock(1, 1);
  const plain: RangeSeries = { id: series.id, labels: series.labels, times, values, from: 0, to: kept.length };
  return fn.slide(one, 0, plain, { ...windows, ends: { first: end, step: 0, last: end } }) ? one.values[0] : undefined;
}

/** Of a window that has at least one histogram. */
function answerOf(window: Window, call: NativeCall): Answer {
  const { histograms, times, natives } = window;
  const { length } = histograms;
  switch (call.name) {
    case 'rate':
    case 'increase':
    case 'delta':
      return length < 2 ? undefined : rateOf(window, call);
    case 'irate':
    case 'idelta':
      return length < 2 ? undefined : instantOf(window, call);
    case 'sum_over_time':
    case 'avg_over_time':
      return totalOf(window, call);
    case 'count_over_time':
      return length;
    case 'present_over_time':
      return 1;
    case 'first_over_time':
      return histograms[0] ?? window.values[0];
    case 'last_over_time':
      return histograms.at(-1) ?? window.values.at(-1);
    case 'ts_of_first_over_time':
      return times[0]! / 1000;
    case 'ts_of_last_over_time':
      return times.at(-1)! / 1000;
    case 'changes':
      return countIn(
        window,
        (now, before) => !equals(now, before),
        (now, before) => now !== before && !(now !== now && before !== before),
      );
    case 'resets':
      return countIn(window, isReset, (now, before) => now < before);
    default:
      // All others are of numbers alone.
      if (natives === length) return undefined;
      ignoredInRange(call.context, window.metric, call.span);
      return window.floats();
  }
}

/** From a number to a histogram and back everything changes, and a counter is reset. */
function countIn(
  { histograms, values }: Window,
  differ: (now: Histogram, before: Histogram) => boolean,
  differs: (now: number, before: number) => boolean,
): number {
  let found = 0;
  for (let i = 1; i < histograms.length; i++) {
    const now = histograms[i];
    const before = histograms[i - 1];
    const both = now !== undefined && before !== undefined;
    const neither = now === undefined && before === undefined;
    if (both ? differ(now, before) : neither ? differs(values[i]!, values[i - 1]!) : true) found++;
  }
  return found;
}

function totalOf({ histograms, natives, metric }: Window, { context, name, span }: NativeCall): Answer {
  const [first, ...others] = histograms;
  if (first === undefined || natives < histograms.length) {
    mixedRange(context, metric, span);
    return undefined;
  }
  let total = first;
  for (const one of others) {
    const sum = add(total, one!);
    if (sum === undefined) {
      mixedSchemas(context, metric, span);
      return undefined;
    }
    combined(context, sum, 'aggregation', span);
    total = sum.histogram;
  }
  return name === 'avg_over_time' ? divide(total, natives) : total;
}

function instantOf({ histograms, values, times, metric }: Window, { context, name, span }: NativeCall): Answer {
  const last = histograms.at(-1);
  const before = histograms.at(-2);
  const rate = name === 'irate';
  const seconds = (times.at(-1)! - times.at(-2)!) / 1000;
  if (last === undefined && before === undefined) {
    const change = rate && values.at(-1)! < values.at(-2)! ? values.at(-1)! : values.at(-1)! - values.at(-2)!;
    return rate ? change / seconds : change;
  }
  if (last === undefined || before === undefined) {
    mixedRange(context, metric, span);
    return undefined;
  }
  const gauges = (last.resetHint === 'gauge' ? 1 : 0) + (before.resetHint === 'gauge' ? 1 : 0);
  if (rate && gauges > 0) notCounter(context, metric, span);
  if (!rate && gauges < 2) notGauge(context, metric, span);
  let change = withHint(last, 'gauge');
  if (!rate || !isReset(last, before)) {
    const difference = subtract(last, before);
    if (difference === undefined) {
      mixedSchemas(context, metric, span);
      return undefined;
    }
    combined(context, difference, 'subtraction', span, false);
    change = difference.histogram;
  }
  return rate ? divide(change, seconds) : change;
}

function rateOf(window: Window, call: NativeCall): Answer {
  const { histograms, natives, times, start, end, metric } = window;
  const { context, name, span } = call;
  if (natives < histograms.length) {
    mixedRange(context, metric, span);
    return undefined;
  }
  const counter = name !== 'delta';
  const points = histograms as readonly Histogram[];
  const change = changeOf(points, counter, call, metric);
  if (change === undefined) return undefined;
  const sampled = (times.at(-1)! - times[0]!) / 1000;
  const average = sampled / (points.length - 1);
  let toStart = (times[0]! - start) / 1000;
  let toEnd = (end - times.at(-1)!) / 1000;
  if (toStart >= average * 1.1) toStart = average / 2;
  const { count } = points[0]!;
  // The count can't have been below zero, and stands for all buckets.
  if (counter && change.count > 0 && count >= 0) toStart = Math.min(toStart, sampled * (count / change.count));
  if (toEnd >= average * 1.1) toEnd = average / 2;
  const factor = (sampled + toStart + toEnd) / sampled;
  return multiply(change, name === 'rate' ? factor / ((end - start) / 1000) : factor);
}

/** The last less the first, counter resets made good. */
function changeOf(points: readonly Histogram[], counter: boolean, { context, span }: NativeCall, metric: string): Histogram | undefined {
  let before = points[0]!;
  const last = points.at(-1)!;
  const gauge = before.resetHint === 'gauge' || last.resetHint === 'gauge';
  if (counter && gauge) notCounter(context, metric, span);
  // Before a reset nothing of the first counts, not even its buckets.
  if (counter && isReset(points[1]!, before)) before = emptyLike(points[1]!);
  const custom = before.schema === CUSTOM;
  const looked = counter ? points.slice(1) : [last];
  if (looked.some(({ schema }) => (schema === CUSTOM) !== custom)) {
    mixedSchemas(context, metric, span);
    return undefined;
  }
  const schema = Math.min(before.schema, ...looked.map((one) => one.schema));
  const difference = subtract(tighten(toSchema(loosen(last), schema)), before)!;
  combined(context, difference, 'subtraction', span, false);
  let change = difference.histogram;
  if (counter) {
    for (const now of looked) {
      if (isReset(now, before)) {
        const sum = add(change, before)!;
        combined(context, sum, 'addition', span, false);
        change = sum.histogram;
      }
      before = now;
    }
  } else if (!(points[0]!.resetHint === 'gauge' && last.resetHint === 'gauge')) notGauge(context, metric, span);
  return withHint(change, 'gauge');
}
