import type { Binary } from '../syntax/ast.ts';
import { isSetOp } from '../syntax/ast.ts';
import type { Block, Scalars, Value } from './block.ts';
import type { Context } from './context.ts';
import { setHistogram } from './histogram-cells.ts';
import { nativeOperation } from './native-operators.ts';
import { takeHistograms } from './native-totals.ts';
import { inBatches } from './in-batches.ts';
import { changesMeaning, operationOf } from './operators.ts';
import { setOperation } from './set-operations.ts';
import { matchVectors } from './vector-matching.ts';

export async function binary(context: Context, node: Binary, left: Value, right: Value): Promise<Value> {
  if (left.kind === 'scalar' && right.kind === 'scalar') return scalars(node, left, right);
  if (left.kind === 'vector' && right.kind === 'scalar') return await withScalar(context, node, left, right, false);
  if (left.kind === 'scalar' && right.kind === 'vector') return await withScalar(context, node, right, left, true);
  const sides = [left, right] as [Block, Block];
  if (isSetOp(node.op)) return await setOperation(context, node, ...sides);
  return await matchVectors(context, node, ...sides);
}

function scalars(node: Binary, left: Scalars, right: Scalars): Scalars {
  const { compute } = operationOf(node.op, node.bool);
  return { kind: 'scalar', values: left.values.map((value, step) => compute(value, right.values[step]!)) };
}

/** A comparison passes on the vector's value, whichever side it is on. */
async function withScalar(context: Context, node: Binary, block: Block, scalar: Scalars, scalarFirst: boolean): Promise<Block> {
  const { compute, holds, filters } = operationOf(node.op, node.bool);
  const natives = block.histograms === undefined ? [] : takeHistograms(block);
  const { steps, values, present } = block;
  if (changesMeaning(node.op) || node.bool) block.drop.fill(1);
  const inRow = (row: number): void => {
    for (let step = 0, cell = row * steps; step < steps; step++, cell++) {
      if (present[cell] === 0) continue;
      const a = scalarFirst ? scalar.values[step]! : values[cell]!;
      const b = scalarFirst ? values[cell]! : scalar.values[step]!;
      if (!filters) values[cell] = compute(a, b);
      else if (!holds(a, b)) present[cell] = 0;
    }
  };
  await inBatches(context, block.labels.length, steps, (from, to) => {
    for (let row = from; row < to; row++) inRow(row);
  });
  for (const [cell, histogram] of natives) {
    const number = scalar.values[cell % steps]!;
    const result = scalarFirst ? nativeOperation(context, node, number, histogram) : nativeOperation(context, node, histogram, number);
    if (result === undefined) continue;
    present[cell] = 1;
    if (typeof result === 'number') values[cell] = result;
    else setHistogram(block, cell, result);
  }
  return block;
}
