/**
 * `sum by (job) (rate(x[5m]))`, `count(x)` and their like in one go: the rows of what is inside live only until they are
 * added up, a few at a time, so that they never leave the processor's cache.
 */
import { unwrap, type Aggregation, type Expr } from '../syntax/ast.ts';
import { groupingOf, reduce } from './aggregate.ts';
import { newBlock, type Block } from './block.ts';
import type { Evaluation } from './evaluation.ts';
import { keepsName, tellNonCounters } from './over-time.ts';
import { groupRows } from './group-rows.ts';
import { rangeRows } from './over-range.ts';
import { RANGE_FUNCTIONS } from './range-functions.ts';
import { newReduction, reducerOf } from './reducers.ts';
import { blockOf, instantRows, type RowSource } from './select.ts';

const BATCH_ROWS = 64;

/** What is under an aggregation if both can be taken together: a selector, or a function of a range. */
export function fusible(node: Aggregation): Expr | undefined {
  if (node.param !== undefined) return undefined;
  const inner = unwrap(node.expr);
  if (inner.kind === 'selector') return inner;
  if (inner.kind !== 'call' || RANGE_FUNCTIONS[inner.name] === undefined) return undefined;
  const range = unwrap(inner.args[0]!);
  return range.kind === 'range' && range.selector.edge === undefined ? inner : undefined;
}

async function rowsOf({ context, grid, windows }: Evaluation, inner: Expr): Promise<{ source: RowSource; drop: 0 | 1 }> {
  if (inner.kind === 'selector') return { source: await instantRows(context, grid, inner), drop: 0 };
  if (inner.kind !== 'call') throw new TypeError(`${inner.kind} has no rows`);
  const call = { context, name: inner.name, span: inner.args[0]!.span };
  const source = rangeRows(grid, await windows(inner.args[0]!, inner.name), RANGE_FUNCTIONS[inner.name]!(), call);
  context.spend(source.series.length * grid.count);
  tellNonCounters(context, source.series, inner);
  return { source, drop: keepsName(inner) ? 0 : 1 };
}

export async function reduceRows(on: Evaluation, node: Aggregation, inner: Expr): Promise<Block> {
  const { context, grid } = on;
  const { source, drop } = await rowsOf(on, inner);
  const { series } = source;
  if (series.some((one) => one.histograms !== undefined)) return await reduce(context, node, await blockOf(context, grid, source, drop));
  const labels = series.map((one) => one.labels);
  const { of, out } = await groupRows(context, { labels, ids: series.map((one) => one.id) }, grid.count, groupingOf(node));
  const reduction = newReduction(of, out);
  const reducer = reducerOf(node);
  const batch = newBlock(BATCH_ROWS, grid.count);
  for (let from = 0; from < series.length; from += BATCH_ROWS) {
    const rows = Math.min(BATCH_ROWS, series.length - from);
    for (let row = 0; row < rows; row++) {
      if (source.fill(batch, row, series[from + row]!)) out.drop[of[from + row]!]! |= drop;
    }
    reducer.add(batch, 0, rows, { ...reduction, of: of.subarray(from, from + rows) });
    if (context.due()) await context.pause();
  }
  reducer.finish?.(reduction);
  return out;
}
