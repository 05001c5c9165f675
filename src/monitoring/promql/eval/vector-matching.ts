/** Arithmetic and comparison between vectors: who meets whom, and under which labels the result goes on. */
import type { Labels } from '../../series.ts';
import { quote } from '../syntax/strings.ts';
import type { Binary, VectorMatching } from '../syntax/ast.ts';
import { newBlock, truncate, type Block } from './block.ts';
import { fail, type Context } from './context.ts';
import type { Grouper } from './grouper.ts';
import { inBatches } from './in-batches.ts';
import { mergeRows } from './merge.ts';
import { changesMeaning, operationOf, type Operation } from './operators.ts';

interface Side {
  readonly block: Block;
  readonly groups: Int32Array;
}

interface Match {
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

export async function matchVectors(context: Context, node: Binary, left: Block, right: Block): Promise<Block> {
  const matching = node.matching!;
  const grouper = context.grouper({ mode: matching.on ? 'by' : 'without', labels: matching.labels });
  const swapped = matching.card === 'one-to-many';
  const sideOf = (block: Block): Side => ({
    block,
    groups: Int32Array.from(block.labels, (labels, row) => grouper.of(labels, block.ids[row]!)),
  });
  const [many, one] = swapped ? [sideOf(right), sideOf(left)] : [sideOf(left), sideOf(right)];
  const operation = operationOf(node.op, node.bool);
  const match: Match = { context, node, matching, operation, grouper, many, one, ones: rowsByGroup(one), swapped };
  checkUnique(match);
  if (context.due()) await context.pause();
  const out = await meet(match);
  return mergeMatched(match, out);
}

function rowsByGroup({ groups }: Side): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [row, group] of groups.entries()) {
    const known = rows.get(group);
    if (known === undefined) rows.set(group, [row]);
    else known.push(row);
  }
  return rows;
}

/** On the one side a match group may have a single sample at a time. */
function checkUnique({ one: { block }, ones, swapped, grouper }: Match): void {
  const { steps, present } = block;
  for (const [group, rows] of ones) {
    if (rows.length < 2) continue;
    for (let step = 0; step < steps; step++) {
      const here = rows.filter((row) => present[row * steps + step] === 1);
      if (here.length < 2) continue;
      const side = swapped ? 'left' : 'right';
      const shown = here
        .slice(0, 2)
        .reverse()
        .map((row) => describe(block.labels[row]!))
        .join(', ');
      fail(
        `found duplicate series for the match group ${describe(grouper.labels[group]!)} on the ${side} hand-side of the operation: [${shown}];` +
          'many-to-many matching not allowed: matching labels must be unique on one side',
      );
    }
  }
}

export const describe = (labels: Labels): string =>
  `{${Object.keys(labels)
    .sort()
    .map((name) => `${name}=${quote(labels[name]!)}`)
    .join(', ')}}`;

/** A row of the result for each pair of rows that meet. */
async function meet(match: Match): Promise<{ block: Block; groups: number[] }> {
  const { many, ones, matching } = match;
  const pairs: [manyRow: number, oneRow: number][] = [];
  const fillOne = match.swapped ? matching.fillLeft : matching.fillRight;
  const fillMany = match.swapped ? matching.fillRight : matching.fillLeft;
  for (let row = 0; row < many.groups.length; row++) {
    const partners = ones.get(many.groups[row]!);
    for (const partner of partners ?? []) pairs.push([row, partner]);
    if (fillOne !== undefined) pairs.push([row, -1]);
  }
  if (fillMany !== undefined) for (let row = 0; row < match.one.groups.length; row++) pairs.push([-1, row]);
  match.context.spend(pairs.length * many.block.steps);
  const block = newBlock(pairs.length, many.block.steps);
  const groups: number[] = [];
  const gaps = { fillOne, fillMany, oneThere: gapsOf(match, match.one, fillOne), manyThere: gapsOf(match, many, fillMany) };
  let row = 0;
  await inBatches(match.context, pairs.length, many.block.steps, (from, to) => {
    for (const [manyRow, oneRow] of pairs.slice(from, to)) {
      if (!combine(match, block, row, manyRow, oneRow, gaps)) continue;
      label(match, block, row, manyRow, oneRow);
      groups.push(manyRow < 0 ? match.one.groups[oneRow]! : many.groups[manyRow]!);
      row++;
    }
  });
  return { block: truncate(block, row), groups };
}

interface Gaps {
  readonly fillOne: number | undefined;
  readonly fillMany: number | undefined;
  /** At which steps the match group of a row has a sample on a side: there nothing is filled in. */
  readonly oneThere: ReadonlyMap<number, Uint8Array> | undefined;
  readonly manyThere: ReadonlyMap<number, Uint8Array> | undefined;
}

function gapsOf(_match: Match, side: Side, fill: number | undefined): ReadonlyMap<number, Uint8Array> | undefined {
  if (fill === undefined) return undefined;
  const there = new Map<number, Uint8Array>();
  const { steps, present } = side.block;
  for (const [row, group] of side.groups.entries()) {
    const cells = there.get(group) ?? new Uint8Array(steps);
    there.set(group, cells);
    for (let step = 0; step < steps; step++) cells[step]! |= present[row * steps + step]!;
  }
  return there;
}

function combine(match: Match, out: Block, row: number, manyRow: number, oneRow: number, gaps: Gaps): boolean {
  const { many, one, swapped, operation } = match;
  const { steps } = out;
  const base = row * steps;
  const missing =
    oneRow < 0 ? gaps.oneThere!.get(many.groups[manyRow]!) : manyRow < 0 ? gaps.manyThere!.get(one.groups[oneRow]!) : undefined;
  let any = false;
  for (let step = 0; step < steps; step++) {
    const m = manyRow * steps + step;
    const o = oneRow * steps + step;
    const here =
      (manyRow < 0 || many.block.present[m] === 1) &&
      (oneRow < 0 || one.block.present[o] === 1) &&
      (missing === undefined || missing[step] === 0);
    if (here) {
      const a = manyRow < 0 ? gaps.fillMany! : many.block.values[m]!;
      const b = oneRow < 0 ? gaps.fillOne! : one.block.values[o]!;
      const left = swapped ? b : a;
      const right = swapped ? a : b;
      if (!operation.filters) out.values[base + step] = operation.compute(left, right);
      else if (operation.holds(left, right)) out.values[base + step] = left;
      else {
        out.present[base + step] = 0;
        continue;
      }
      any = true;
    }
    out.present[base + step] = here ? 1 : 0;
  }
  return any;
}

/** The labels of the result: the match group's one to one, else the many side's, with what `group_x` names from the one side. */
function label(match: Match, out: Block, row: number, manyRow: number, oneRow: number): void {
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

function include(labels: Labels, names: readonly string[], from: Labels): Labels {
  const changed: Record<string, string> = { ...labels };
  for (const name of names) {
    const value = from[name];
    if (value === undefined || value === '') delete changed[name];
    else changed[name] = value;
  }
  return Object.freeze(changed);
}

/** Two results may not have the same labels at a time. */
function mergeMatched(match: Match, { block, groups }: { block: Block; groups: readonly number[] }): Block {
  const { steps } = block;
  if (match.matching.card === 'one-to-one') {
    const taken = new Map<number, Uint8Array>();
    for (const [row, group] of groups.entries()) {
      const present = block.present.subarray(row * steps, (row + 1) * steps);
      const before = taken.get(group);
      if (before === undefined) taken.set(group, present.slice());
      else if (overlap(before, present)) {
        fail('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)');
      }
    }
  }
  try {
    return mergeRows(match.context, block);
  } catch {
    return fail('multiple matches for labels: grouping labels must ensure unique matches');
  }
}

/** Whether both have a step; takes those of the second into the first. */
function overlap(taken: Uint8Array, present: Uint8Array): boolean {
  for (const [step, here] of present.entries()) {
    if (here === 1 && taken[step] === 1) return true;
    taken[step]! |= here;
  }
  return false;
}
