import type { Lease } from '../../series.ts';

/**
 * Memory for the recent window: two large arrays, in which each series has one block. No object, no garbage and no allocation for
 * a series, and a query reads the arrays in place.
 *
 * The arrays are cut into pages, and a page into blocks of one size; a page without a block in use is anybody's again. Series grow
 * together, so that the pages of the size that they leave come free: else each size would keep its memory for ever.
 *
 * A block that was freed isn't given to another series while a query may be reading it: until the leases that were open then have
 * ended, and until `quarantineMs` after the last read without one.
 */

/** Sizes grow by a half or a third in turn: 4, 6, 8, 12, 16, 24, … samples. */
const CLASSES = 52;
/** Looked up with every sample: a power takes longer than all the rest. */
const SIZES = Float64Array.from({ length: CLASSES + 1 }, (_, index) => (index % 2 === 0 ? 4 : 6) * 2 ** (index >> 1));
const classSize = (index: number): number => SIZES[index] as number;

export function classFor(samples: number): number {
  let index = 0;
  while (classSize(index) < samples && index < CLASSES) index++;
  return index;
}

export { classSize };
export const BYTES_PER_SAMPLE = 16;

/** Samples in a page: every size up to its half divides it. The smaller is for windows of a few megabytes. */
const PAGE = 6144;
const SMALL_PAGE = 384;
/** A page's class when nobody has it, and when it belongs to the block that began in a page before. */
const NOBODY = 255;
const CONTINUED = 254;
const NONE = -1;

interface Resting {
  readonly offset: number;
  readonly index: number;
  /** How many blocks came to rest before it. */
  readonly number: number;
  /** Monotonic time. */
  readonly until: number;
}

interface Reading {
  readonly lease: Lease;
  /** Blocks that came to rest before this number are none of its. */
  readonly number: number;
}

export class SampleSlab {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** The values' bits: copying them as numbers could quieten a stale marker. */
  readonly words: Uint32Array;
  readonly #page: number;
  /** By page: its class, its blocks in use, its blocks that were ever used, and the first of those that came free. */
  readonly #classOf: Uint8Array;
  readonly #inUse: Uint16Array;
  readonly #begun: Uint16Array;
  readonly #freed: Int32Array;
  /** By class: its pages that have room, among some that it lost. */
  readonly #roomy: number[][] = Array.from({ length: CLASSES + 1 }, () => []);
  /** No page before this one is nobody's. */
  #lowestFree = 0;
  readonly #quarantineMs: number;
  readonly #monotonic: () => number;
  #resting: Resting[] = [];
  #restingFrom = 0;
  #used = 0;
  #starved = false;
  #lastRead = Number.NEGATIVE_INFINITY;
  /** Oldest first. */
  #readings: Reading[] = [];
  #rested = 0;

  constructor(options: { bytes: number; quarantineMs: number; monotonic: () => number }) {
    const wanted = Math.floor(options.bytes / BYTES_PER_SAMPLE);
    this.#page = wanted < 64 * PAGE ? SMALL_PAGE : PAGE;
    const pages = Math.max(1, Math.floor(wanted / this.#page));
    // The operating system gives the memory when it is first written.
    this.times = new Float64Array(pages * this.#page);
    this.values = new Float64Array(pages * this.#page);
    this.words = new Uint32Array(this.values.buffer);
    this.#classOf = new Uint8Array(pages).fill(NOBODY);
    this.#inUse = new Uint16Array(pages);
    this.#begun = new Uint16Array(pages);
    this.#freed = new Int32Array(pages);
    this.#quarantineMs = options.quarantineMs;
    this.#monotonic = options.monotonic;
  }

  /** Bytes in blocks that series have. */
  get usedBytes(): number {
    return this.#used * BYTES_PER_SAMPLE;
  }

  /** Whether a block was asked for in vain since this was last asked. */
  takeStarved(): boolean {
    const starved = this.#starved;
    this.#starved = false;
    return starved;
  }

  get capacityBytes(): number {
    return this.times.length * BYTES_PER_SAMPLE;
  }

  /** Say so when places in the arrays were handed out: blocks freed from now on rest before they are used again. */
  noteRead(lease?: Lease): void {
    if (!lease) this.#lastRead = this.#monotonic();
    else if (this.#readings.at(-1)?.lease !== lease) this.#readings.push({ lease, number: this.#rested });
  }

  /** Where a block of this class starts, or -1 when there is no room. */
  allocate(index: number): number {
    this.#endRest();
    const size = classSize(index);
    const offset = size * 2 > this.#page ? this.#takePages(index, Math.ceil(size / this.#page)) : this.#takeBlock(index, size);
    if (offset < 0) this.#starved = true;
    else this.#used += size;
    return offset;
  }

  /** Whether nobody can be reading places that were handed out. */
  get unread(): boolean {
    return this.#lastRead + this.#quarantineMs < this.#monotonic() && !this.#isRead();
  }

  /** Moves the samples from `at` to `to` one place on, bits intact. */
  makeRoom(at: number, to: number): void {
    const { times, words } = this;
    if (to - at > 32) {
      times.copyWithin(at + 1, at, to);
      words.copyWithin(at * 2 + 2, at * 2, to * 2);
      return;
    }
    for (let i = to; i > at; i--) {
      times[i] = times[i - 1] ?? 0;
      words[i * 2] = words[i * 2 - 2] ?? 0;
      words[i * 2 + 1] = words[i * 2 - 1] ?? 0;
    }
  }

  free(offset: number, index: number): void {
    this.#used -= classSize(index);
    const until = this.#lastRead + this.#quarantineMs;
    if (this.unread) this.#giveBack(offset, index);
    else this.#resting.push({ offset, index, until, number: this.#rested++ });
  }

  /** Copies samples within the arrays, bits intact. */
  copy(from: number, to: number, count: number): void {
    if (count > 32) {
      this.times.copyWithin(to, from, from + count);
      this.words.copyWithin(to * 2, from * 2, (from + count) * 2);
      return;
    }
    const { times, words } = this;
    for (let i = 0; i < count; i++) {
      times[to + i] = times[from + i] ?? 0;
      words[(to + i) * 2] = words[(from + i) * 2] ?? 0;
      words[(to + i) * 2 + 1] = words[(from + i) * 2 + 1] ?? 0;
    }
  }

  #takeBlock(index: number, size: number): number {
    const blocks = this.#page / size;
    const roomy = this.#roomy[index] as number[];
    let page = roomy.at(-1) ?? NONE;
    // A page that came to be nobody's, or another class's, still stands here.
    while (page !== NONE && this.#classOf[page] !== index) {
      roomy.pop();
      page = roomy.at(-1) ?? NONE;
    }
    if (page === NONE) {
      const start = this.#takePages(index, 1);
      if (start < 0) return NONE;
      page = start / this.#page;
      this.#inUse[page] = 0;
      roomy.push(page);
    }
    const inUse = (this.#inUse[page] as number) + 1;
    this.#inUse[page] = inUse;
    if (inUse === blocks) roomy.pop();
    const freed = this.#freed[page] as number;
    if (freed !== NONE) {
      // A block that is free tells in its first time which one is next.
      this.#freed[page] = this.times[freed] as number;
      return freed;
    }
    const begun = this.#begun[page] as number;
    this.#begun[page] = begun + 1;
    return page * this.#page + begun * size;
  }

  /** So many pages next to each other, the first ones there are. */
  #takePages(index: number, count: number): number {
    const classOf = this.#classOf;
    while (this.#lowestFree < classOf.length && classOf[this.#lowestFree] !== NOBODY) this.#lowestFree++;
    let run = 0;
    for (let page = this.#lowestFree; page < classOf.length; page++) {
      run = classOf[page] === NOBODY ? run + 1 : 0;
      if (run < count) continue;
      const first = page - count + 1;
      classOf.fill(CONTINUED, first + 1, page + 1);
      classOf[first] = index;
      this.#inUse[first] = 1;
      this.#begun[first] = 0;
      this.#freed[first] = NONE;
      return first * this.#page;
    }
    return NONE;
  }

  #giveBack(offset: number, index: number): void {
    const page = Math.floor(offset / this.#page);
    const size = classSize(index);
    const inUse = (this.#inUse[page] as number) - 1;
    this.#inUse[page] = inUse;
    if (inUse === 0) {
      this.#classOf.fill(NOBODY, page, page + Math.ceil(size / this.#page));
      this.#lowestFree = Math.min(this.#lowestFree, page);
      return;
    }
    this.times[offset] = this.#freed[page] as number;
    this.#freed[page] = offset;
    if (inUse === this.#page / size - 1) (this.#roomy[index] as number[]).push(page);
  }

  /** Whether a lease is open. The first of the readings is, then, and the oldest. */
  #isRead(): boolean {
    if (this.#readings[0]?.lease.ended) this.#readings = this.#readings.filter(({ lease }) => !lease.ended);
    return this.#readings.length > 0;
  }

  #endRest(): void {
    if (this.#restingFrom === this.#resting.length) return;
    const now = this.#monotonic();
    const read = this.#isRead() ? (this.#readings[0] as Reading).number : Number.POSITIVE_INFINITY;
    for (let one = this.#resting[this.#restingFrom]; one && one.until < now && one.number < read; one = this.#resting[this.#restingFrom]) {
      this.#giveBack(one.offset, one.index);
      this.#restingFrom++;
    }
    if (this.#restingFrom > 4096) {
      this.#resting = this.#resting.slice(this.#restingFrom);
      this.#restingFrom = 0;
    }
  }
}
