import type { Binary } from '../syntax/ast.ts';
import { newBlock, type Block } from './block.ts';
import type { Context } from './context.ts';
import { mergeRows } from './merge.ts';

/** `and`, `or`, `unless`: which samples stay depends on whether the other side has one of the same match group then. */
export function setOperation(context: Context, node: Binary, left: Block, right: Block): Block {
  const { on, labels } = node.matching!;
  const grouper = context.grouper({ mode: on ? 'by' : 'without', labels });
  const local = new Map<number, number>();
  const groupsOf = (block: Block): Int32Array => {
    const groups = new Int32Array(block.labels.length);
    for (let row = 0; row < groups.length; row++) {
      const group = grouper.of(block.labels[row]!, block.ids[row]!);
      const known = local.get(group) ?? local.size;
      local.set(group, known);
      groups[row] = known;
    }
    return groups;
  };
  const leftGroups = groupsOf(left);
  const rightGroups = groupsOf(right);
  if (node.op === 'or') {
    filter(right, rightGroups, presence(left, leftGroups, local.size), false);
    return mergeRows(context, concat(left, right));
  }
  filter(left, leftGroups, presence(right, rightGroups, local.size), node.op === 'and');
  return left;
}

/** At which steps a match group has a sample. */
function presence(block: Block, groups: Int32Array, size: number): { steps: number; cells: Uint8Array } {
  const { steps, present } = block;
  const cells = new Uint8Array(size * steps);
  for (let row = 0; row < groups.length; row++) {
    const base = groups[row]! * steps;
    for (let step = 0; step < steps; step++) cells[base + step]! |= present[row * steps + step]!;
  }
  return { steps, cells };
}

function filter(block: Block, groups: Int32Array, { steps, cells }: { steps: number; cells: Uint8Array }, wanted: boolean): void {
  const keep = wanted ? 1 : 0;
  for (let row = 0; row < groups.length; row++) {
    const base = groups[row]! * steps;
    for (let step = 0; step < steps; step++) if (cells[base + step] !== keep) block.present[row * steps + step] = 0;
  }
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
  return out;
}
