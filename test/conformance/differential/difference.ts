/** Whether two answers of the query API say the same. */
import { almostEqual } from '../../../src/monitoring/promql/conformance/compare.ts';

/** A native histogram: its count and sum, and buckets of `[rule, lower, upper, count]`. */
interface Native {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

type Point = readonly [time: number, value: string | Native];

interface Row {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
  readonly histogram?: Point;
  readonly histograms?: readonly Point[];
}

/** The JSON of `query` and `query_range`. */
export interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: readonly Row[] | Point };
}

export type Hold = 'series' | 'in order' | 'choice' | 'native quantiles';

export const isEmpty = ({ data }: Answer): boolean => data !== undefined && data.result.length === 0;

const number = (text: string): number => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

/** Differences of nearly equal numbers leave nothing but rounding. */
const near = (one: number, other: number): boolean => almostEqual(one, other) || Math.abs(one - other) < 1e-9;

const same = (a: Point[1], b: Point[1]): boolean => {
  if (typeof a === 'string' && typeof b === 'string') return near(number(a), number(b));
  return typeof a === 'object' && typeof b === 'object' && sameNative(a, b);
};

/** Buckets that are next to nothing beside the whole are left by subtractions. */
function sameNative(a: Native, b: Native): boolean {
  const filled = ({ buckets = [] }: Native): readonly (readonly number[])[] => {
    const all = buckets.map(([rule, lower, upper, count]) => [rule, number(lower), number(upper), number(count)] as const);
    const most = all.reduce((sum, [, , , count]) => Math.max(sum, Math.abs(count)), 0);
    return all.filter(([, , , count]) => Math.abs(count) > most * 1e-9);
  };
  const [mine, other] = [filled(a), filled(b)];
  const alike = mine.length === other.length && mine.every((bucket, i) => bucket.every((value, j) => near(value, other[i]![j]!)));
  return alike && same(a.count, b.count) && same(a.sum, b.sum);
}

/**
 * Whether theirs, found on a straight line through a bucket of one of the schemas, is ours, found on the exponential curve that
 * Prometheus 3 draws through it.
 */
function sameQuantile(a: Point[1], b: Point[1]): boolean {
  if (same(a, b)) return true;
  const [ours, theirs] = [number(a as string), number(b as string)];
  const size = Math.abs(theirs);
  if (!(ours * theirs > 0) || size === Infinity) return false;
  for (let schema = -4; schema <= 8; schema++) {
    const upper = 2 ** (Math.ceil(Math.log2(size) * 2 ** schema) / 2 ** schema);
    const factor = 2 ** (1 / 2 ** schema);
    const lower = upper / factor;
    if (near(lower * factor ** ((size - lower) / (upper - lower)), Math.abs(ours))) return true;
  }
  return false;
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
};

const pointsOf = ({ value, values, histogram, histograms }: Row): readonly Point[] => {
  const points = [...(values ?? (value ? [value] : [])), ...(histograms ?? (histogram ? [histogram] : []))];
  return histograms === undefined ? points : points.sort(([a], [b]) => a - b);
};

/**
 * Undefined where both say the same; errors need not have the same words. Held 'in order' are the
 * values alone, whoever has them: for what sorts. 'choice' is for what chooses, and may choose any of equals.
 */
export function difference(ours: Answer, theirs: Answer, hold: Hold = 'series'): string | undefined {
  if (ours.status !== 'success' || theirs.status !== 'success') {
    if (ours.status === theirs.status) return undefined;
    return `ours: ${ours.error ?? short(ours.data)}\ntheirs: ${theirs.error ?? short(theirs.data)}`;
  }
  const [mine, other] = [ours.data!, theirs.data!];
  if (mine.resultType !== other.resultType) return `ours: ${mine.resultType}\ntheirs: ${other.resultType}`;
  if (mine.resultType === 'scalar' || mine.resultType === 'string') {
    const [a, b] = [mine.result as Point, other.result as Point];
    return a[0] === b[0] && (mine.resultType === 'string' ? a[1] === b[1] : same(a[1], b[1]))
      ? undefined
      : `ours: ${short(a)}\ntheirs: ${short(b)}`;
  }
  const rows = [mine.result, other.result] as [readonly Row[], readonly Row[]];
  if (hold === 'native quantiles') return differenceOfRows(...rows, sameQuantile);
  return hold === 'series' ? differenceOfRows(...rows, same) : differenceOfValues(...rows, hold);
}

function differenceOfRows(ours: readonly Row[], theirs: readonly Row[], alike: typeof same): string | undefined {
  const [mine, other] = [keyed(ours), keyed(theirs)];
  if (mine.size !== ours.length) return 'ours: a series twice';
  for (const key of new Set([...mine.keys(), ...other.keys()])) {
    const [a, b] = [mine.get(key) ?? [], other.get(key) ?? []];
    if (a.length !== b.length) return `${key}\nours: ${short(a)}\ntheirs: ${short(b)}`;
    for (const [i, point] of a.entries()) {
      if (point[0] !== b[i]![0] || !alike(point[1], b[i]![1])) return `${key}\nours: ${short(point)}\ntheirs: ${short(b[i])}`;
    }
  }
  return undefined;
}

const keyed = (rows: readonly Row[]): Map<string, readonly Point[]> =>
  new Map(rows.map((row) => [JSON.stringify(Object.entries(row.metric).sort(([a], [b]) => (a < b ? -1 : 1))), pointsOf(row)]));

function differenceOfValues(ours: readonly Row[], theirs: readonly Row[], hold: Hold): string | undefined {
  const [mine, other] = [ours, theirs].map((rows) => rows.flatMap((row) => pointsOf(row).map(([, value]) => (typeof value === 'string' ? value : short(value))))) as [string[], string[]]; // prettier-ignore
  if (hold === 'choice') for (const list of [mine, other]) list.sort((a, b) => (number(a) < number(b) ? -1 : number(a) > number(b) ? 1 : a < b ? -1 : a > b ? 1 : 0)); // prettier-ignore
  if (mine.length === other.length && mine.every((value, i) => same(value, other[i]!))) return undefined;
  return `ours: ${short(mine)}\ntheirs: ${short(other)}`;
}
