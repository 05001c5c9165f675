import { LabelCache } from '../label-cache.ts';

const FIRST_SIZE = 4096;
const encoder = new TextEncoder();

/**
 * Finds what was made of some bytes the last time: a sender writes the same resource, metric and attributes with every point. The
 * key is put together from numbers and pieces of the request.
 */
export class SeriesCache<T> {
  readonly #maxBytes: number;
  #cache: LabelCache;
  #found: T[] = [];
  #key = new Uint8Array(FIRST_SIZE);
  #view = new DataView(this.#key.buffer);
  #length = 0;

  /** @param maxBytes memory for keys */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#cache = new LabelCache(maxBytes);
  }

  /** Begins a key with a number. */
  begin(number: number): this {
    this.#view.setUint32(0, number, true);
    this.#length = 4;
    return this;
  }

  number(number: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.#length, number, true);
    this.#length += 4;
    return this;
  }

  /** A piece of the request, with its length, so that pieces can't run into each other. */
  bytes(bytes: Uint8Array, from: number, to: number): this {
    this.number(to - from);
    this.#reserve(to - from);
    this.#key.set(bytes.subarray(from, to), this.#length);
    this.#length += to - from;
    return this;
  }

  text(text: string): this {
    const bytes = encoder.encode(text);
    return this.bytes(bytes, 0, bytes.length);
  }

  get(): T | undefined {
    const at = this.#cache.find(this.#view, 0, this.#length);
    return at === 0 ? undefined : this.#found[at - 1];
  }

  /** Remembers what belongs to the key that was just asked for. Call it before the next `begin`. */
  set(one: T): T {
    // What was found outlives its keys, so both go together.
    if (this.#found.length >= this.#maxBytes / 64) {
      this.#cache = new LabelCache(this.#maxBytes);
      this.#found = [];
    }
    this.#found.push(one);
    this.#cache.add(this.#view, 0, this.#length, this.#found.length);
    return one;
  }

  #reserve(length: number): void {
    if (this.#length + length <= this.#key.length) return;
    const larger = new Uint8Array(Math.max(this.#key.length * 2, this.#length + length));
    larger.set(this.#key);
    this.#key = larger;
    this.#view = new DataView(larger.buffer);
  }
}
