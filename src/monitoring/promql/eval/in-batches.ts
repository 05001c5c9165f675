import type { Context } from './context.ts';

/** Cells that are worked on between two looks at the clock: about a tenth of a slice. */
const CELLS = 50_000;

/** Works on rows (or whatever has `cells` cells each) a batch at a time, and lets the event loop run in between where it is time. */
export async function inBatches(context: Context, rows: number, cells: number, work: (from: number, to: number) => void): Promise<void> {
  const batch = Math.max(1, Math.floor(CELLS / Math.max(1, cells)));
  for (let from = 0; from < rows; from += batch) {
    work(from, Math.min(from + batch, rows));
    if (context.due()) await context.pause();
  }
}
