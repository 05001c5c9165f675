import { GraphiteError } from './graphite-error.ts';

/** Makes one value of many, of which those that are NaN are not there. Answers NaN where there is none. */
export type Aggregation = (values: Float64Array) => number;

export const sumOf: Aggregation = (values) => {
  let sum = 0;
  let found = false;
  for (const value of values) {
    if (value !== value) continue;
    sum += value;
    found = true;
  }
  return found ? sum : NaN;
};

export const countOf: Aggregation = (values) => {
  let count = 0;
  for (const value of values) if (value === value) count++;
  return count;
};

export const averageOf: Aggregation = (values) => sumOf(values) / countOf(values);

export const minOf: Aggregation = (values) => {
  let least = NaN;
  for (const value of values) if (!(value >= least) && value === value) least = value;
  return least;
};

export const maxOf: Aggregation = (values) => {
  let most = NaN;
  for (const value of values) if (!(value <= most) && value === value) most = value;
  return most;
};

export const lastOf: Aggregation = (values) => {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] === values[i]) return values[i]!;
  return NaN;
};

/** What is there, in order of size. */
export const sortedOf = (values: Float64Array): Float64Array => values.filter((value) => value === value).sort();

const medianOf: Aggregation = (values) => {
  const sorted = sortedOf(values);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const averageWithZeros: Aggregation = (values) => {
  let sum = 0;
  for (const value of values) if (value === value) sum += value;
  return values.length > 0 ? sum / values.length : NaN;
};

/** The first less all others. */
const differenceOf: Aggregation = (values) => {
  let difference = NaN;
  for (const value of values) if (value === value) difference = difference === difference ? difference - value : value;
  return difference;
};

const deviationOf: Aggregation = (values) => {
  const mean = averageOf(values);
  let squares = 0;
  for (const value of values) if (value === value) squares += (value - mean) * (value - mean);
  return Math.sqrt(squares / countOf(values));
};

/** Nothing where any is missing. */
const productOf: Aggregation = (values) => {
  let product = values.length > 0 ? 1 : NaN;
  for (const value of values) product *= value;
  return product;
};

const rangeOf: Aggregation = (values) => maxOf(values) - minOf(values);

const AGGREGATIONS: ReadonlyMap<string, Aggregation> = new Map([
  ['average', averageOf], ['avg', averageOf], ['avg_zero', averageWithZeros], ['median', medianOf], ['sum', sumOf], ['total', sumOf],
  ['min', minOf], ['max', maxOf], ['diff', differenceOf], ['stddev', deviationOf], ['count', countOf], ['range', rangeOf],
  ['rangeOf', rangeOf], ['multiply', productOf], ['last', lastOf], ['current', lastOf],
]); // prettier-ignore

export const AGGREGATION_NAMES: readonly string[] = [...AGGREGATIONS.keys()];

/** @throws GraphiteError where there is none of that name */
export function aggregationNamed(name: string): Aggregation {
  const found = AGGREGATIONS.get(name);
  if (found === undefined)
    throw new GraphiteError(`There is no aggregation function '${name.slice(0, 60)}': it is one of ${AGGREGATION_NAMES.join(', ')}.`);
  return found;
}

/** Whether enough of the values are there for what is made of them to be told. */
export const enough = (there: number, total: number, xFilesFactor: number): boolean =>
  there > 0 && total > 0 && there / total >= xFilesFactor;

/**
 * The n-th percentile of what is there: the value at rank n/100 · (count + 1), rounded up or, with `between`, taken in
 * proportion between its neighbours.
 */
export function percentileOf(values: Float64Array, n: number, between = false): number {
  const sorted = sortedOf(values);
  if (sorted.length === 0) return NaN;
  const exact = (n / 100) * (sorted.length + 1);
  const whole = Math.trunc(exact);
  const fraction = exact - whole;
  const rank = between ? whole : whole + Math.ceil(fraction);
  const at = rank === 0 ? 0 : Math.min(rank, sorted.length) - 1;
  const found = sorted[at]!;
  const next = sorted[rank];
  return between && next !== undefined ? found + fraction * (next - found) : found;
}
