/** `sum` and `avg` of native histograms. */
import type { Histogram } from '../../histogram.ts';
import { add, divide } from '../../histogram/index.ts';
import type { Aggregation } from '../syntax/ast.ts';
import type { Block } from './block.ts';
import type { Context } from './context.ts';
import { setHistogram } from './histogram-cells.ts';
import { combined, mixedAggregation, mixedSchemas } from './tell-histograms.ts';

/** Takes the histograms out of a block of rows, for what is left to be added up as numbers; gives them back by cell, in order. */
export function takeHistograms(block: Block): [cell: number, histogram: Histogram][] {
  const taken = [...(block.histograms ?? [])].filter(([cell]) => block.present[cell] === 1).sort((a, b) => a[0] - b[0]);
  for (const [cell] of taken) block.present[cell] = 0;
  block.histograms = undefined;
  return taken;
}

/** Adds histograms to what their groups have in `out`: a group of both numbers and histograms, or of buckets that don't go together, has no answer. */
export function totalHistograms(
  context: Context,
  node: Aggregation,
  block: Block,
  of: Int32Array,
  out: Block,
  taken: readonly (readonly [number, Histogram])[],
): void {
  const totals = new Map<number, { total: Histogram; count: number; broken: boolean }>();
  for (const [cell, histogram] of taken) {
    const row = Math.floor(cell / block.steps);
    const target = of[row]! * block.steps + (cell % block.steps);
    const known = totals.get(target);
    if (known === undefined) totals.set(target, { total: histogram, count: 1, broken: false });
    else if (!known.broken) {
      const sum = add(known.total, histogram);
      known.count++;
      if (sum === undefined) {
        known.broken = true;
        mixedSchemas(context, block.labels[row]!['__name__'] ?? '', node.expr.span);
      } else {
        combined(context, sum, 'aggregation', node.expr.span);
        known.total = sum.histogram;
      }
    }
  }
  for (const [cell, { total, count, broken }] of totals) {
    const mixed = out.present[cell] === 1;
    if (mixed) mixedAggregation(context, node.expr.span);
    out.present[cell] = mixed || broken ? 0 : 1;
    if (!mixed && !broken) setHistogram(out, cell, node.op === 'avg' ? divide(total, count) : total);
  }
}
