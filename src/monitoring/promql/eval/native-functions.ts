/** Functions of native histograms themselves. */
import type { Histogram } from '../../histogram.ts';
import { fraction, quantile } from '../../histogram/index.ts';
import type { Call } from '../syntax/ast.ts';
import { newBlock } from './block.ts';
import type { Context } from './context.ts';
import type { Implementation } from './evaluation.ts';
import { nanFraction, nanQuantile } from './tell-histograms.ts';

/** A number of each histogram; numbers have no answer. */
export const ofNative =
  (of: (histogram: Histogram) => number): Implementation =>
  async (on, { args }) => {
    const block = await on.vector(args[0]!);
    if (block.histograms === undefined) return newBlock(0, on.grid.count);
    for (let cell = 0; cell < block.present.length; cell++) {
      const histogram = block.present[cell] === 1 ? block.histograms.get(cell) : undefined;
      if (histogram === undefined) block.present[cell] = 0;
      else block.values[cell] = of(histogram);
    }
    block.histograms = undefined;
    block.drop.fill(1);
    return block;
  };

export function tellingQuantile(context: Context, phi: number, histogram: Histogram, metric: string, span: Call['span']): number {
  const value = quantile(phi, histogram);
  const hasNaN = histogram.sum !== histogram.sum && histogram.count > 0 && phi >= 0 && phi <= 1;
  if (hasNaN) nanQuantile(context, metric, value === value, span);
  return value;
}

export function tellingFraction(
  context: Context,
  lower: number,
  upper: number,
  histogram: Histogram,
  metric: string,
  span: Call['span'],
): number {
  if (histogram.sum !== histogram.sum && histogram.count > 0) nanFraction(context, metric, span);
  return fraction(lower, upper, histogram);
}
