/** Whether two answers of the query API say the same. */
import { almostEqual } from '../../../src/monitoring/promql/conformance/compare.ts';

type Point = readonly [time: number, value: string];

interface Row {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

/** The JSON of `query` and `query_range`. */
export interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: readonly Row[] | Point };
}

export type Hold = 'series' | 'in order' | 'choice';

export const isEmpty = ({ data }: Answer): boolean => data !== undefined && data.result.length === 0;

const number = (text: string): number => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

/** Differences of nearly equal numbers leave nothing but rounding. */
const same = (a: string, b: string): boolean => {
  const [one, other] = [number(a), number(b)];
  return almostEqual(one, other) || Math.abs(one - other) < 1e-9;
};

const short = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
};

const pointsOf = ({ value, values }: Row): readonly Point[] => values ?? [value!];

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
  if (mine.resultType === 'scalar') {
    const [a, b] = [mine.result as Point, other.result as Point];
    return a[0] === b[0] && same(a[1], b[1]) ? undefined : `ours: ${short(a)}\ntheirs: ${short(b)}`;
  }
  const rows = [mine.result, other.result] as [readonly Row[], readonly Row[]];
  return hold === 'series' ? differenceOfRows(...rows) : differenceOfValues(...rows, hold);
}

function differenceOfRows(ours: readonly Row[], theirs: readonly Row[]): string | undefined {
  const [mine, other] = [keyed(ours), keyed(theirs)];
  if (mine.size !== ours.length) return 'ours: a series twice';
  for (const key of new Set([...mine.keys(), ...other.keys()])) {
    const [a, b] = [mine.get(key) ?? [], other.get(key) ?? []];
    if (a.length !== b.length) return `${key}\nours: ${short(a)}\ntheirs: ${short(b)}`;
    for (const [i, point] of a.entries()) {
      if (point[0] !== b[i]![0] || !same(point[1], b[i]![1])) return `${key}\nours: ${short(point)}\ntheirs: ${short(b[i])}`;
    }
  }
  return undefined;
}

const keyed = (rows: readonly Row[]): Map<string, readonly Point[]> =>
  new Map(rows.map((row) => [JSON.stringify(Object.entries(row.metric).sort(([a], [b]) => (a < b ? -1 : 1))), pointsOf(row)]));

function differenceOfValues(ours: readonly Row[], theirs: readonly Row[], hold: Hold): string | undefined {
  const [mine, other] = [ours, theirs].map((rows) => rows.flatMap((row) => pointsOf(row).map(([, value]) => value))) as [string[], string[]]; // prettier-ignore
  if (hold === 'choice') for (const list of [mine, other]) list.sort((a, b) => (number(a) < number(b) ? -1 : number(a) > number(b) ? 1 : a < b ? -1 : a > b ? 1 : 0)); // prettier-ignore
  if (mine.length === other.length && mine.every((value, i) => same(value, other[i]!))) return undefined;
  return `ours: ${short(mine)}\ntheirs: ${short(other)}`;
}
