/**
 * `sum by (job) (rate(x[5m]))` and its like in one go: the rows of the inner function live only until they are added up,
 * a few at a time, so that they never leave the processor's cache.
 */
import { unwrap, type Aggregation, type Call } from '../syntax/ast.ts';
import { groupingOf, groupRows } from './aggregate.ts';
import { newBlock, type Block } from './block.ts';
import { keepsName, tellNonCounters, type Evaluation } from './calls.ts';
import { fillRow } from './over-range.ts';
import { RANGE_FUNCTIONS } from './range-functions.ts';
import { newReduction, reducerOf } from './reducers.ts';

const BATCH_ROWS = 64;

/** The call under an aggregation that can be taken together with it. */
export function fusible(node: Aggregation): Call | undefined {
  const inner = unwrap(node.expr);
  if (node.param !== undefined || inner.kind !== 'call' || RANGE_FUNCTIONS[inner.name] === undefined) return undefined;
  const range = unwrap(inner.args[0]!);
  return range.kind === 'range' && range.selector.edge === undefined ? inner : undefined;
}

export async function reduceRange(on: Evaluation, node: Aggregation, call: Call): Promise<Block> {
  const { context, grid } = on;
  const windows = await on.windows(call.args[0]!);
  const { series } = windows;
  context.spend(series.length * grid.count);
  const labels = series.map((one) => one.labels);
  const { of, out } = groupRows(context, { steps: grid.count, labels, ids: series.map((one) => one.id) }, groupingOf(node));
  const reduction = newReduction(of, out);
  const reducer = reducerOf(node);
  const fn = RANGE_FUNCTIONS[call.name]!();
  const dropped = keepsName(call) ? 0 : 1;
  const batch = newBlock(BATCH_ROWS, grid.count);
  for (let from = 0; from < series.length; from += BATCH_ROWS) {
    const rows = Math.min(BATCH_ROWS, series.length - from);
    for (let row = 0; row < rows; row++) {
      if (fillRow(batch, row, grid, series[from + row]!, windows, fn)) out.drop[of[from + row]!]! |= dropped;
    }
    reducer.add(batch, 0, rows, { ...reduction, of: of.subarray(from, from + rows) });
    if (context.due()) await context.pause();
  }
  reducer.finish?.(reduction);
  tellNonCounters(context, labels, call);
  return out;
}
