import type { Labels } from '../series.ts';
import { timeAt, type Block, type Grid, type Value } from './eval/block.ts';
import { withoutStale, type RangeSeries, type Windows } from './eval/select.ts';
import { sortKey } from './eval/sort.ts';

interface Annotated {
  /** In Prometheus' words, without duplicates: `PromQL warning: … (1:5)`. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface MatrixSeries {
  readonly labels: Labels;
  /** Milliseconds. Series of the same result may share the array. */
  readonly times: Float64Array;
  readonly values: Float64Array;
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
    if (value.present[row] === 1) samples.push({ labels: value.labels[row]!, value: value.values[row]! });
  }
  return { kind: 'vector', time, samples, ...annotated };
}

/** Sorted by labels, as Prometheus sorts. A scalar is a series without labels. */
export function rangeResult(value: Value, grid: Grid, annotated: Annotated): MatrixResult {
  const times = Float64Array.from({ length: grid.count }, (_, step) => timeAt(grid, step));
  if (value.kind === 'scalar') return { kind: 'matrix', series: [{ labels: {}, times, values: value.values }], ...annotated };
  if (value.kind === 'string') return { kind: 'matrix', series: [], ...annotated };
  const series: MatrixSeries[] = [];
  for (let row = 0; row < value.labels.length; row++) {
    const one = rowSeries(value, row, times);
    if (one !== undefined) series.push(one);
  }
  return { kind: 'matrix', series: byLabels(series), ...annotated };
}

function rowSeries(block: Block, row: number, times: Float64Array): MatrixSeries | undefined {
  const { steps } = block;
  const labels = block.labels[row]!;
  const present = block.present.subarray(row * steps, (row + 1) * steps);
  const values = block.values.subarray(row * steps, (row + 1) * steps);
  const missing = present.indexOf(0);
  if (missing < 0) return { labels, times, values };
  const at = [...present.keys()].filter((step) => present[step] === 1);
  if (at.length === 0) return undefined;
  return { labels, times: Float64Array.from(at, (step) => times[step]!), values: Float64Array.from(at, (step) => values[step]!) };
}

function byLabels<T extends { readonly labels: Labels }>(series: T[]): T[] {
  return series
    .map((one) => ({ one, key: sortKey(one.labels) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ one }) => one);
}

/** The samples themselves of a range selector asked at one time. */
export function windowsResult({ series, ends, range }: Windows, annotated: Annotated): MatrixResult {
  const found: MatrixSeries[] = [];
  for (const raw of series) {
    const one = withoutStale(raw);
    const { from, to } = within(one, ends.first - range, ends.first);
    if (from < to) found.push({ labels: one.labels, times: one.times.slice(from, to), values: one.values.slice(from, to) });
  }
  return { kind: 'matrix', series: byLabels(found), ...annotated };
}

function within({ times, from, to }: RangeSeries, after: number, until: number): { from: number; to: number } {
  let first = from;
  while (first < to && times[first]! <= after) first++;
  let end = first;
  while (end < to && times[end]! <= until) end++;
  return { from: first, to: end };
}
