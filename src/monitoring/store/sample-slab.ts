/**
 * Memory for the recent window: two large arrays, in which each series has one block. No object, no garbage and no allocation for
 * a series, and a query reads the arrays in place.
 *
 * A block that a query may still be reading isn't given to another series before `quarantineMs` have passed since it was freed.
 */

/** Sizes grow by a half or a third in turn: 16, 24, 32, 48, 64, … samples. */
const CLASSES = 48;
const classSize = (index: number): number => (index % 2 === 0 ? 16 : 24) * 2 ** (index >> 1);

export function classFor(samples: number): number {
  let index = 0;
  while (classSize(index) < samples && index < CLASSES) index++;
  return index;
}

export { classSize };
export const BYTES_PER_SAMPLE = 16;

interface Resting {
  readonly offset: number;
  readonly index: number;
  readonly freedAt: number;
}

export class SampleSlab {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** The values' bits: copying them as numbers could quieten a stale marker. */
  readonly words: Uint32Array;
  readonly #free: number[][] = Array.from({ length: CLASSES + 1 }, () => []);
  readonly #quarantineMs: number;
  readonly #monotonic: () => number;
  #resting: Resting[] = [];
  #restingFrom = 0;
  #top = 0;
  #used = 0;
  #starved = false;
  #lastRead = Number.NEGATIVE_INFINITY;

  constructor(options: { bytes: number; quarantineMs: number; monotonic: () => number }) {
    const samples = Math.max(64, Math.floor(options.bytes / BYTES_PER_SAMPLE));
    // The operating system gives the pages when they are first written.
    this.times = new Float64Array(samples);
    this.values = new Float64Array(samples);
    this.words = new Uint32Array(this.values.buffer);
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
  noteRead(): void {
    this.#lastRead = this.#monotonic();
  }

  /** Where a block of this class starts, or -1 when there is no room. */
  allocate(index: number): number {
    this.#endRest();
    const size = classSize(index);
    let offset = this.#free[index]?.pop() ?? -1;
    if (offset < 0) {
      if (this.#top + size > this.times.length) {
        this.#starved = true;
        return -1;
      }
      offset = this.#top;
      this.#top += size;
    }
    this.#used += size;
    return offset;
  }

  free(offset: number, index: number): void {
    this.#used -= classSize(index);
    const now = this.#monotonic();
    if (now - this.#lastRead > this.#quarantineMs) this.#free[index]?.push(offset);
    else this.#resting.push({ offset, index, freedAt: now });
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

  #endRest(): void {
    if (this.#restingFrom === this.#resting.length) return;
    const before = this.#monotonic() - this.#quarantineMs;
    for (let one = this.#resting[this.#restingFrom]; one && one.freedAt < before; one = this.#resting[this.#restingFrom]) {
      this.#free[one.index]?.push(one.offset);
      this.#restingFrom++;
    }
    if (this.#restingFrom > 4096) {
      this.#resting = this.#resting.slice(this.#restingFrom);
      this.#restingFrom = 0;
    }
  }
}
