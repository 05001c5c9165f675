/** What evaluation works on: all series of a node and all steps of the query at once, in flat arrays. */
import type { Histogram } from '../../histogram.ts';
import type { Labels } from '../../series.ts';

/** The times at which a node is evaluated: `start`, `start + step`, … (milliseconds). */
export interface Grid {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/**
 * An instant vector at each step. Row r has its samples at `r * steps` to `(r + 1) * steps` of both arrays. A block
 * belongs to whoever got it, to change as they like.
 */
export interface Block {
  readonly kind: 'vector';
  readonly steps: number;
  /** One each row. */
  labels: Labels[];
  /** The id of the series whose labels the row has; -1 where the labels are made. */
  ids: number[];
  /** 1 where the metric's name goes away at the end (Prometheus' delayed name removal). */
  drop: Uint8Array;
  values: Float64Array;
  /** 1 where there is a sample. */
  present: Uint8Array;
  /** Only where there are any: the samples that are native histograms, by cell. Their values mean nothing; look at `present` first. */
  histograms?: Map<number, Histogram> | undefined;
}

export interface Scalars {
  readonly kind: 'scalar';
  /** One each step. */
  readonly values: Float64Array;
}

export interface Text {
  readonly kind: 'string';
  readonly value: string;
}

export type Value = Block | Scalars | Text;

export const NO_LABELS: Labels = Object.freeze({});

export function newBlock(rows: number, steps: number): Block {
  return {
    kind: 'vector',
    steps,
    labels: Array.from<Labels>({ length: rows }),
    ids: Array.from<number>({ length: rows }),
    drop: new Uint8Array(rows),
    values: new Float64Array(rows * steps),
    present: new Uint8Array(rows * steps),
    histograms: undefined,
  };
}

export const timeAt = (grid: Grid, step: number): number => grid.start + step * grid.step;

/** A block of the first `rows` rows. */
export function truncate(block: Block, rows: number): Block {
  if (rows === block.labels.length) return block;
  block.labels.length = rows;
  block.ids.length = rows;
  return {
    ...block,
    drop: block.drop.subarray(0, rows),
    values: block.values.subarray(0, rows * block.steps),
    present: block.present.subarray(0, rows * block.steps),
  };
}

/** The first step at which a row has a sample; -1 for a row that has none, which is as good as not there. */
export function firstStep(block: Block, row: number): number {
  const base = row * block.steps;
  for (let step = 0; step < block.steps; step++) if (block.present[base + step] === 1) return step;
  return -1;
}

/** One row that has a sample at every step. */
export function singleRow(labels: Labels, values: Float64Array): Block {
  const present = new Uint8Array(values.length).fill(1);
  return {
    kind: 'vector',
    steps: values.length,
    labels: [labels],
    ids: [-1],
    drop: new Uint8Array(1),
    values,
    present,
    histograms: undefined,
  };
}

/** Copies a block of one step to `steps` steps. */
export function repeat(block: Block, steps: number): Block {
  const out = newBlock(block.labels.length, steps);
  out.labels = block.labels;
  out.ids = block.ids;
  out.drop = block.drop;
  for (let row = 0; row < block.labels.length; row++) {
    out.values.fill(block.values[row]!, row * steps, (row + 1) * steps);
    out.present.fill(block.present[row]!, row * steps, (row + 1) * steps);
    const histogram = block.histograms?.get(row);
    if (histogram === undefined) continue;
    out.histograms ??= new Map();
    for (let cell = row * steps; cell < (row + 1) * steps; cell++) out.histograms.set(cell, histogram);
  }
  return out;
}
