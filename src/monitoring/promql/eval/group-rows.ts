import type { Labels } from '../../series.ts';
import { NO_LABELS, newBlock, type Block } from './block.ts';
import type { Context } from './context.ts';
import type { Grouper, Grouping } from './grouper.ts';
import { inBatches } from './in-batches.ts';

/** What has labels in rows: a block, or series that are to become one. */
export interface Rows {
  readonly labels: readonly Labels[];
  readonly ids: readonly number[];
}

/** A series seen for the first time costs as much as this many cells. */
const FIRST_SIGHT = 50;

/** The grouper's number of each row's group. */
export async function groupNumbers(context: Context, grouper: Grouper, { labels, ids }: Rows): Promise<Int32Array> {
  const numbers = new Int32Array(labels.length);
  await inBatches(context, labels.length, FIRST_SIGHT, (from, to) => {
    for (let row = from; row < to; row++) numbers[row] = grouper.of(labels[row]!, ids[row]!);
  });
  return numbers;
}

/** Which group each row is in, counted from 0 in the order in which they come. */
export interface Groups {
  readonly of: Int32Array;
  /** A block of a row for each group, empty but for labels. */
  readonly out: Block;
}

export async function groupRows(context: Context, rows: Rows, steps: number, grouping: Grouping): Promise<Groups> {
  if (grouping.mode === 'by' && grouping.labels.length === 0) {
    const out = newBlock(Math.min(1, rows.labels.length), steps);
    if (rows.labels.length > 0) out.labels[0] = NO_LABELS;
    out.ids.fill(-1);
    return { of: new Int32Array(rows.labels.length), out };
  }
  const grouper = context.grouper(grouping);
  const of = await groupNumbers(context, grouper, rows);
  const local = new Map<number, number>();
  for (let row = 0; row < of.length; row++) {
    const group = of[row]!;
    let number = local.get(group);
    if (number === undefined) {
      number = local.size;
      local.set(group, number);
    }
    of[row] = number;
  }
  const out = newBlock(local.size, steps);
  for (const [group, number] of local) {
    out.labels[number] = grouper.labels[group]!;
    out.ids[number] = -1;
  }
  return { of, out };
}
