/** Aggregations that pick series instead of folding them: topk, bottomk, limitk, limit_ratio. */
import type { Aggregation } from '../syntax/ast.ts';
import { formatFloat, formatG } from '../number-format.ts';
import { labelKey } from '../labels.ts';
import { newBlock, type Block } from './block.ts';
import { fail, type Context } from './context.ts';
import { groupRows } from './group-rows.ts';
import { leaveOutHistograms } from './aggregate.ts';
import { copyHistograms } from './histogram-cells.ts';
import { inBatches } from './in-batches.ts';
import { WorstFirst } from './worst-first.ts';

export async function selectRows(context: Context, node: Aggregation, block: Block, params: Float64Array): Promise<Block> {
  if (node.op === 'limit_ratio') return await limitRatio(context, node, block, params);
  for (const k of params) {
    if (k !== k) fail('Parameter value is NaN');
    if (k >= 2 ** 63) fail(`Scalar value ${formatFloat(k)} overflows int64`);
    if (k <= -(2 ** 63)) fail(`Scalar value ${formatFloat(k)} underflows int64`);
  }
  if (node.op !== 'limitk') leaveOutHistograms(context, node, block);
  const { of, out } = await groupRows(context, block, block.steps, { mode: node.without ? 'without' : 'by', labels: node.grouping });
  const kept = new Uint8Array(block.present.length);
  const orders: number[][] = [];
  const groups = out.labels.length;
  const atStep = (step: number): void => {
    const k = Math.min(Math.trunc(params[step]!), block.labels.length);
    const chosen = k < 1 ? [] : choose(node, block, of, groups, step, k);
    for (const rows of chosen) for (const row of rows) kept[row * block.steps + step] = 1;
    if (context.options.instant && block.steps === 1) orders.push(chosen.flat());
  };
  await inBatches(context, block.steps, of.length, (from, to) => {
    for (let step = from; step < to; step++) atStep(step);
  });
  return keep(block, kept, orders[0]);
}

/** The rows of each group that are kept at a step, best first. */
function choose(node: Aggregation, block: Block, of: Int32Array, groups: number, step: number, k: number): number[][] {
  const { steps, present, values } = block;
  const sign = node.op === 'bottomk' ? -1 : 1;
  const valueOf = (row: number): number => values[row * steps + step]! * sign;
  const chosen = Array.from({ length: groups }, () => new WorstFirst(k, valueOf));
  for (let row = 0; row < of.length; row++) {
    if (present[row * steps + step] === 0) continue;
    const kept = chosen[of[row]!]!;
    if (node.op !== 'limitk') kept.offer(row);
    else if (kept.rows.length < k) kept.rows.push(row);
  }
  return chosen.map(({ rows }) => (node.op === 'limitk' ? rows : rows.sort((a, b) => bestFirst(valueOf(a), valueOf(b)))));
}

/** NaN last. */
function bestFirst(a: number, b: number): number {
  if (a !== a || b !== b) return (a !== a ? 1 : 0) - (b !== b ? 1 : 0);
  return a > b ? -1 : a < b ? 1 : 0;
}

async function limitRatio(context: Context, node: Aggregation, block: Block, params: Float64Array): Promise<Block> {
  const ratios = params.map((ratio) => {
    if (ratio !== ratio) fail('Ratio value is NaN');
    if (ratio >= -1 && ratio <= 1) return ratio;
    const to = Math.sign(ratio);
    context.warn(`ratio value should be between -1 and 1, got ${formatG(ratio)}, capping to ${formatG(to)}`, node.param!.span);
    return to;
  });
  const kept = new Uint8Array(block.present.length);
  const inRow = (row: number): void => {
    const place = fraction(labelKey(block.labels[row]!));
    for (let step = 0; step < block.steps; step++) {
      const ratio = ratios[step]!;
      const cell = row * block.steps + step;
      const inside = ratio >= 0 ? place < ratio : place >= 1 + ratio;
      kept[cell] = inside ? block.present[cell]! : 0;
    }
  };
  await inBatches(context, block.labels.length, block.steps, (from, to) => {
    for (let row = from; row < to; row++) inRow(row);
  });
  return keep(block, kept, undefined);
}

/** A place in [0, 1) that a series keeps for good (FNV-1a, finished as in MurmurHash3). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** The rows with anything left, in the given order or their own. */
function keep(block: Block, kept: Uint8Array, order: readonly number[] | undefined): Block {
  const { steps } = block;
  const rows = order ?? [...block.labels.keys()].filter((row) => kept.subarray(row * steps, (row + 1) * steps).includes(1));
  const out = newBlock(rows.length, steps);
  for (const [to, from] of rows.entries()) {
    out.labels[to] = block.labels[from]!;
    out.ids[to] = block.ids[from]!;
    out.drop[to] = block.drop[from]!;
    out.values.set(block.values.subarray(from * steps, (from + 1) * steps), to * steps);
    out.present.set(kept.subarray(from * steps, (from + 1) * steps), to * steps);
    copyHistograms(block, from * steps, out, to * steps, steps);
  }
  return out;
}
