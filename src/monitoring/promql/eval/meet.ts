/** The rows of two vectors that meet, and what becomes of them. */
import { newBlock, truncate, type Block } from './block.ts';
import type { Histogram } from '../../histogram.ts';
import { setHistogram } from './histogram-cells.ts';
import { nativeOperation } from './native-operators.ts';
import { inBatches } from './in-batches.ts';
import { labelResult, type Match, type Side } from './match.ts';

/** A row of the result for each pair of rows that meet. */
export async function meet(match: Match): Promise<{ block: Block; groups: number[] }> {
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
  const gaps = { fillOne, fillMany, oneThere: gapsOf(match.one, fillOne), manyThere: gapsOf(many, fillMany) };
  let row = 0;
  await inBatches(match.context, pairs.length, many.block.steps, (from, to) => {
    for (const [manyRow, oneRow] of pairs.slice(from, to)) {
      if (!combine(match, block, row, manyRow, oneRow, gaps)) continue;
      labelResult(match, block, row, manyRow, oneRow);
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

function gapsOf(side: Side, fill: number | undefined): ReadonlyMap<number, Uint8Array> | undefined {
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

/** Puts what came out of an operation with a histogram. */
function put(out: Block, cell: number, result: number | Histogram | undefined): boolean {
  out.present[cell] = result === undefined ? 0 : 1;
  out.histograms?.delete(cell);
  if (typeof result === 'number') out.values[cell] = result;
  else if (result !== undefined) setHistogram(out, cell, result);
  return result !== undefined;
}

function combine(match: Match, out: Block, row: number, manyRow: number, oneRow: number, gaps: Gaps): boolean {
  const { many, one, swapped, operation } = match;
  const { steps } = out;
  const base = row * steps;
  const missing =
    oneRow < 0 ? gaps.oneThere!.get(many.groups[manyRow]!) : manyRow < 0 ? gaps.manyThere!.get(one.groups[oneRow]!) : undefined;
  const native = many.block.histograms !== undefined || one.block.histograms !== undefined;
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
      if (native) {
        const oneSide = oneRow < 0 ? undefined : one.block.histograms?.get(o);
        const manySide = manyRow < 0 ? undefined : many.block.histograms?.get(m);
        if (oneSide !== undefined || manySide !== undefined) {
          const sides = swapped ? ([oneSide ?? b, manySide ?? a] as const) : ([manySide ?? a, oneSide ?? b] as const);
          any = put(out, base + step, nativeOperation(match.context, match.node, ...sides)) || any;
          continue;
        }
      }
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
