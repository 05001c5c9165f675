import type { Column } from '../../../platform/columns/index.ts';
import type { LogRecord } from '../log/log-record.ts';
import type { ReusedBytes } from '../log/reused-bytes.ts';

/** Ids that lie further apart than this, for each row, are left to the engine to sort: counting them would take more memory than rows. */
const WIDEST = 16;
/** Steps for each row that late samples may be moved by, before that too is left to the engine. */
const MOST_STEPS = 8;

export interface SampleBlock {
  /** `series`, `time` and `value`: views of the memory that was given. */
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Milliseconds; `Infinity` where there are no rows. */
  readonly oldest: number;
}

/**
 * The samples of a segment in the order of their table's key, series and then time, as far as that is cheap. The engine sorts a block
 * that isn't in order by comparing rows; here each series' place is counted, and what stands there is mostly in the order of its times.
 */
export function sampleBlock(records: readonly LogRecord[], memory: ReusedBytes): SampleBlock {
  let rows = 0;
  let highest = 0;
  for (const record of records) {
    if (record.kind !== 'samples') continue;
    const { ids } = record.columns;
    rows += ids.length;
    for (let i = 0; i < ids.length; i++) if ((ids[i] as number) > highest) highest = ids[i] as number;
  }
  const counted = highest < rows * WIDEST ? highest + 2 : 0;
  const bytes = memory.take(rows * 20 + counted * 4);
  const times = new Float64Array(bytes, 0, rows);
  // Values go as bits: as numbers, a stale marker could change.
  const words = new Uint32Array(bytes, rows * 8, rows * 2);
  const ids = new Uint32Array(bytes, rows * 16, rows);
  const places = countSeries(records, new Uint32Array(bytes, rows * 20, counted));
  let next = 0;
  let oldest = Number.POSITIVE_INFINITY;
  for (const record of records) {
    if (record.kind !== 'samples') continue;
    const from = record.columns;
    const bits = new Uint32Array(from.values.buffer, from.values.byteOffset, from.ids.length * 2);
    for (let i = 0; i < from.ids.length; i++) {
      const id = from.ids[i] as number;
      const time = from.times[i] as number;
      const to = counted > 0 ? (places[id] as number)++ : next++;
      ids[to] = id;
      times[to] = time;
      words[2 * to] = bits[2 * i] as number;
      words[2 * to + 1] = bits[2 * i + 1] as number;
      if (time < oldest) oldest = time;
    }
  }
  if (counted > 0) sortTimes(ids, times, words);
  const columns: Column[] = [
    { name: 'series', type: 'UInt32', data: ids },
    { name: 'time', type: 'Float64', data: times },
    { name: 'value', type: 'Float64', data: new Float64Array(bytes, rows * 8, rows) },
  ];
  return { columns, rows, oldest };
}

/** By series: where its first row goes. Nothing where `places` has no room. */
function countSeries(records: readonly LogRecord[], places: Uint32Array): Uint32Array {
  if (places.length === 0) return places;
  places.fill(0);
  for (const record of records) {
    if (record.kind !== 'samples') continue;
    const { ids } = record.columns;
    for (let i = 0; i < ids.length; i++) places[(ids[i] as number) + 1]!++;
  }
  for (let id = 1; id < places.length; id++) places[id] = (places[id] as number) + (places[id - 1] as number);
  return places;
}

/** Moves what came late within its series to its place, as long as that takes few steps. */
function sortTimes(ids: Uint32Array, times: Float64Array, words: Uint32Array): void {
  let steps = ids.length * MOST_STEPS;
  for (let i = 1; i < ids.length && steps > 0; i++) {
    const id = ids[i] as number;
    const time = times[i] as number;
    if (id !== ids[i - 1] || time >= (times[i - 1] as number)) continue;
    const low = words[2 * i] as number;
    const high = words[2 * i + 1] as number;
    let to = i;
    for (; to > 0 && ids[to - 1] === id && (times[to - 1] as number) > time; to--, steps--) {
      times[to] = times[to - 1] as number;
      words[2 * to] = words[2 * to - 2] as number;
      words[2 * to + 1] = words[2 * to - 1] as number;
    }
    times[to] = time;
    words[2 * to] = low;
    words[2 * to + 1] = high;
  }
}
