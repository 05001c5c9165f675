/** Series that come to have the same labels become one, if they never have a sample at the same time. */
import { firstStep, newBlock, type Block } from './block.ts';
import { fail, type Context } from './context.ts';
import type { Grouping } from './grouper.ts';

const WHOLE: Grouping = { mode: 'all', labels: [] };
const NAMELESS: Grouping = { mode: 'without', labels: [] };
const DUPLICATE = 'vector cannot contain metrics with the same labelset';

/** Merges rows of the same labels, the name among them. `clash`: what to say where two have a sample at the same time. */
export function mergeRows(context: Context, block: Block, clash = DUPLICATE): Block {
  const grouper = context.grouper(WHOLE);
  return mergeBy(block, (row) => grouper.of(block.labels[row]!, block.ids[row]!), clash);
}

/** Takes away the names that are due to go, and merges what is then the same: the last step of every query. */
export function dropNames(context: Context, block: Block): Block {
  if (!block.drop.includes(1)) return block;
  const grouper = context.grouper(NAMELESS);
  const keys: number[] = [];
  for (let row = 0; row < block.labels.length; row++) {
    const named = block.labels[row]!['__name__'] !== undefined && block.labels[row]!['__name__'] !== '';
    if (named && block.drop[row] === 0) {
      // A name that stays sets it apart from all that lose theirs.
      keys.push(-1 - row);
      continue;
    }
    const group = grouper.of(block.labels[row]!, block.ids[row]!);
    keys.push(group);
    block.labels[row] = grouper.labels[group]!;
    block.ids[row] = -1;
    block.drop[row] = 0;
  }
  return mergeBy(block, (row) => keys[row]!, DUPLICATE);
}

function mergeBy(block: Block, keyOf: (row: number) => number, clash: string): Block {
  const { steps } = block;
  const first = new Map<number, number>();
  const target = new Int32Array(block.labels.length);
  for (let row = 0; row < target.length; row++) {
    const key = keyOf(row);
    const known = first.get(key);
    target[row] = known ?? first.size;
    if (known === undefined) first.set(key, first.size);
  }
  if (first.size === target.length) return block;
  const out = newBlock(first.size, steps);
  const since = new Float64Array(first.size).fill(Infinity);
  for (let row = 0; row < target.length; row++) {
    const to = target[row]!;
    out.labels[to] ??= block.labels[row]!;
    out.ids[to] ??= block.ids[row]!;
    const start = firstStep(block, row);
    if (start < 0) continue;
    // Whether the name goes is up to whoever was there first.
    if (start < since[to]!) {
      since[to] = start;
      out.drop[to] = block.drop[row]!;
    }
    for (let step = 0; step < steps; step++) {
      const from = row * steps + step;
      if (block.present[from] === 0) continue;
      const cell = to * steps + step;
      if (out.present[cell] === 1) fail(clash);
      out.present[cell] = 1;
      out.values[cell] = block.values[from]!;
    }
  }
  return out;
}
