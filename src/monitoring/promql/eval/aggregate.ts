/** Aggregations: sum, avg, min and the like straight over the flat arrays, a cell for each group and step. */
import type { Aggregation } from '../syntax/ast.ts';
import { formatFloat, formatG } from '../number-format.ts';
import { withLabels } from '../labels.ts';
import { quote, isWellFormed } from '../syntax/strings.ts';
import { firstStep, newBlock, truncate, type Block } from './block.ts';
import { fail, type Context } from './context.ts';
import type { Grouping } from './grouper.ts';
import { groupRows } from './group-rows.ts';
import { histogramText } from '../../histogram/index.ts';
import { dropHistograms, histogramAt } from './histogram-cells.ts';
import { takeHistograms, totalHistograms } from './native-totals.ts';
import { ignored } from './tell-histograms.ts';
import { inBatches } from './in-batches.ts';
import { mergeRows } from './merge.ts';
import { quantileOf } from './quantile.ts';
import { newReduction, reducerOf } from './reducers.ts';

export const groupingOf = (node: Aggregation): Grouping => ({ mode: node.without ? 'without' : 'by', labels: node.grouping });

/** Aggregations without a parameter. */
export async function reduce(context: Context, node: Aggregation, block: Block): Promise<Block> {
  const { of, out } = await groupRows(context, block, block.steps, groupingOf(node));
  markDropped(out, block, of);
  const reduction = newReduction(of, out);
  const reducer = reducerOf(node);
  const totals = node.op === 'sum' || node.op === 'avg';
  const histograms = totals && block.histograms !== undefined ? takeHistograms(block) : [];
  if (!totals) leaveOutHistograms(context, node, block);
  await inBatches(context, block.labels.length, block.steps, (from, to) => reducer.add(block, from, to, reduction));
  reducer.finish?.(reduction);
  if (histograms.length > 0) totalHistograms(context, node, block, of, out, histograms);
  return out;
}

/** Aggregations of numbers alone say that they leave histograms out. */
export function leaveOutHistograms(context: Context, { op, expr }: Aggregation, block: Block): void {
  if (block.histograms === undefined || op === 'count' || op === 'group') return;
  if (dropHistograms(block)) ignored(context, op, expr.span);
}

/** A group loses its name at the end if any of its rows does. */
function markDropped(out: Block, block: Block, of: Int32Array): void {
  for (let row = 0; row < of.length; row++) {
    if (block.drop[row] === 1 && out.drop[of[row]!] === 0 && firstStep(block, row) >= 0) out.drop[of[row]!] = 1;
  }
}

export async function quantiles(context: Context, node: Aggregation, block: Block, phis: Float64Array): Promise<Block> {
  const bad = phis.find((phi) => !(phi >= 0 && phi <= 1));
  if (bad !== undefined) context.warn(`quantile value should be between 0 and 1, got ${formatG(bad)}`, node.param!.span);
  leaveOutHistograms(context, node, block);
  const { of, out } = await groupRows(context, block, block.steps, groupingOf(node));
  markDropped(out, block, of);
  const { steps } = block;
  const sizes = new Int32Array(out.labels.length);
  for (const group of of) sizes[group]!++;
  const members = Array.from(sizes, (size) => new Float64Array(size));
  const atStep = (step: number): void => {
    sizes.fill(0);
    for (let row = 0; row < of.length; row++) {
      if (block.present[row * steps + step] === 0) continue;
      const group = of[row]!;
      members[group]![sizes[group]!++] = block.values[row * steps + step]!;
    }
    for (const [group, values] of members.entries()) {
      if (sizes[group] === 0) continue;
      out.values[group * steps + step] = quantileOf(phis[step]!, values.subarray(0, sizes[group]));
      out.present[group * steps + step] = 1;
    }
  };
  await inBatches(context, steps, of.length, (from, to) => {
    for (let step = from; step < to; step++) atStep(step);
  });
  return out;
}

/** How many series of a group have each value, the value as a label. */
export async function countValues(context: Context, node: Aggregation, block: Block, label: string): Promise<Block> {
  if (label === '' || !isWellFormed(label)) fail(`invalid label name ${quote(label)}`);
  const labels = node.without ? [...node.grouping, label] : node.grouping.filter((name) => name !== label);
  const { of, out: groups } = await groupRows(context, block, block.steps, { mode: node.without ? 'without' : 'by', labels });
  // The label is there before the grouping, which may take it away.
  const taken = node.without && node.grouping.includes(label);
  const { steps } = block;
  const rows = new Map<string, number>();
  const counts: { group: number; value: string; cells: Float64Array }[] = [];
  const countCell = (cell: number, row: number): void => {
    if (block.present[cell] === 0) return;
    const histogram = histogramAt(block, cell);
    const value = taken ? '' : histogram === undefined ? formatFloat(block.values[cell]!) : histogramText(histogram, formatG);
    const key = `${of[row]}:${value}`;
    let at = rows.get(key);
    if (at === undefined) {
      at = rows.size;
      rows.set(key, at);
      context.spend(steps);
      counts.push({ group: of[row]!, value, cells: new Float64Array(steps) });
    }
    counts[at]!.cells[cell - row * steps]!++;
  };
  await inBatches(context, of.length, steps, (from, to) => {
    for (let row = from; row < to; row++) for (let step = 0; step < steps; step++) countCell(row * steps + step, row);
  });
  const out = newBlock(counts.length, steps);
  for (const [row, { group, value, cells }] of counts.entries()) {
    out.labels[row] = withLabels(groups.labels[group]!, [[label, value]]);
    out.ids[row] = -1;
    out.values.set(cells, row * steps);
    for (let step = 0; step < steps; step++) out.present[row * steps + step] = cells[step] === 0 ? 0 : 1;
  }
  return await mergeRows(context, truncate(out, counts.length));
}
