import { Breath } from '../../platform/columns/index.ts';
import { BucketRows } from './bucket-rows.ts';

/** Some rows of samples. One after the other they are by series and time. */
export interface SampleBlock {
  readonly ids: Uint32Array;
  /** Milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;
/** The NaN that stands for a native histogram among the values, 0x7ff8000000000053. */
const HISTOGRAM_LOW = 0x53;
const HISTOGRAM_HIGH = 0x7ff80000;
const IS_STALE = 1;
const HAS_HISTOGRAMS = 2;

/** Samples as buckets of a width (ms). Of samples of one time the first counts, as in every answer. Longer than most for its hot loop. */
export async function bucketsOf(blocks: readonly SampleBlock[], width: number, into = new BucketRows()): Promise<BucketRows> {
  const breath = new Breath();
  let [series, before, end, at, carried] = [-1, Number.NaN, 0, -1, 0];
  for (const { ids, times, values } of blocks) {
    const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let i = 0; i < ids.length; i++) {
      const time = times[i]!;
      const id = ids[i]!;
      if (id !== series || time > end) {
        if (at >= 0) into.sum[at] = finished(into.sum[at]!, carried);
        series = id;
        end = Math.ceil(time / width) * width;
        at = into.open(id, end);
        carried = 0;
        if (breath.due) await breath.take();
      } else if (time === before) continue;
      before = time;
      into.items[at]!++;
      const value = values[i]!;
      if (value !== value) {
        const [low, high] = [words[2 * i]!, words[2 * i + 1]!];
        const histograms = into.stale[at]! & HAS_HISTOGRAMS;
        into.stale[at] = low === STALE_LOW && high === STALE_HIGH ? histograms | IS_STALE : histograms;
        if (low === STALE_LOW && high === STALE_HIGH) continue;
        if (low === HISTOGRAM_LOW && high === HISTOGRAM_HIGH) {
          into.stale[at]! |= HAS_HISTOGRAMS;
          continue;
        }
      } else {
        into.stale[at]! &= HAS_HISTOGRAMS;
        if (!(value >= into.min[at]!)) into.min[at] = value;
        if (!(value <= into.max[at]!)) into.max[at] = value;
      }
      into.lastBefore[at] = end - time;
      if (into.count[at]!++ === 0) {
        into.firstBefore[at] = end - time;
        into.first[at] = value;
        into.sum[at] = value;
      } else {
        const last = into.last[at]!;
        if (value < last) into.resets[at]! += last;
        const sum = into.sum[at]!;
        const total = sum + value;
        carried += Math.abs(sum) >= Math.abs(value) ? sum - total + value : value - total + sum;
        into.sum[at] = total;
      }
      into.last[at] = value;
    }
  }
  if (at >= 0) into.sum[at] = finished(into.sum[at]!, carried);
  return into;
}

/** A sum with what rounding took from it (Neumaier); beyond all numbers nothing of that is known. */
const finished = (sum: number, carried: number): number => (carried - carried === 0 ? sum + carried : sum);

/** Buckets as wider ones; `width` (ms) is a multiple of theirs. They are by series and end, none twice. */
export async function coarserOf(finer: BucketRows, width: number): Promise<BucketRows> {
  const breath = new Breath();
  const into = new BucketRows();
  let [series, end, at, carried] = [-1, 0, -1, 0];
  for (let i = 0; i < finer.size; i++) {
    const id = finer.series[i]!;
    const theirs = finer.end[i]!;
    if (id !== series || theirs > end) {
      if (at >= 0) into.sum[at] = finished(into.sum[at]!, carried);
      series = id;
      end = Math.ceil(theirs / width) * width;
      at = into.open(id, end);
      carried = 0;
      if (breath.due) await breath.take();
    }
    into.items[at]! += finer.items[i]!;
    into.stale[at] = (finer.stale[i]! & IS_STALE) | ((into.stale[at]! | finer.stale[i]!) & HAS_HISTOGRAMS);
    const count = finer.count[i]!;
    if (count === 0) continue;
    const [low, high, sum] = [finer.min[i]!, finer.max[i]!, finer.sum[i]!];
    if (low === low && !(low >= into.min[at]!)) into.min[at] = low;
    if (high === high && !(high <= into.max[at]!)) into.max[at] = high;
    into.lastBefore[at] = end - theirs + finer.lastBefore[i]!;
    if (into.count[at] === 0) {
      into.firstBefore[at] = end - theirs + finer.firstBefore[i]!;
      into.first[at] = finer.first[i]!;
      into.sum[at] = sum;
    } else {
      if (finer.first[i]! < into.last[at]!) into.resets[at]! += into.last[at]!;
      const before = into.sum[at]!;
      const total = before + sum;
      carried += Math.abs(before) >= Math.abs(sum) ? before - total + sum : sum - total + before;
      into.sum[at] = total;
    }
    into.count[at]! += count;
    into.resets[at]! += finer.resets[i]!;
    into.last[at] = finer.last[i]!;
  }
  if (at >= 0) into.sum[at] = finished(into.sum[at]!, carried);
  return into;
}
