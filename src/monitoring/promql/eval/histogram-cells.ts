/** The cells of a block that are native histograms: few blocks have any, and those that have none pay nothing. */
import type { Histogram } from '../../histogram.ts';
import type { Block } from './block.ts';

/** The histogram of a cell that has a sample; undefined where the sample is a number. */
export const histogramAt = (block: Block, cell: number): Histogram | undefined => block.histograms?.get(cell);

export function setHistogram(block: Block, cell: number, histogram: Histogram): void {
  (block.histograms ??= new Map()).set(cell, histogram);
}

/** Copies what histograms there are among `count` cells. */
export function copyHistograms(from: Block, at: number, to: Block, target: number, count: number): void {
  if (from.histograms === undefined) return;
  for (let i = 0; i < count; i++) {
    const histogram = from.histograms.get(at + i);
    if (histogram !== undefined) setHistogram(to, target + i, histogram);
  }
}

/** Leaves the numbers. Answers whether there was any histogram to leave out. */
export function dropHistograms(block: Block): boolean {
  let any = false;
  for (const cell of block.histograms?.keys() ?? []) {
    any ||= block.present[cell] === 1;
    block.present[cell] = 0;
  }
  block.histograms = undefined;
  return any;
}

/** Puts something else in place of each histogram; nothing where it is undefined. */
export function mapHistograms(block: Block, of: (histogram: Histogram, cell: number) => Histogram | undefined): void {
  for (const [cell, histogram] of block.histograms ?? []) {
    if (block.present[cell] === 0) continue;
    const mapped = of(histogram, cell);
    if (mapped === undefined) block.present[cell] = 0;
    else block.histograms!.set(cell, mapped);
  }
}
