import type { Labels } from '../series.ts';
import type { Context } from './eval/context.ts';
import { inBatches } from './eval/in-batches.ts';
import { sortKey } from './eval/sort.ts';

const RUN = 2048;
/** A comparison costs as much as this many cells. */
const COMPARISON = 20;

interface Keyed<T> {
  readonly one: T;
  readonly key: string;
}

/** By labels, as Prometheus sorts; in runs that are then merged, for tens of thousands at once would hold everybody up. */
export async function sortSeries<T extends { readonly labels: Labels }>(context: Context, series: readonly T[]): Promise<T[]> {
  const runs: Keyed<T>[][] = [];
  await inBatches(context, Math.ceil(series.length / RUN), RUN * COMPARISON, (from, to) => {
    for (let run = from; run < to; run++) {
      const keyed = series.slice(run * RUN, (run + 1) * RUN).map((one) => ({ one, key: sortKey(one.labels) }));
      runs.push(keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)));
    }
  });
  while (runs.length > 1) runs.push(await merge(context, runs.shift()!, runs.shift()!));
  return (runs[0] ?? []).map(({ one }) => one);
}

async function merge<T>(context: Context, left: readonly Keyed<T>[], right: readonly Keyed<T>[]): Promise<Keyed<T>[]> {
  const merged: Keyed<T>[] = [];
  let l = 0;
  let r = 0;
  await inBatches(context, left.length + right.length, COMPARISON, (from, to) => {
    for (let i = from; i < to; i++) {
      const takeLeft = r === right.length || (l < left.length && left[l]!.key <= right[r]!.key);
      merged.push(takeLeft ? left[l++]! : right[r++]!);
    }
  });
  return merged;
}
