/** Whether an answer is the expected one; if not, how it differs. */
import type { Histogram } from '../../histogram.ts';
import { equals, formatNotation } from '../../histogram/index.ts';
import type { Labels } from '../../series.ts';
import { formatFloat } from '../number-format.ts';
import { labelKey } from '../labels.ts';
import type { MatrixResult, QueryResult, VectorResult } from '../result.ts';
import { quote } from '../syntax/strings.ts';
import type { SequenceValue } from './series-notation.ts';
import type { Evaluate } from './test-file.ts';

const EPSILON = 1e-6;

export function almostEqual(a: number, b: number): boolean {
  if (a !== a || b !== b) return a !== a && b !== b;
  if (a === b) return true;
  const size = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  const tiny = 2 ** -1022;
  if (a === 0 || b === 0 || size < tiny) return difference < EPSILON * tiny;
  return difference / Math.min(size, Number.MAX_VALUE) < EPSILON;
}

export const showLabels = (labels: Labels): string => {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.keys(rest)
    .sort()
    .map((label) => `${label}=${quote(rest[label]!)}`);
  return `${name}{${pairs.join(', ')}}`;
};

/** Undefined where the answer fits. */
export function difference(expected: Evaluate, got: QueryResult): string | undefined {
  if (expected.string !== undefined) return got.kind === 'string' && got.value === expected.string ? undefined : mismatch(expected, got);
  if (expected.scalar !== undefined) {
    return got.kind === 'scalar' && almostEqual(got.value, expected.scalar) ? undefined : mismatch(expected, got);
  }
  if (got.kind === 'matrix') return matrixDifference(expected, got);
  if (got.kind === 'vector') return vectorDifference(expected, got);
  return mismatch(expected, got);
}

function vectorDifference(expected: Evaluate, got: VectorResult): string | undefined {
  const byKey = new Map(got.samples.map((sample, at) => [labelKey(sample.labels), { ...sample, at }]));
  if (byKey.size !== expected.series.length || got.samples.length !== byKey.size) return mismatch(expected, got);
  for (const [i, { labels, values }] of expected.series.entries()) {
    const found = byKey.get(labelKey(labels));
    if (found === undefined || (expected.ordered && found.at !== i)) return mismatch(expected, got);
    if (!same(values[0], found.value, found.histogram)) return mismatch(expected, got);
  }
  return undefined;
}

function matrixDifference(expected: Evaluate, got: MatrixResult): string | undefined {
  const { start, step } = expected.rangeVector ?? expected;
  const wanted = expected.series.filter(({ values }) => values.some((value) => value !== undefined));
  const byKey = new Map(got.series.map((series) => [labelKey(series.labels), series]));
  if (byKey.size !== wanted.length || got.series.length !== byKey.size) return mismatch(expected, got);
  for (const { labels, values } of wanted) {
    const found = byKey.get(labelKey(labels));
    if (found === undefined) return mismatch(expected, got);
    const points = new Map([...found.times].map((time, i) => [time, i]));
    const there = values.filter((value) => value !== undefined);
    if (there.length !== points.size) return mismatch(expected, got);
    for (const [i, value] of values.entries()) {
      const point = points.get(start + i * step);
      if (value === undefined ? point !== undefined : point === undefined || !same(value, found.values[point]!, found.histograms?.[point]))
        return mismatch(expected, got);
    }
  }
  return undefined;
}

/** What an expectation doesn't say of counter resets may be anything. */
function same(expected: SequenceValue, value: number, histogram: Histogram | undefined): boolean {
  if (typeof expected === 'number') return histogram === undefined && almostEqual(expected, value);
  if (typeof expected !== 'object' || histogram === undefined) return false;
  if (expected.hinted && expected.histogram.resetHint !== histogram.resetHint) return false;
  return equals(expected.histogram, histogram, almostEqual);
}

function mismatch(expected: Evaluate, got: QueryResult): string {
  return `  expected: ${showExpected(expected)}\n  got:      ${show(got)}`;
}

const showValue = (value: SequenceValue): string =>
  value === undefined
    ? '_'
    : typeof value === 'number'
      ? formatFloat(value)
      : typeof value === 'object'
        ? formatNotation(value.histogram)
        : value;

function showExpected(expected: Evaluate): string {
  if (expected.string !== undefined) return quote(expected.string);
  if (expected.scalar !== undefined) return formatFloat(expected.scalar);
  return list(expected.series.map(({ labels, values }) => `${showLabels(labels)} ${values.map(showValue).join(' ')}`));
}

const showSample = (value: number, histogram: Histogram | undefined): string =>
  histogram === undefined ? formatFloat(value) : formatNotation(histogram);

export function show(got: QueryResult): string {
  if (got.kind === 'string') return quote(got.value);
  if (got.kind === 'scalar') return formatFloat(got.value);
  if (got.kind === 'vector')
    return list(got.samples.map(({ labels, value, histogram }) => `${showLabels(labels)} ${showSample(value, histogram)}`));
  const point = (time: number, value: number, histogram?: Histogram): string => `${showSample(value, histogram)}@${time / 1000}`;
  return list(
    got.series.map(
      ({ labels, times, values, histograms }) =>
        `${showLabels(labels)} ${[...times].map((time, i) => point(time, values[i]!, histograms?.[i])).join(' ')}`,
    ),
  );
}

const list = (items: readonly string[]): string => (items.length === 0 ? 'nothing' : items.join('\n            '));
