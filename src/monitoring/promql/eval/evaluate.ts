/**
 * Evaluates an expression at all steps of a query at once: every node becomes a block of series × steps. Reads from
 * nothing but the source; lets the event loop run every few milliseconds.
 */
import { AGGREGATION_PARAM, children, type Aggregation, type Expr, type MatrixSelector, type Subquery } from '../syntax/ast.ts';
import { unwrap } from '../syntax/ast.ts';
import { countValues, quantiles, reduce } from './aggregate.ts';
import { binary } from './binary.ts';
import { repeat, timeAt, type Block, type Grid, type Value } from './block.ts';
import { call } from './calls.ts';
import type { Evaluation } from './evaluation.ts';
import { fail, type Context } from './context.ts';
import { multiply, withHint } from '../../histogram/index.ts';
import { histogramAt, mapHistograms } from './histogram-cells.ts';
import { mergeRows } from './merge.ts';
import { endsOf, instantVector, rangeVector, resolvePositive, type RangeSeries, type Windows } from './select.ts';
import { fusible, reduceRows } from './reduce-rows.ts';
import { selectRows } from './select-rows.ts';
import { isStepInvariant } from './step-invariant.ts';

export async function evaluateNode(context: Context, grid: Grid, expr: Expr): Promise<Value> {
  if (context.due()) await context.pause();
  const { shared } = context.options;
  if (shared === undefined || grid.count > 1) return await evaluateAnew(context, grid, expr);
  return await shared.get(expr, grid.start, () => evaluateAnew(context, grid, expr));
}

async function evaluateAnew(context: Context, grid: Grid, expr: Expr): Promise<Value> {
  if (grid.count > 1 && isStepInvariant(expr)) return await evaluateOnce(context, grid, expr);
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(grid.count).fill(expr.value) };
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'paren':
      return await evaluateNode(context, grid, expr.expr);
    case 'selector':
      return await instantVector(context, grid, expr);
    case 'unary':
      return negate(await evaluateNode(context, grid, expr.expr), expr.op);
    case 'binary': {
      const left = await evaluateNode(context, grid, expr.left);
      if (context.options.resultOnly && (expr.op === 'and' || expr.op === 'unless') && isEmpty(left)) return left;
      return await binary(context, expr, left, await evaluateNode(context, grid, expr.right));
    }
    case 'aggregation':
      return await aggregation(context, grid, expr);
    case 'call':
      return await call(evaluationOf(context, grid), expr);
    default:
      return fail('a range vector can only be an argument of a function or the whole of an instant query');
  }
}

/** Nothing is left of nothing, whatever is on the other side of an `and` or `unless`. */
const isEmpty = (value: Value): boolean => value.kind === 'vector' && !value.present.includes(1);

/** What has the same answer at every step is asked for once. */
async function evaluateOnce(context: Context, grid: Grid, expr: Expr): Promise<Value> {
  const once = await evaluateNode(context, { ...grid, count: 1 }, expr);
  if (once.kind === 'string') return once;
  if (once.kind === 'scalar') return { kind: 'scalar', values: new Float64Array(grid.count).fill(once.values[0]!) };
  context.spend(once.labels.length * grid.count);
  return repeat(once, grid.count);
}

export const evaluationOf = (context: Context, grid: Grid): Evaluation => ({
  context,
  grid,
  async vector(expr) {
    const value = await evaluateNode(context, grid, expr);
    return value.kind === 'vector' ? value : fail('expected an instant vector');
  },
  async scalar(expr) {
    const value = await evaluateNode(context, grid, expr);
    return value.kind === 'scalar' ? value.values : fail('expected a scalar');
  },
  async text(expr) {
    const value = await evaluateNode(context, grid, expr);
    return value.kind === 'string' ? value.value : fail('expected a string');
  },
  async windows(expr, use) {
    const range = unwrap(expr);
    return await windowsOf(context, grid, range as MatrixSelector | Subquery, use);
  },
});

export async function windowsOf(context: Context, grid: Grid, node: MatrixSelector | Subquery, use?: string): Promise<Windows> {
  return node.kind === 'range' ? await rangeVector(context, grid, node, use) : await subquery(context, grid, node);
}

function negate(value: Value, op: '+' | '-'): Value {
  if (value.kind === 'string' || op === '+') return value;
  for (let i = 0; i < value.values.length; i++) value.values[i] = -value.values[i]!;
  if (value.kind === 'vector' && value.histograms !== undefined) mapHistograms(value, (histogram) => multiply(histogram, -1));
  if (value.kind === 'vector') value.drop.fill(1);
  return value;
}

async function aggregation(context: Context, grid: Grid, node: Aggregation): Promise<Value> {
  const on = evaluationOf(context, grid);
  const together = fusible(node);
  if (together !== undefined) return await reduceRows(on, node, together);
  if (node.param === undefined) return await reduce(context, node, await on.vector(node.expr));
  if (AGGREGATION_PARAM[node.op] === 'string') {
    const label = await on.text(node.param);
    return await countValues(context, node, await on.vector(node.expr), label);
  }
  const params = await on.scalar(node.param);
  const block = await on.vector(node.expr);
  if (node.op === 'quantile') return await quantiles(context, node, block, params);
  return await selectRows(context, node, block, params);
}

const hasOr = (expr: Expr): boolean => (expr.kind === 'binary' && expr.op === 'or') || children(expr).some(hasOr);

/** The inner expression on a grid of its own, aligned to its step and not to the query's; then windows over that. */
async function subquery(context: Context, grid: Grid, node: Subquery): Promise<Windows> {
  const range = resolvePositive(context, node.range);
  const ends = endsOf(context, grid, node);
  const step = node.step === undefined ? context.options.subqueryStep(range) : resolvePositive(context, node.step);
  const start = (Math.floor((ends.first - range) / step) + 1) * step;
  const count = Math.floor((ends.last - start) / step) + 1;
  if (count < 1) return { series: [], ends, range, edge: undefined };
  context.spend(count);
  const inner: Grid = { start, step, count };
  const rows = await evaluationOf(context, inner).vector(node.expr);
  // What `or` took from both sides, at different steps, may have become one series since.
  const block = hasOr(node.expr) ? await mergeRows(context, rows) : rows;
  const series: RangeSeries[] = [];
  const times = Float64Array.from({ length: count }, (_, i) => timeAt(inner, i));
  for (let row = 0; row < block.labels.length; row++) series.push(seriesOf(block, row, times));
  return { series, ends, range, edge: undefined };
}

/** With histograms, of which the steps may have missed some: nothing is known of resets between them. */
function nativeSeries(block: Block, row: number, grid: Float64Array, about: Pick<RangeSeries, 'labels' | 'id' | 'drop'>): RangeSeries {
  const { steps } = block;
  const kept = Array.from({ length: steps }, (_, step) => step).filter((step) => block.present[row * steps + step] === 1);
  const histograms = kept.map((step) => {
    const histogram = histogramAt(block, row * steps + step);
    return histogram === undefined || histogram.resetHint === 'gauge' ? histogram : withHint(histogram, 'unknown');
  });
  const times = Float64Array.from(kept, (step) => grid[step]!);
  const values = Float64Array.from(kept, (step) => block.values[row * steps + step]!);
  return { ...about, times, values, histograms, from: 0, to: kept.length };
}

function seriesOf(block: Block, row: number, grid: Float64Array): RangeSeries {
  const { steps } = block;
  const labels = block.labels[row]!;
  const about = { labels, id: block.ids[row]!, drop: block.drop[row] === 1 };
  const present = block.present.subarray(row * steps, (row + 1) * steps);
  const values = block.values.subarray(row * steps, (row + 1) * steps);
  if (block.histograms !== undefined) return nativeSeries(block, row, grid, about);
  if (!present.includes(0)) return { ...about, times: grid, values, from: 0, to: steps };
  const keptTimes = new Float64Array(steps);
  const keptValues = new Float64Array(steps);
  let kept = 0;
  for (let step = 0; step < steps; step++) {
    if (present[step] === 0) continue;
    keptTimes[kept] = grid[step]!;
    keptValues[kept++] = values[step]!;
  }
  return { ...about, times: keptTimes, values: keptValues, from: 0, to: kept };
}
