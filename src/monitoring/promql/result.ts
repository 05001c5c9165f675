import type { Histogram } from '../histogram.ts';
import type { Labels } from '../series.ts';
import { histogramAt } from './eval/histogram-cells.ts';
import { timeAt, type Block, type Grid, type Value } from './eval/block.ts';
import type { Context } from './eval/context.ts';
import { inBatches } from './eval/in-batches.ts';
import { withoutStale, type RangeSeries, type Windows } from './eval/select.ts';
import { sortSeries } from './sort-series.ts';

interface Annotated {
  /** In Prometheus' words, without duplicates: `PromQL warning: … (1:5)`. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface VectorSample {
  readonly labels: Labels;
  /** NaN where the sample is a native histogram. */
  readonly value: number;
  readonly histogram?: Histogram;
}

export interface MatrixSeries {
  readonly labels: Labels;
  /** Milliseconds. Series of the same result may share the array. */
  readonly times: Float64Array;
  /** NaN where the sample is a native histogram. */
  readonly values: Float64Array;
  /** Only where there are native histograms: by the same index, undefined at a number. */
  readonly histograms?: readonly (Histogram | undefined)[];
}

export interface VectorResult extends Annotated {
  readonly kind: 'vector';
  /** Milliseconds. */
  readonly time: number;
  readonly samples: readonly VectorSample[];
}

export interface MatrixResult extends Annotated {
  readonly kind: 'matrix';
  readonly series: readonly MatrixSeries[];
}

export interface ScalarResult extends Annotated {
  readonly kind: 'scalar';
  readonly time: number;
  readonly value: number;
}

export interface StringResult extends Annotated {
  readonly kind: 'string';
  readonly time: number;
  readonly value: string;
}

export type InstantResult = VectorResult | MatrixResult | ScalarResult | StringResult;
export type QueryResult = InstantResult;

export function instantResult(value: Value, time: number, annotated: Annotated): InstantResult {
  if (value.kind === 'string') return { kind: 'string', time, value: value.value, ...annotated };
  if (value.kind === 'scalar') return { kind: 'scalar', time, value: value.values[0]!, ...annotated };
  const samples: VectorSample[] = [];
  for (let row = 0; row < value.labels.length; row++) {
    if (value.present[row] !== 1) continue;
    const histogram = histogramAt(value, row);
    const labels = value.labels[row]!;
    samples.push(histogram === undefined ? { labels, value: value.values[row]! } : { labels, value: NaN, histogram });
  }
  return { kind: 'vector', time, samples, ...annotated };
}

export const annotations = ({ warnings, infos }: Context): Annotated => ({ warnings: [...warnings], infos: [...infos] });

/** Sorted by labels, as Prometheus sorts. A scalar is a series without labels. */
export async function rangeResult(context: Context, value: Value, grid: Grid): Promise<MatrixResult> {
  const annotated = annotations(context);
  const times = Float64Array.from({ length: grid.count }, (_, step) => timeAt(grid, step));
  if (value.kind === 'scalar') return { kind: 'matrix', series: [{ labels: {}, times, values: value.values }], ...annotated };
  if (value.kind === 'string') return { kind: 'matrix', series: [], ...annotated };
  const series: MatrixSeries[] = [];
  const timesOf = shareTimes(times);
  await inBatches(context, value.labels.length, value.steps, (from, to) => {
    for (let row = from; row < to; row++) {
      const one = rowSeries(value, row, timesOf);
      if (one !== undefined) series.push(one);
    }
  });
  return { kind: 'matrix', series: await sortSeries(context, series), ...annotated };
}

/** Parts of an array, the same part always as the same object: what is written of it is written once. */
export function shareTimes(times: Float64Array): (from: number, to: number) => Float64Array {
  const parts = new Map<number, Float64Array>();
  return (from, to) => {
    const key = from * (times.length + 1) + to;
    let part = parts.get(key);
    if (part === undefined) {
      part = times.subarray(from, to);
      parts.set(key, part);
    }
    return part;
  };
}

function rowSeries(block: Block, row: number, timesOf: (from: number, to: number) => Float64Array): MatrixSeries | undefined {
  const { steps, present } = block;
  const base = row * steps;
  const labels = block.labels[row]!;
  if (block.histograms !== undefined) return nativeSeries(block, row, timesOf);
  let first = -1;
  let last = -1;
  let count = 0;
  for (let step = 0; step < steps; step++) {
    if (present[base + step] === 0) continue;
    if (first < 0) first = step;
    last = step;
    count++;
  }
  if (count === 0) return undefined;
  const values = block.values.subarray(base + first, base + last + 1);
  const times = timesOf(first, last + 1);
  return count === values.length ? { labels, times, values } : { labels, ...withoutGaps(times, values, present, base + first, count) };
}

/** Likewise of a block with native histograms: most of its rows have one at each step. */
function nativeSeries(block: Block, row: number, timesOf: (from: number, to: number) => Float64Array): MatrixSeries | undefined {
  const { steps, present, values } = block;
  const base = row * steps;
  const kept = Array.from({ length: steps }, (_, step) => step).filter((step) => present[base + step] === 1);
  if (kept.length === 0) return undefined;
  const all = timesOf(0, steps);
  const histograms = kept.map((step) => histogramAt(block, base + step));
  const series = {
    labels: block.labels[row]!,
    times: Float64Array.from(kept, (step) => all[step]!),
    values: Float64Array.from(kept, (step, i) => (histograms[i] === undefined ? values[base + step]! : NaN)),
  };
  return histograms.some((one) => one !== undefined) ? { ...series, histograms } : series;
}

function withoutGaps(
  times: Float64Array,
  values: Float64Array,
  present: Uint8Array,
  base: number,
  count: number,
): { times: Float64Array; values: Float64Array } {
  const kept = { times: new Float64Array(count), values: new Float64Array(count) };
  for (let i = 0, to = 0; i < values.length; i++) {
    if (present[base + i] === 0) continue;
    kept.times[to] = times[i]!;
    kept.values[to++] = values[i]!;
  }
  return kept;
}

/** The samples themselves of a range selector asked at one time. */
export async function windowsResult(context: Context, { series, ends, range }: Windows): Promise<MatrixResult> {
  const found: MatrixSeries[] = [];
  for (const raw of series) {
    const one = withoutStale(raw);
    const { from, to } = within(one, ends.first - range, ends.first);
    if (from === to) continue;
    const histograms = one.histograms?.slice(from, to);
    const native = histograms?.some((histogram) => histogram !== undefined) === true;
    const samples = { labels: one.labels, times: one.times.slice(from, to), values: one.values.slice(from, to) };
    found.push(native ? { ...samples, histograms } : samples);
  }
  return { kind: 'matrix', series: await sortSeries(context, found), ...annotations(context) };
}

function within({ times, from, to }: RangeSeries, after: number, until: number): { from: number; to: number } {
  let first = from;
  while (first < to && times[first]! <= after) first++;
  let end = first;
  while (end < to && times[end]! <= until) end++;
  return { from: first, to: end };
}
