import { type SampleSlab, classFor, classSize } from './sample-slab.ts';

/** What became of a sample that was offered to the window. */
export const INSERTED = 0;
/** Its series has a sample of that time: the first one stays. */
export const DUPLICATE = 1;
/** There is no memory for it. */
export const NO_ROOM = 2;

/** Where a series' samples stand in the slab's arrays. */
export interface Range {
  from: number;
  to: number;
}

/** Clocks differ by this much everywhere; further ahead one is wrong. */
const SKEW_MS = 300_000;

/**
 * From when on the window is complete once a sample of this time found no room in it. A sample of a clock that is hours ahead must not
 * make all that is there count as incomplete: it is found when its time has come.
 */
export const incompleteUntil = (time: number, now: number, completeSince: number): number =>
  Math.max(completeSince, time <= now + SKEW_MS ? time : now);

/**
 * The last minutes of every series, in the slab's arrays, within its memory. Complete for every time after `completeSince`;
 * from before it there may be some, and the engine has the others.
 */
export class RecentWindow {
  readonly slab: SampleSlab;
  /** Milliseconds since the epoch; `-Infinity` while every sample ever stored is here. */
  completeSince = Number.NEGATIVE_INFINITY;
  /** By series id: the block's place and class, the first sample's place in the block, the number of samples, the newest time. */
  #offset = new Uint32Array(1024);
  #class = new Uint8Array(1024);
  #start = new Uint32Array(1024);
  #count = new Uint32Array(1024);
  #newest = new Float64Array(1024).fill(Number.NEGATIVE_INFINITY);
  #samples = 0;

  constructor(slab: SampleSlab) {
    this.slab = slab;
  }

  get samples(): number {
    return this.#samples;
  }

  /** Makes room for series ids below `end`. */
  reserve(end: number): void {
    if (end <= this.#count.length) return;
    const length = Math.max(end, this.#count.length * 2);
    this.#offset = grown(this.#offset, new Uint32Array(length));
    this.#class = grown(this.#class, new Uint8Array(length));
    this.#start = grown(this.#start, new Uint32Array(length));
    this.#count = grown(this.#count, new Uint32Array(length));
    this.#newest = grown(this.#newest, new Float64Array(length).fill(Number.NEGATIVE_INFINITY));
  }

  /** Whether the series has a sample of exactly this time. */
  has(id: number, time: number): boolean {
    const newest = this.#newest[id] ?? Number.NEGATIVE_INFINITY;
    if (!(time <= newest)) return false;
    if (time === newest) return true;
    const { from, to } = this.range(id);
    const at = lowerBound(this.slab.times, from, to, time);
    return at < to && this.slab.times[at] === time;
  }

  /** Inserts the sample of `times[i]`, whose value's bits are `words[2i]` and `words[2i + 1]`. (A time by itself would be an object for each call.) */
  insert(id: number, times: Float64Array, words: Uint32Array, i: number): number {
    const time = times[i] as number;
    const count = this.#count[id] as number;
    if (count > 0 && !(time > (this.#newest[id] as number))) return this.#insertBefore(id, time, words, i);
    let start = this.#start[id] as number;
    if (count === 0 || start + count === classSize(this.#class[id] as number)) {
      if (!this.#move(id, classFor(grownFrom(count)))) return NO_ROOM;
      start = this.#start[id] as number;
    }
    this.#put((this.#offset[id] as number) + start + count, time, words, i);
    this.#count[id] = count + 1;
    this.noteNewest(id, time);
    this.#samples++;
    return INSERTED;
  }

  /** All the samples of the series that are here. */
  range(id: number): Range {
    const from = (this.#offset[id] ?? 0) + (this.#start[id] ?? 0);
    return { from, to: from + (this.#count[id] ?? 0) };
  }

  /**
   * Writes to `out[0]` and `out[1]` where the series' samples with `from <= time <= to` begin and end.
   * False when there are none.
   */
  find(id: number, from: number, to: number, out: Uint32Array): boolean {
    const count = this.#count[id] ?? 0;
    if (count === 0 || from > (this.#newest[id] as number)) return false;
    const { times } = this.slab;
    let first = (this.#offset[id] as number) + (this.#start[id] as number);
    let end = first + count;
    if ((this.#newest[id] as number) > to) end = upperBound(times, first, end, to);
    if (first < end && (times[first] as number) < from) first = lowerBound(times, first, end, from);
    out[0] = first;
    out[1] = end;
    return first < end;
  }

  /** A sample of the series was stored elsewhere. */
  noteNewest(id: number, time: number): void {
    if (time > (this.#newest[id] as number)) this.#newest[id] = time;
  }

  /** The newest time that the series is known to have a sample of; `-Infinity` when none is known. */
  newest(id: number): number {
    return this.#newest[id] ?? Number.NEGATIVE_INFINITY;
  }

  /** Forgets the series' samples up to and including `cut`, and gives back memory that it no longer needs. */
  trim(id: number, cut: number): void {
    const count = this.#count[id] ?? 0;
    if (count === 0) return;
    const { from, to } = this.range(id);
    const gone = upperBound(this.slab.times, from, to, cut) - from;
    if (gone === 0) return;
    this.#samples -= gone;
    this.#start[id] = (this.#start[id] as number) + gone;
    this.#count[id] = count - gone;
    if (count === gone) {
      this.slab.free(this.#offset[id] as number, this.#class[id] as number);
      this.#start[id] = 0;
      return;
    }
    const fitting = classFor(count - gone + ((count - gone) >> 2));
    if (fitting < (this.#class[id] as number)) this.#move(id, fitting);
  }

  #put(at: number, time: number, words: Uint32Array, i: number): void {
    this.slab.times[at] = time;
    this.slab.words[2 * at] = words[2 * i] as number;
    this.slab.words[2 * at + 1] = words[2 * i + 1] as number;
  }

  /** Moves the series' samples to the front of a new block. The old one stays as it is for those who read it. */
  #move(id: number, index: number): boolean {
    const offset = this.slab.allocate(index);
    if (offset < 0) return false;
    const count = this.#count[id] as number;
    if (count > 0) {
      this.slab.copy((this.#offset[id] as number) + (this.#start[id] as number), offset, count);
      this.slab.free(this.#offset[id] as number, this.#class[id] as number);
    }
    this.#offset[id] = offset;
    this.#class[id] = index;
    this.#start[id] = 0;
    return true;
  }

  /** A sample that arrived late. Samples are shifted in place only where no query may be reading them. */
  #insertBefore(id: number, time: number, words: Uint32Array, i: number): number {
    const { from, to } = this.range(id);
    const at = lowerBound(this.slab.times, from, to, time);
    if (at < to && this.slab.times[at] === time) return DUPLICATE;
    const count = to - from;
    if (to < (this.#offset[id] as number) + classSize(this.#class[id] as number) && this.slab.unread) {
      this.slab.makeRoom(at, to);
      this.#put(at, time, words, i);
      this.#count[id] = count + 1;
      this.#samples++;
      return INSERTED;
    }
    const index = classFor(grownFrom(count));
    const offset = this.slab.allocate(index);
    if (offset < 0) return NO_ROOM;
    const before = at - from;
    this.slab.copy(from, offset, before);
    this.#put(offset + before, time, words, i);
    this.slab.copy(at, offset + before + 1, count - before);
    this.slab.free(this.#offset[id] as number, this.#class[id] as number);
    this.#offset[id] = offset;
    this.#class[id] = index;
    this.#start[id] = 0;
    this.#count[id] = count + 1;
    this.#samples++;
    return INSERTED;
  }
}

/** How many samples the next block of a series should hold: few at first, for there are series that come and go. */
const grownFrom = (count: number): number => count + (count < 16 ? Math.max(4, count) : 1 + (count >> 2));

function grown<T extends Uint32Array | Uint8Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}

/** The first place in `[from, to)` whose time isn't below `time`. */
export function lowerBound(times: Float64Array, from: number, to: number, time: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((times[middle] as number) < time) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The first place in `[from, to)` whose time is above `time`. */
export function upperBound(times: Float64Array, from: number, to: number, time: number): number {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((times[middle] as number) <= time) from = middle + 1;
    else to = middle;
  }
  return from;
}
