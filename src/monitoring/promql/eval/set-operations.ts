import type { Binary } from '../syntax/ast.ts';
import { newBlock, type Block } from './block.ts';
import type { Context } from './context.ts';
import { groupNumbers } from './group-rows.ts';
import { copyHistograms } from './histogram-cells.ts';
import { inBatches } from './in-batches.ts';
import { mergeRows } from './merge.ts';

/** `and`, `or`, `unless`: which samples stay depends on whether the other side has one of the same match group then. */
export async function setOperation(context: Context, node: Binary, left: Block, right: Block): Promise<Block> {
  const { on, labels } = node.matching!;
  const grouper = context.grouper({ mode: on ? 'by' : 'without', labels });
  const local = new Map<number, number>();
  const groupsOf = async (block: Block): Promise<Int32Array> => {
    const groups = await groupNumbers(context, grouper, block);
    for (const [row, group] of groups.entries()) {
      const known = local.get(group) ?? local.size;
      local.set(group, known);
      groups[row] = known;
    }
    return groups;
  };
  const leftGroups = await groupsOf(left);
  const rightGroups = await groupsOf(right);
  if (node.op === 'or') {
    await filter(context, right, rightGroups, await presence(context, left, leftGroups, local.size), false);
    return await mergeRows(context, concat(left, right));
  }
  await filter(context, left, leftGroups, await presence(context, right, rightGroups, local.size), node.op === 'and');
  return left;
}

/** At which steps a match group has a sample: a cell for each group and step. */
async function presence(context: Context, block: Block, groups: Int32Array, size: number): Promise<Uint8Array> {
  const { steps, present } = block;
  const cells = new Uint8Array(size * steps);
  await inBatches(context, groups.length, steps, (from, to) => {
    for (let row = from; row < to; row++) {
      const base = groups[row]! * steps;
      for (let step = 0; step < steps; step++) cells[base + step]! |= present[row * steps + step]!;
    }
  });
  return cells;
}

/** Leaves the samples whose match group has one on the other side then, or has none. */
async function filter(context: Context, block: Block, groups: Int32Array, others: Uint8Array, wanted: boolean): Promise<void> {
  const { steps, present } = block;
  const keep = wanted ? 1 : 0;
  await inBatches(context, groups.length, steps, (from, to) => {
    for (let row = from; row < to; row++) {
      const base = groups[row]! * steps;
      for (let step = 0; step < steps; step++) if (others[base + step] !== keep) present[row * steps + step] = 0;
    }
  });
}

function concat(left: Block, right: Block): Block {
  const out = newBlock(0, left.steps);
  out.labels = [...left.labels, ...right.labels];
  out.ids = [...left.ids, ...right.ids];
  out.drop = new Uint8Array(out.labels.length);
  out.values = new Float64Array(out.labels.length * left.steps);
  out.present = new Uint8Array(out.values.length);
  for (const field of ['drop', 'values', 'present'] as const) {
    out[field].set(left[field], 0);
    out[field].set(right[field], left[field].length);
  }
  copyHistograms(left, 0, out, 0, left.values.length);
  copyHistograms(right, 0, out, left.values.length, right.values.length);
  return out;
}
