/** Arithmetic and comparison between vectors: who meets whom, and what may not. */
import type { Labels } from '../../series.ts';
import type { Binary } from '../syntax/ast.ts';
import { quote } from '../syntax/strings.ts';
import type { Block } from './block.ts';
import { fail, type Context } from './context.ts';
import { groupNumbers } from './group-rows.ts';
import type { Match, Side } from './match.ts';
import { meet } from './meet.ts';
import { mergeRows } from './merge.ts';
import { operationOf } from './operators.ts';

export async function matchVectors(context: Context, node: Binary, left: Block, right: Block): Promise<Block> {
  const matching = node.matching!;
  const grouper = context.grouper({ mode: matching.on ? 'by' : 'without', labels: matching.labels });
  const swapped = matching.card === 'one-to-many';
  const sideOf = async (block: Block): Promise<Side> => ({ block, groups: await groupNumbers(context, grouper, block) });
  const many = await sideOf(swapped ? right : left);
  const one = await sideOf(swapped ? left : right);
  const operation = operationOf(node.op, node.bool);
  const match: Match = { context, node, matching, operation, grouper, many, one, ones: rowsByGroup(one), swapped };
  checkUnique(match);
  if (context.due()) await context.pause();
  const out = await meet(match);
  return await mergeMatched(match, out);
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

/** On the one side a match group may have a single sample at a time; where the other side has none at all, nobody asks. */
function checkUnique(match: Match): void {
  const { one, ones, swapped, grouper, many, matching } = match;
  const { block } = one;
  const { steps, present } = block;
  const fills = matching.fillLeft !== undefined || matching.fillRight !== undefined;
  let met: Uint8Array | undefined;
  for (const [group, rows] of ones) {
    if (rows.length < 2) continue;
    for (let step = 0; step < steps; step++) {
      const here = rows.filter((row) => present[row * steps + step] === 1);
      if (here.length < 2) continue;
      met ??= stepsOf(many.block);
      if (met[step] === 0 && !fills) continue;
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

/** 1 at each step at which a block has any sample. */
function stepsOf({ steps, present }: Block): Uint8Array {
  const some = new Uint8Array(steps);
  for (const [cell, here] of present.entries()) some[cell % steps]! |= here;
  return some;
}

const describe = (labels: Labels): string =>
  `{${Object.keys(labels)
    .sort()
    .map((name) => `${name}=${quote(labels[name]!)}`)
    .join(', ')}}`;

/** Two results may not have the same labels at a time. */
async function mergeMatched(match: Match, { block, groups }: { block: Block; groups: readonly number[] }): Promise<Block> {
  const { steps } = block;
  if (match.matching.card === 'one-to-one' && new Set(groups).size < groups.length) {
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
  return await mergeRows(match.context, block, 'multiple matches for labels: grouping labels must ensure unique matches');
}

/** Whether both have a step; takes those of the second into the first. */
function overlap(taken: Uint8Array, present: Uint8Array): boolean {
  for (const [step, here] of present.entries()) {
    if (here === 1 && taken[step] === 1) return true;
    taken[step]! |= here;
  }
  return false;
}
