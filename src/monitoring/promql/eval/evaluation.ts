import type { Call, Expr } from '../syntax/ast.ts';
import { timeAt, type Block, type Grid, type Value } from './block.ts';
import type { Context } from './context.ts';
import { dropHistograms } from './histogram-cells.ts';
import { inBatches } from './in-batches.ts';
import type { Windows } from './select.ts';

/** What a function needs of the evaluator. */
export interface Evaluation {
  readonly context: Context;
  readonly grid: Grid;
  vector(expr: Expr): Promise<Block>;
  scalar(expr: Expr): Promise<Float64Array>;
  text(expr: Expr): Promise<string>;
  /** `use`: the function that looks at them, where rollups may serve it. */
  windows(expr: Expr, use?: string): Promise<Windows>;
}

/** A function of PromQL. */
export type Implementation = (on: Evaluation, node: Call) => Promise<Value>;

/** Applies a function to every number, histograms left out; the metric is no longer the one it was. */
export async function each({ context }: Evaluation, block: Block, fn: (value: number, step: number) => number): Promise<Block> {
  if (block.histograms !== undefined) dropHistograms(block);
  const { steps, values, present } = block;
  block.drop.fill(1);
  await inBatches(context, block.labels.length, steps, (from, to) => {
    for (let row = from, cell = from * steps; row < to; row++) {
      for (let step = 0; step < steps; step++, cell++) if (present[cell] === 1) values[cell] = fn(values[cell]!, step);
    }
  });
  return block;
}

/** The steps' own times, in seconds. */
export const seconds = (grid: Grid): Float64Array => Float64Array.from({ length: grid.count }, (_, step) => timeAt(grid, step) / 1000);
