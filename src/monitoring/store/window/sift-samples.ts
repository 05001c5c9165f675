import type { Histogram } from '../../histogram.ts';
import type { SampleColumns } from '../../series.ts';
import type { RecentWindow } from './recent-window.ts';

export interface Sifted {
  /** The same columns when nothing was left out. */
  readonly kept: SampleColumns;
  /** Samples whose series has one of that time. */
  readonly duplicates: number;
  /** Samples of a time or a series that can't be. */
  readonly impossible: number;
}

/** Leaves out what is stored already and what has a time outside `oldest` to `newest` or a series from `end`. */
export function siftSamples(
  columns: SampleColumns,
  window: RecentWindow,
  { oldest, newest, end }: { readonly oldest: number; readonly newest: number; readonly end: number },
): Sifted {
  const { ids, times, values } = columns;
  if (times.length !== ids.length || values.length !== ids.length) throw new RangeError('The three columns must be of one length.');
  let kept: number[] | undefined;
  let duplicates = 0;
  let impossible = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    const time = times[i] as number;
    const possible = time >= oldest && time <= newest && id > 0 && id < end;
    const duplicate = possible && window.has(id, time);
    if (possible && !duplicate) {
      kept?.push(i);
      continue;
    }
    kept ??= Array.from({ length: i }, (_, k) => k);
    if (duplicate) duplicates++;
    else impossible++;
  }
  return { kept: kept ? pick(columns, kept) : columns, duplicates, impossible };
}

/** The samples with their times in whole milliseconds, as the engine has them: else memory and engine would not agree. */
export function wholeMilliseconds(columns: SampleColumns): SampleColumns {
  const { times } = columns;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    if (Math.floor(time) !== time && time === time) return { ...columns, times: times.map(Math.floor) };
  }
  return columns;
}

/** The samples at these places. Values go as bits: as numbers, a stale marker could change. */
function pick({ ids, times, values, histograms }: SampleColumns, places: readonly number[]): SampleColumns {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const picked = new Uint32Array(places.length * 2);
  for (const [to, i] of places.entries()) {
    picked[2 * to] = words[2 * i] as number;
    picked[2 * to + 1] = words[2 * i + 1] as number;
  }
  const moved = new Map<number, Histogram>();
  if (histograms) {
    for (const [to, i] of places.entries()) {
      const histogram = histograms.get(i);
      if (histogram) moved.set(to, histogram);
    }
  }
  return {
    ...(moved.size > 0 && { histograms: moved }),
    ids: Uint32Array.from(places, (i) => ids[i] as number),
    times: Float64Array.from(places, (i) => times[i] as number),
    values: new Float64Array(picked.buffer),
  };
}

/** The samples in arrays of their own, values bit by bit. */
export const copyOf = (columns: SampleColumns): SampleColumns => {
  const { ids, times, values } = columns;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2).slice();
  return { ...columns, ids: ids.slice(), times: times.slice(), values: new Float64Array(words.buffer) };
};
