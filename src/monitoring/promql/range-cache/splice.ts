import type { Labels } from '../../series.ts';
import type { Grid } from '../eval/block.ts';
import { sortKey } from '../eval/sort.ts';
import { shareTimes, type MatrixSeries } from '../result.ts';

/** A series' answers at steps in a row, from `first` on. */
export interface Row {
  readonly labels: Labels;
  readonly first: number;
  readonly values: Float64Array;
  /** 1 where there is an answer; undefined where there is one at each step. */
  readonly present?: Uint8Array | undefined;
}

/** Rows, sorted by labels, of which the steps `from` to `to` (exclusive) count. `shift` is where their step 0 is on the grid. */
export interface Piece {
  readonly rows: readonly Row[];
  readonly shift: number;
  readonly from: number;
  readonly to: number;
}

/** A result as rows of copies, without the steps from `count` on. Undefined where there are native histograms. */
export function rowsOf(series: readonly MatrixSeries[], grid: Grid, count: number): Row[] | undefined {
  const rows: Row[] = [];
  for (const { labels, times, values, histograms } of series) {
    if (histograms !== undefined) return undefined;
    const stepOf = (i: number): number => Math.round((times[i]! - grid.start) / grid.step);
    let size = times.length;
    while (size > 0 && stepOf(size - 1) >= count) size--;
    if (size === 0) continue;
    const first = stepOf(0);
    const steps = stepOf(size - 1) - first + 1;
    if (steps === size) {
      rows.push({ labels, first, values: values.slice(0, size) });
      continue;
    }
    const spread = new Float64Array(steps);
    const present = new Uint8Array(steps);
    for (let i = 0; i < size; i++) {
      const at = stepOf(i) - first;
      spread[at] = values[i]!;
      present[at] = 1;
    }
    rows.push({ labels, first, values: spread, present });
  }
  return rows;
}

/** Pieces that follow each other on the grid, as one result. Arrays may be the rows' own. */
export function splice(grid: Grid, pieces: readonly Piece[]): MatrixSeries[] {
  const times = Float64Array.from({ length: grid.count }, (_, step) => grid.start + step * grid.step);
  const timesOf = shareTimes(times);
  const byLabels = new Map<string, (Row | undefined)[]>();
  for (const [i, { rows }] of pieces.entries()) {
    for (const row of rows) {
      const key = sortKey(row.labels);
      const known = byLabels.get(key);
      if (known) known[i] = row;
      else
        byLabels.set(
          key,
          Array.from(pieces, (_, j) => (j === i ? row : undefined)),
        );
    }
  }
  const keys = [...byLabels.keys()];
  if (pieces.length > 1) keys.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const found: MatrixSeries[] = [];
  for (const key of keys) {
    const rows = byLabels.get(key)!;
    const one = wholeRow(rows, pieces, timesOf) ?? spliceRow(rows, pieces, times, timesOf);
    if (one) found.push(one);
  }
  return found;
}

/** The steps of a row on the grid, cut to its piece's. */
function within({ first, values }: Row, { shift, from, to }: Piece): { lo: number; hi: number } {
  return { lo: Math.max(from, first + shift), hi: Math.min(to, first + shift + values.length) };
}

/** Of one piece and without gaps: its own arrays. */
function wholeRow(
  rows: readonly (Row | undefined)[],
  pieces: readonly Piece[],
  timesOf: (from: number, to: number) => Float64Array,
): MatrixSeries | undefined {
  const at = rows.findIndex((row) => row !== undefined);
  const row = rows[at];
  if (row === undefined || row.present !== undefined || rows.some((other, i) => i !== at && other !== undefined)) return undefined;
  const { lo, hi } = within(row, pieces[at]!);
  if (lo >= hi) return undefined;
  const begin = row.first + pieces[at]!.shift;
  return { labels: row.labels, times: timesOf(lo, hi), values: row.values.subarray(lo - begin, hi - begin) };
}

function spliceRow(
  rows: readonly (Row | undefined)[],
  pieces: readonly Piece[],
  times: Float64Array,
  timesOf: (from: number, to: number) => Float64Array,
): MatrixSeries | undefined {
  const steps: number[] = [];
  const values = new Float64Array(times.length);
  for (const [i, row] of rows.entries()) {
    if (row === undefined) continue;
    const { lo, hi } = within(row, pieces[i]!);
    const begin = row.first + pieces[i]!.shift;
    for (let step = lo; step < hi; step++) {
      if (row.present !== undefined && row.present[step - begin] === 0) continue;
      values[steps.length] = row.values[step - begin]!;
      steps.push(step);
    }
  }
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const { labels } = rows.find((row) => row !== undefined)!;
  const gapless = last - first + 1 === steps.length;
  return {
    labels,
    times: gapless ? timesOf(first, last + 1) : Float64Array.from(steps, (step) => times[step]!),
    values: values.subarray(0, steps.length),
  };
}
