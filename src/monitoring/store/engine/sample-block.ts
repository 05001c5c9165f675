import type { Column } from '../../../platform/columns/index.ts';
import type { SampleColumns } from '../../series.ts';
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
  const samples = records.flatMap((record) => (record.kind === 'samples' ? [record.columns] : []));
  let rows = 0;
  let highest = 0;
  for (const { ids } of samples) {
    rows += ids.length;
    highest = Math.max(highest, highestOf(ids));
  }
  const counted = highest < rows * WIDEST ? highest + 2 : 0;
  const bytes = memory.take(rows * 20 + counted * 4);
  // Values go as bits: as numbers, a stale marker could change.
  const block: Rows = {
    times: new Float64Array(bytes, 0, rows),
    words: new Uint32Array(bytes, rows * 8, rows * 2),
    ids: new Uint32Array(bytes, rows * 16, rows),
  };
  let oldest = Number.POSITIVE_INFINITY;
  if (counted > 0) {
    const places = countSeries(samples, new Uint32Array(bytes, rows * 20, counted));
    for (const from of samples) oldest = Math.min(oldest, deal(from, block, places));
    sortTimes(block);
  } else {
    let next = 0;
    for (const from of samples) {
      oldest = Math.min(oldest, put(from, block, next));
      next += from.ids.length;
    }
  }
  const columns: Column[] = [
    { name: 'series', type: 'UInt32', data: block.ids },
    { name: 'time', type: 'Float64', data: block.times },
    { name: 'value', type: 'Float64', data: new Float64Array(bytes, rows * 8, rows) },
  ];
  return { columns, rows, oldest };
}

// Loops over samples are functions of their own: within a longer one they would be compiled anew wherever they are left.

interface Rows {
  readonly ids: Uint32Array;
  readonly times: Float64Array;
  readonly words: Uint32Array;
}

const wordsOf = ({ values }: SampleColumns): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length * 2);

function highestOf(ids: Uint32Array): number {
  let highest = 0;
  for (let i = 0; i < ids.length; i++) if ((ids[i] as number) > highest) highest = ids[i] as number;
  return highest;
}

/** Puts each sample where its series has got to. Returns the oldest time. */
function deal(from: SampleColumns, { ids, times, words }: Rows, places: Uint32Array): number {
  const bits = wordsOf(from);
  let oldest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < from.ids.length; i++) {
    const id = from.ids[i] as number;
    const time = from.times[i] as number;
    const to = places[id] as number;
    places[id] = to + 1;
    ids[to] = id;
    times[to] = time;
    words[2 * to] = bits[2 * i] as number;
    words[2 * to + 1] = bits[2 * i + 1] as number;
    if (time < oldest) oldest = time;
  }
  return oldest;
}

/** Puts the samples one after the other, the first at `at`. Returns the oldest time. */
function put(from: SampleColumns, { ids, times, words }: Rows, at: number): number {
  ids.set(from.ids, at);
  times.set(from.times, at);
  words.set(wordsOf(from), at * 2);
  let oldest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < from.times.length; i++) if ((from.times[i] as number) < oldest) oldest = from.times[i] as number;
  return oldest;
}

/** By series: where its first row goes. */
function countSeries(samples: readonly SampleColumns[], places: Uint32Array): Uint32Array {
  places.fill(0);
  for (const { ids } of samples) count(ids, places);
  for (let id = 1; id < places.length; id++) places[id] = (places[id] as number) + (places[id - 1] as number);
  return places;
}

function count(ids: Uint32Array, places: Uint32Array): void {
  for (let i = 0; i < ids.length; i++) places[(ids[i] as number) + 1]!++;
}

/** Moves what came late within its series to its place, as long as that takes few steps. */
function sortTimes({ ids, times, words }: Rows): void {
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
