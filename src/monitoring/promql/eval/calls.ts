/** Function calls: which arguments are evaluated how, and what is done with them. */
import type { Call, Expr } from '../syntax/ast.ts';
import { unwrap } from '../syntax/ast.ts';
import { formatFloat } from '../number-format.ts';
import { absent, absentOverTime } from './absent.ts';
import { newBlock, NO_LABELS, singleRow, timeAt, type Block, type Grid, type Scalars, type Value } from './block.ts';
import { fail, type Context } from './context.ts';
import { checkEdges, extendedFunction } from './extended.ts';
import { histogramFraction, histogramQuantiles } from './histogram-functions.ts';
import { inBatches } from './in-batches.ts';
import { info } from './info.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { CALENDAR, clamp, MATH, roundTo } from './math-functions.ts';
import { rangeRows } from './over-range.ts';
import { quantileOf } from './quantile.ts';
import { RANGE_FUNCTIONS, regression, smooth, type RangeFunction } from './range-functions.ts';
import { blockOf, instantVector, type RangeSeries, type Windows } from './select.ts';
import { sortByLabels, sortByValue } from './sort.ts';
import { formatG } from '../number-format.ts';
import { quote } from '../syntax/strings.ts';

/** What a function needs of the evaluator. */
export interface Evaluation {
  readonly context: Context;
  readonly grid: Grid;
  vector(expr: Expr): Promise<Block>;
  scalar(expr: Expr): Promise<Float64Array>;
  text(expr: Expr): Promise<string>;
  windows(expr: Expr): Promise<Windows>;
}

type Implementation = (on: Evaluation, node: Call) => Promise<Value>;

export async function call(on: Evaluation, node: Call): Promise<Value> {
  checkEdges(node);
  if (RANGE_FUNCTIONS[node.name] !== undefined) return await overTime(on, node);
  const map = MATH[node.name];
  if (map !== undefined) return await each(on, await on.vector(node.args[0]!), map);
  const calendar = CALENDAR[node.name];
  if (calendar !== undefined) {
    const [arg] = node.args;
    return arg === undefined ? singleRow(NO_LABELS, seconds(on.grid).map(calendar)) : await each(on, await on.vector(arg), calendar);
  }
  const implementation = IMPLEMENTATIONS[node.name];
  return implementation === undefined ? fail(`function ${quote(node.name)} is not implemented`) : await implementation(on, node);
}

/** Applies a function to every sample; the metric is no longer the one it was. */
async function each({ context }: Evaluation, block: Block, fn: (value: number, step: number) => number): Promise<Block> {
  const { steps, values, present } = block;
  block.drop.fill(1);
  await inBatches(context, block.labels.length, steps, (from, to) => {
    for (let row = from, cell = from * steps; row < to; row++) {
      for (let step = 0; step < steps; step++, cell++) if (present[cell] === 1) values[cell] = fn(values[cell]!, step);
    }
  });
  return block;
}

const seconds = (grid: Grid): Float64Array => Float64Array.from({ length: grid.count }, (_, step) => timeAt(grid, step) / 1000);

const COUNTER_NAME = /(?:_total|_sum|_count|_bucket)$/;

async function overRange({ context, grid }: Evaluation, windows: Windows, fn: RangeFunction, keepName: boolean): Promise<Block> {
  context.spend(windows.series.length * grid.count);
  return await blockOf(context, grid, rangeRows(grid, windows, fn), keepName ? 0 : 1);
}

async function overTime(on: Evaluation, node: Call): Promise<Block> {
  const { context, grid } = on;
  const { name } = node;
  const input = await on.windows(node.args[0]!);
  if (input.edge !== undefined) return extendedFunction(context, grid, input, name);
  tellNonCounters(context, input.series, node);
  return await overRange(on, input, RANGE_FUNCTIONS[name]!(), keepsName(node));
}

/** Whether a function's answers are samples of the series itself. */
export const keepsName = ({ name }: Call): boolean => name === 'last_over_time' || name === 'first_over_time';

export function tellNonCounters(context: Context, series: readonly RangeSeries[], node: Call): void {
  if (node.name !== 'rate' && node.name !== 'increase') return;
  const seen = new Set<string>();
  let last: string | undefined;
  for (const { labels } of series) {
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
  return await overRange(on, await on.windows(range), make(stepOf), false);
}

const predictLinear: Implementation = async (on, { args }) => {
  const ahead = await on.scalar(args[1]!);
  return await withScalars(on, args[0]!, (stepAt) => ({
    least: 2,
    at(times, values, lo, hi, { now }) {
      const [slope, value] = regression(times, values, lo, hi, now);
      return slope * ahead[stepAt(now)]! + value;
    },
  }));
};

const quantileOverTime: Implementation = async (on, { args }) => {
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

const doubleExponentialSmoothing: Implementation = async (on, { args }) => {
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

const clamped =
  (low: number | undefined, high: number | undefined): Implementation =>
  async (on, { args }) => {
    const block = await on.vector(args[0]!);
    const lows = low === undefined ? undefined : await on.scalar(args[low]!);
    const highs = high === undefined ? undefined : await on.scalar(args[high]!);
    const result = await each(on, block, (value, step) => clamp(value, lows?.[step] ?? -Infinity, highs?.[step] ?? Infinity));
    for (let cell = 0; cell < result.present.length; cell++) {
      const step = cell % result.steps;
      if (lows !== undefined && highs !== undefined && highs[step]! < lows[step]!) result.present[cell] = 0;
    }
    return result;
  };

const round: Implementation = async (on, { args }) => {
  const block = await on.vector(args[0]!);
  const nearest = args[1] === undefined ? undefined : await on.scalar(args[1]);
  return await each(on, block, (value, step) => roundTo(value, nearest?.[step] ?? 1));
};

/** The single sample of a step, or NaN. */
const scalar: Implementation = async (on, { args }) => {
  const { steps, present, values } = await on.vector(args[0]!);
  const out = new Float64Array(on.grid.count).fill(NaN);
  const found = new Uint32Array(out.length);
  for (let cell = 0; cell < present.length; cell++) {
    if (present[cell] === 0) continue;
    const step = cell % steps;
    out[step] = ++found[step]! === 1 ? values[cell]! : NaN;
  }
  return { kind: 'scalar', values: out };
};

/** The time of each sample where the argument is a selector, else the time of the step. */
const timestamp: Implementation = async (on, { args }) => {
  const selector = unwrap(args[0]!);
  const block = selector.kind === 'selector' ? await instantVector(on.context, on.grid, selector, true) : await on.vector(args[0]!);
  if (selector.kind === 'selector') {
    block.drop.fill(1);
    return block;
  }
  const times = seconds(on.grid);
  return await each(on, block, (_value, step) => times[step]!);
};

const sorting =
  (sort: (block: Block, labels: readonly string[]) => Block): Implementation =>
  async (on, node) => {
    const block = await on.vector(node.args[0]!);
    if (!on.context.options.instant) {
      on.context.warn('sort is ineffective for range queries since results are always ordered by labels', node.span);
      return block;
    }
    return block.steps === 1 ? sort(block, await Promise.all(node.args.slice(1).map((arg) => on.text(arg)))) : block;
  };

const labels =
  (change: (context: Context, block: Block, args: readonly string[]) => Block): Implementation =>
  async (on, { args }) => {
    const texts = await Promise.all(args.slice(1).map((arg) => on.text(arg)));
    return change(on.context, await on.vector(args[0]!), texts);
  };

const constant =
  (valueOf: (on: Evaluation) => number): Implementation =>
  async (on) => {
    const values = new Float64Array(on.grid.count).fill(valueOf(on));
    return await Promise.resolve<Scalars>({ kind: 'scalar', values });
  };

const scalars =
  (combine: (a: number, b: number) => number): Implementation =>
  async (on, { args }) => {
    const right = await on.scalar(args[1]!);
    return { kind: 'scalar', values: (await on.scalar(args[0]!)).map((value, step) => combine(value, right[step]!)) };
  };

const IMPLEMENTATIONS: Readonly<Record<string, Implementation>> = {
  predict_linear: predictLinear,
  quantile_over_time: quantileOverTime,
  double_exponential_smoothing: doubleExponentialSmoothing,
  clamp: clamped(1, 2),
  clamp_min: clamped(1, undefined),
  clamp_max: clamped(undefined, 1),
  round,
  scalar,
  timestamp,
  absent: async (on, { args }) => absent(args[0]!, await on.vector(args[0]!)),
  absent_over_time: async (on, { args }) => absentOverTime(args[0]!, await on.windows(args[0]!), on.grid.count),
  vector: async (on, { args }) => singleRow(NO_LABELS, Float64Array.from(await on.scalar(args[0]!))),
  time: async (on) => await Promise.resolve<Scalars>({ kind: 'scalar', values: seconds(on.grid) }),
  pi: constant(() => Math.PI),
  start: constant(({ context }) => context.options.grid.start / 1000),
  end: constant(({ context }) => context.options.end / 1000),
  range: constant(({ context }) => context.query.range / 1000),
  min_of: scalars(Math.min),
  max_of: scalars(Math.max),
  step: constant(({ context }) => context.query.step / 1000),
  sort: sorting((block) => sortByValue(block, false)),
  sort_desc: sorting((block) => sortByValue(block, true)),
  sort_by_label: sorting((block, names) => sortByLabels(block, names, false)),
  sort_by_label_desc: sorting((block, names) => sortByLabels(block, names, true)),
  label_replace: labels(labelReplace),
  label_join: labels(labelJoin),
  info: async (on, node) => await info(on, node),
  histogram_quantile: async (on, node) => {
    const phis = [await on.scalar(node.args[0]!)];
    const quantiles = { phis, spans: [node.args[0]!.span], label: undefined };
    return await histogramQuantiles(on.context, on.grid, node, await on.vector(node.args[1]!), quantiles);
  },
  histogram_quantiles: async (on, node) => {
    const phis: Float64Array[] = [];
    for (const arg of node.args.slice(2)) phis.push(await on.scalar(arg));
    const quantiles = { phis, spans: node.args.slice(2).map((arg) => arg.span), label: await on.text(node.args[1]!) };
    return await histogramQuantiles(on.context, on.grid, node, await on.vector(node.args[0]!), quantiles);
  },
  histogram_fraction: async (on, node) => {
    const lower = await on.scalar(node.args[0]!);
    const upper = await on.scalar(node.args[1]!);
    return await histogramFraction(on.context, node, await on.vector(node.args[2]!), lower, upper);
  },
  ...nativeOnly('histogram_avg', 'histogram_count', 'histogram_sum', 'histogram_stddev', 'histogram_stdvar'),
};

/** Functions of native histograms, which nines doesn't keep: of floats they have no answer, as in Prometheus. */
function nativeOnly(...names: readonly string[]): Record<string, Implementation> {
  const nothing: Implementation = async (on, { args }) => {
    await on.vector(args[0]!);
    return newBlock(0, on.grid.count);
  };
  return Object.fromEntries(names.map((name) => [name, nothing]));
}
