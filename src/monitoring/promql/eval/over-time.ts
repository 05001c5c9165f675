/** Calls of functions of range vectors. */
import { formatFloat, formatG } from '../number-format.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { quote } from '../syntax/strings.ts';
import type { Block } from './block.ts';
import { fail, type Context } from './context.ts';
import type { Evaluation, Implementation } from './evaluation.ts';
import { extendedFunction } from './extended.ts';
import { rangeRows } from './over-range.ts';
import { quantileOf } from './quantile.ts';
import type { NativeCall } from './native-range.ts';
import { RANGE_FUNCTIONS, regression, smooth, type RangeFunction } from './range-functions.ts';
import { blockOf, type RangeSeries, type Windows } from './select.ts';

const COUNTER_NAME = /(?:_total|_sum|_count|_bucket)$/;

async function overRange(
  { context, grid }: Evaluation,
  windows: Windows,
  fn: RangeFunction,
  keepName: boolean,
  call: Pick<NativeCall, 'name' | 'span'>,
): Promise<Block> {
  context.spend(windows.series.length * grid.count);
  return await blockOf(context, grid, rangeRows(grid, windows, fn, { context, ...call }), keepName ? 0 : 1);
}

export async function overTime(on: Evaluation, node: Call): Promise<Block> {
  const { context, grid } = on;
  const { name } = node;
  const input = await on.windows(node.args[0]!, name);
  if (input.edge !== undefined) return extendedFunction(context, grid, input, name);
  tellNonCounters(context, input.series, node);
  return await overRange(on, input, RANGE_FUNCTIONS[name]!(), keepsName(node), { name, span: node.args[0]!.span });
}

/** Whether a function's answers are samples of the series itself. */
export const keepsName = ({ name }: Call): boolean => name === 'last_over_time' || name === 'first_over_time';

export function tellNonCounters(context: Context, series: readonly RangeSeries[], node: Call): void {
  if (node.name !== 'rate' && node.name !== 'increase') return;
  const seen = new Set<string>();
  let last: string | undefined;
  for (const { labels, histograms } of series) {
    if (histograms !== undefined) continue;
    const metric = labels['__name__'];
    if (metric === last || metric === undefined || metric === '') continue;
    last = metric;
    if (seen.has(metric)) continue;
    seen.add(metric);
    if (COUNTER_NAME.test(metric)) continue;
    const text = `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(metric)}`;
    context.inform(text, node.args[0]!.span);
  }
}

/** A range function with further, scalar arguments, which may differ from step to step. */
async function withScalars(on: Evaluation, range: Expr, make: (step: (now: number) => number) => RangeFunction): Promise<Block> {
  const { start, step } = on.grid;
  const stepOf = step === 0 ? (): number => 0 : (now: number): number => Math.round((now - start) / step);
  return await overRange(on, await on.windows(range), make(stepOf), false, { name: 'numbers', span: range.span });
}

export const predictLinear: Implementation = async (on, { args }) => {
  const ahead = await on.scalar(args[1]!);
  return await withScalars(on, args[0]!, (stepAt) => ({
    least: 2,
    at(times, values, lo, hi, { now }) {
      const [slope, value] = regression(times, values, lo, hi, now);
      return slope * ahead[stepAt(now)]! + value;
    },
  }));
};

export const quantileOverTime: Implementation = async (on, { args }) => {
  const phis = await on.scalar(args[0]!);
  const result = await withScalars(on, args[1]!, (stepAt) => ({
    least: 1,
    at: (_times, values, lo, hi, { now }) => quantileOf(phis[stepAt(now)]!, values.slice(lo, hi)),
  }));
  const bad = phis.find((phi) => !(phi >= 0 && phi <= 1));
  if (bad !== undefined && result.labels.length > 0) {
    on.context.warn(`quantile value should be between 0 and 1, got ${formatG(bad)}`, args[0]!.span);
  }
  return result;
};

export const doubleExponentialSmoothing: Implementation = async (on, { args }) => {
  const smoothing = await on.scalar(args[1]!);
  const trend = await on.scalar(args[2]!);
  const check = (name: string, short: string, value: number): number =>
    value > 0 && value < 1 ? value : fail(`invalid ${name} factor. Expected: 0 < ${short} < 1, got: ${formatFloat(value)}`);
  return await withScalars(on, args[0]!, (stepAt) => ({
    least: 2,
    at(_times, values, lo, hi, { now }) {
      const step = stepAt(now);
      return smooth(values, lo, hi, check('smoothing', 'sf', smoothing[step]!), check('trend', 'tf', trend[step]!));
    },
  }));
};
