/** Function calls: which arguments are evaluated how, and what is done with them. Longer than most for its table of all functions. */
import { unwrap, type Call } from '../syntax/ast.ts';
import { quote } from '../syntax/strings.ts';
import { absent, absentOverTime } from './absent.ts';
import { NO_LABELS, singleRow, type Block, type Scalars, type Value } from './block.ts';
import { fail, type Context } from './context.ts';
import { each, seconds, type Evaluation, type Implementation } from './evaluation.ts';
import { checkEdges } from './extended.ts';
import { histogramFraction, histogramQuantiles } from './histogram-functions.ts';
import { variance } from '../../histogram/index.ts';
import { dropHistograms } from './histogram-cells.ts';
import { ofNative } from './native-functions.ts';
import { info } from './info.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { CALENDAR, clamp, MATH, roundTo } from './math-functions.ts';
import { doubleExponentialSmoothing, overTime, predictLinear, quantileOverTime } from './over-time.ts';
import { RANGE_FUNCTIONS } from './range-functions.ts';
import { instantVector } from './select.ts';
import { sortByLabels, sortByValue } from './sort.ts';

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
  const block = await on.vector(args[0]!);
  dropHistograms(block);
  const { steps, present, values } = block;
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
  block.histograms = undefined;
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
  (change: (context: Context, block: Block, args: readonly string[]) => Promise<Block>): Implementation =>
  async (on, { args }) => {
    const texts = await Promise.all(args.slice(1).map((arg) => on.text(arg)));
    return await change(on.context, await on.vector(args[0]!), texts);
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
  absent_over_time: async (on, { args }) => absentOverTime(args[0]!, await on.windows(args[0]!, 'absent_over_time'), on.grid.count),
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
  histogram_avg: ofNative(({ sum, count }) => sum / count),
  histogram_count: ofNative(({ count }) => count),
  histogram_sum: ofNative(({ sum }) => sum),
  histogram_stddev: ofNative((histogram) => Math.sqrt(variance(histogram))),
  histogram_stdvar: ofNative(variance),
};
