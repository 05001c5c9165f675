/** Series that come to have the same labels become one, if they never have a sample at the same time. */
import { hasLabel } from '../labels.ts';
import { firstStep, newBlock, type Block } from './block.ts';
import { fail, type Context } from './context.ts';
import { groupNumbers } from './group-rows.ts';
import type { Grouping } from './grouper.ts';
import { copyHistograms } from './histogram-cells.ts';
import { inBatches } from './in-batches.ts';

const WHOLE: Grouping = { mode: 'all', labels: [] };
const NAMELESS: Grouping = { mode: 'without', labels: [] };
const DUPLICATE = 'vector cannot contain metrics with the same labelset';

/**
 * Merges rows of the same labels, the name among them; one whose name goes away at the end is another series than one that keeps it.
 * `clash`: what to say where two have a sample at the same time.
 */
export async function mergeRows(context: Context, block: Block, clash = DUPLICATE): Promise<Block> {
  const groups = await groupNumbers(context, context.grouper(WHOLE), block);
  for (const [row, group] of groups.entries()) {
    if (block.drop[row] === 1 && hasLabel(block.labels[row]!, '__name__')) groups[row] = -1 - group;
  }
  return await mergeBy(context, block, groups, clash);
}

/** Takes away the names that are due to go, and merges what is then the same: the last step of every query. */
export async function dropNames(context: Context, block: Block): Promise<Block> {
  if (!block.drop.includes(1)) return block;
  const grouper = context.grouper(NAMELESS);
  const keys = await groupNumbers(context, grouper, block);
  for (const [row, group] of keys.entries()) {
    if (block.drop[row] === 0 && hasLabel(block.labels[row]!, '__name__')) {
      // A name that stays sets it apart from all that lose theirs.
      keys[row] = -1 - row;
      continue;
    }
    block.labels[row] = grouper.labels[group]!;
    block.ids[row] = -1;
    block.drop[row] = 0;
  }
  return await mergeBy(context, block, keys, DUPLICATE);
}

async function mergeBy(context: Context, block: Block, keys: Int32Array, clash: string): Promise<Block> {
  const first = new Map<number, number>();
  const target = new Int32Array(keys.length);
  for (const [row, key] of keys.entries()) {
    const known = first.get(key);
    target[row] = known ?? first.size;
    if (known === undefined) first.set(key, first.size);
  }
  if (first.size === target.length) return block;
  const out = newBlock(first.size, block.steps);
  const since = new Float64Array(first.size).fill(Infinity);
  await inBatches(context, target.length, block.steps, (from, to) => {
    for (let row = from; row < to; row++) mergeRow(block, row, out, target[row]!, since, clash);
  });
  return out;
}

function mergeRow(block: Block, row: number, out: Block, to: number, since: Float64Array, clash: string): void {
  const { steps } = block;
  out.labels[to] ??= block.labels[row]!;
  out.ids[to] ??= block.ids[row]!;
  const start = firstStep(block, row);
  if (start < 0) return;
  // Whether the name goes is up to whoever was there first.
  if (start < since[to]!) {
    since[to] = start;
    out.drop[to] = block.drop[row]!;
  }
  for (let step = start; step < steps; step++) {
    const from = row * steps + step;
    if (block.present[from] === 0) continue;
    const cell = to * steps + step;
    if (out.present[cell] === 1) fail(clash);
    out.present[cell] = 1;
    out.values[cell] = block.values[from]!;
    if (block.histograms !== undefined) copyHistograms(block, from, out, cell, 1);
  }
}
