import { GraphiteError } from './graphite-error.ts';
import { aggregationNamed } from './aggregations.ts';

/**
 * A series as Graphite's functions work on it: one value for each step. Functions own what they are given and may change it in
 * place. Times are seconds since the epoch; the value at index `i` is of `start + i * step`.
 */
export interface TimeSeries {
  name: string;
  /** The path expression that found it, or what stands for it in the names of combinations. */
  path: string;
  start: number;
  /** The first time that is not in it any more. */
  end: number;
  step: number;
  /** No value is a NaN. */
  values: Float64Array;
  /** Shared by a series and what was made of it, as in graphite-web. */
  tags: Record<string, string>;
  /** How values are put together where there is not room for all of them. */
  consolidation: string;
  /** What share of the values must be there where some are put together. */
  xFilesFactor: number;
  /** So many values make a point from here on, without touching `values` yet. */
  valuesPerPoint: number;
  draw: DrawOptions;
}

/** How a series wants to be drawn. */
export interface DrawOptions {
  color?: string;
  alpha?: number;
  dashed?: number;
  lineWidth?: number;
  stacked?: boolean;
  invisible?: boolean;
  secondYAxis?: boolean;
  drawAsInfinite?: boolean;
}

export type SeriesList = TimeSeries[];

export interface Making {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly values: Float64Array;
  readonly xFilesFactor: number;
  readonly path?: string;
  readonly tags?: Record<string, string>;
  readonly consolidation?: string;
}

export function makeSeries(name: string, made: Making): TimeSeries {
  const { start, end, step, values, xFilesFactor, path = name, tags = tagsOfName(name), consolidation = 'average' } = made;
  return { name, path, start, end, step, values, tags, consolidation, xFilesFactor, valuesPerPoint: 1, draw: {} };
}

/** A series made of another: its tags and consolidation, and the name for a path, unless told otherwise. */
export function deriveSeries(from: TimeSeries, name: string, values: Float64Array, changes: Partial<Making> = {}): TimeSeries {
  const { start, end, step, tags, consolidation, xFilesFactor } = from;
  return makeSeries(name, { start, end, step, tags, consolidation, xFilesFactor, ...changes, values });
}

/** Gives a series a new name that also stands for it in the names of combinations. */
export function rename(series: TimeSeries, name: string): void {
  series.name = name;
  series.path = name;
}

const CALL = /^[a-z]+\(.+\)$/i;

/** The tags of `disk.used;dc=x`: `name` and `dc`. What can't be read as tags is all name. */
export function tagsOfName(name: string): Record<string, string> {
  if (name === '' || CALL.test(name) || !name.includes(';')) return { name };
  const [metric = '', ...pairs] = name.split(';');
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const cut = pair.indexOf('=');
    if (cut <= 0 || cut === pair.length - 1) return { name };
    tags[pair.slice(0, cut)] = pair.slice(cut + 1);
  }
  tags['name'] = metric.replace(/^~+/, '') || name;
  return tags;
}

/** The name of a series with tags, these in order: `disk.used;dc=x`. */
export function nameOfTags(metric: string, tags: Iterable<readonly [string, string]>): string {
  const pairs = [...tags].map(([tag, value]) => `;${tag}=${value}`);
  return metric + pairs.sort().join('');
}

const CONSOLIDATIONS = new Set(['sum', 'average', 'avg', 'avg_zero', 'max', 'min', 'first', 'last']);

/** The values, put together where `valuesPerPoint` says so. The last point may be of fewer. */
export function pointsOf(series: TimeSeries): Float64Array {
  const { values, valuesPerPoint: size, consolidation, xFilesFactor } = series;
  if (size <= 1) return values;
  if (!CONSOLIDATIONS.has(consolidation)) throw new GraphiteError(`There is no consolidation function '${consolidation.slice(0, 60)}'.`);
  const combine = consolidation === 'first' ? firstOf : aggregationNamed(consolidation);
  const points = new Float64Array(Math.ceil(values.length / size));
  for (let i = 0; i < points.length; i++) {
    const part = values.subarray(i * size, (i + 1) * size);
    let there = 0;
    for (const value of part) if (value === value) there++;
    points[i] = there > 0 && there / size >= xFilesFactor ? combine(part) : NaN;
  }
  return points;
}

const firstOf = (values: Float64Array): number => values.find((value) => value === value) ?? NaN;
