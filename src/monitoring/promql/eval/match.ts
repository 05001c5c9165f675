import type { Labels } from '../../series.ts';
import { labelOf, withLabels } from '../labels.ts';
import type { Binary, VectorMatching } from '../syntax/ast.ts';
import type { Block } from './block.ts';
import type { Context } from './context.ts';
import type { Grouper } from './grouper.ts';
import { changesMeaning, type Operation } from './operators.ts';

/** One side of an operation, and the match group that each of its rows is in. */
export interface Side {
  readonly block: Block;
  readonly groups: Int32Array;
}

export interface Match {
  readonly context: Context;
  readonly node: Binary;
  readonly matching: VectorMatching;
  readonly operation: Operation;
  readonly grouper: Grouper;
  /** The side of which several rows may meet the same row of the other; the left one where none may. */
  readonly many: Side;
  readonly one: Side;
  /** Rows of the one side by match group. */
  readonly ones: ReadonlyMap<number, readonly number[]>;
  /** Whether `many` is the operator's right side. */
  readonly swapped: boolean;
}

/** The labels of the result: the match group's one to one, else the many side's, with what `group_x` names from the one side. */
export function labelResult(match: Match, out: Block, row: number, manyRow: number, oneRow: number): void {
  const { node, matching, many, one, grouper, context } = match;
  const source = manyRow < 0 ? one : many;
  const sourceRow = manyRow < 0 ? oneRow : manyRow;
  let labels = source.block.labels[sourceRow]!;
  let id = source.block.ids[sourceRow]!;
  const nameless = changesMeaning(node.op);
  const regroup = (grouping: Parameters<Context['grouper']>[0]): void => {
    const grouper = context.grouper(grouping);
    labels = grouper.labels[grouper.of(labels, id)]!;
    id = -1;
  };
  if (manyRow < 0) {
    // Nothing is known of what was filled in but the match group.
    labels = grouper.labels[source.groups[sourceRow]!]!;
    id = -1;
  } else if (matching.card === 'one-to-one') {
    if (matching.on || nameless) {
      labels = grouper.labels[source.groups[sourceRow]!]!;
      id = -1;
    } else if (matching.labels.length > 0) regroup({ mode: 'all', labels: matching.labels });
  } else if (nameless) regroup({ mode: 'without', labels: [] });
  if (matching.include.length > 0) {
    labels = include(labels, matching.include, oneRow < 0 ? {} : one.block.labels[oneRow]!);
    id = -1;
  }
  out.labels[row] = labels;
  out.ids[row] = id;
  out.drop[row] = node.bool ? 1 : source.block.drop[sourceRow]! & (nameless ? 0 : 1);
}

const include = (labels: Labels, names: readonly string[], from: Labels): Labels =>
  withLabels(labels, names.map((name) => [name, labelOf(from, name)] as const)); // prettier-ignore
