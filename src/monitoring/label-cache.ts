/**
 * From a series' labels, as the bytes that a sender writes, to its id: a sender writes the same bytes with every sample, so
 * almost every series of a request is found without reading its labels. Bytes are compared and not only their hash.
 */
export class LabelCache {
  readonly #maxBytes: number;
  #bytes: DataView;
  #used = 0;
  #slots = new Int32Array(4096).fill(-1);
  /** By entry: where its bytes are, how many, their hash, and the id. */
  #offset = new Uint32Array(2048);
  #length = new Uint32Array(2048);
  #hash = new Int32Array(2048);
  #id = new Uint32Array(2048);
  /** By entry: the entry that came after it the last time. Senders keep their order. */
  #next = new Int32Array(2048);
  #size = 0;
  #last = -1;
  /** Where what `findNext` found ends. */
  end = 0;

  /** @param maxBytes the most memory for label bytes; when it is full the cache starts anew */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = new DataView(new ArrayBuffer(Math.min(1 << 20, maxBytes)));
  }

  /** The id for the bytes from `from` to `to` of the view, or 0. */
  find(view: DataView, from: number, to: number): number {
    const guess = this.#last < 0 ? -1 : (this.#next[this.#last] as number);
    if (guess >= 0 && this.#equals(guess, view, from, to)) {
      this.#last = guess;
      return this.#id[guess] as number;
    }
    const hash = hashOf(view, from, to);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] as number;
      if (entry < 0) return 0;
      if (this.#hash[entry] === hash && this.#equals(entry, view, from, to)) {
        this.#follow(entry);
        return this.#id[entry] as number;
      }
    }
  }

  /**
   * Whether the bytes that came after those found last stand at `from` again, before `to`: then nobody needs to look for their end. Their
   * id, or 0; they end at `end`. What stands behind them may make them the beginning of something else: look.
   */
  findNext(view: DataView, from: number, to: number): number {
    const guess = this.#last < 0 ? -1 : (this.#next[this.#last] as number);
    if (guess < 0) return 0;
    const end = from + (this.#length[guess] as number);
    if (end > to || !this.#equals(guess, view, from, end)) return 0;
    this.#last = guess;
    this.end = end;
    return this.#id[guess] as number;
  }

  /** Remembers bytes that `find` doesn't know. */
  add(view: DataView, from: number, to: number, id: number): void {
    const length = to - from;
    if (length > this.#maxBytes >> 4) return;
    if (this.#used + length > this.#maxBytes) this.#clear();
    if (this.#used + length > this.#bytes.byteLength) this.#growBytes(length);
    if (this.#size === this.#id.length) this.#growEntries();
    const entry = this.#size++;
    const target = new Uint8Array(this.#bytes.buffer, this.#used, length);
    target.set(new Uint8Array(view.buffer, view.byteOffset + from, length));
    this.#offset[entry] = this.#used;
    this.#length[entry] = length;
    this.#hash[entry] = hashOf(view, from, to);
    this.#id[entry] = id;
    this.#next[entry] = -1;
    this.#used += length;
    this.#place(entry);
    this.#follow(entry);
  }

  #follow(entry: number): void {
    if (this.#last >= 0) this.#next[this.#last] = entry;
    this.#last = entry;
  }

  #equals(entry: number, view: DataView, from: number, to: number): boolean {
    const length = to - from;
    if (this.#length[entry] !== length) return false;
    const bytes = this.#bytes;
    const offset = this.#offset[entry] as number;
    let i = 0;
    for (; i + 16 <= length; i += 16) {
      const [a, b] = [offset + i, from + i];
      if (
        ((bytes.getInt32(a, true) ^ view.getInt32(b, true)) |
          (bytes.getInt32(a + 4, true) ^ view.getInt32(b + 4, true)) |
          (bytes.getInt32(a + 8, true) ^ view.getInt32(b + 8, true)) |
          (bytes.getInt32(a + 12, true) ^ view.getInt32(b + 12, true))) !==
        0
      )
        return false;
    }
    for (; i + 4 <= length; i += 4) if (bytes.getInt32(offset + i, true) !== view.getInt32(from + i, true)) return false;
    for (; i < length; i++) if (bytes.getUint8(offset + i) !== view.getUint8(from + i)) return false;
    return true;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hash[entry] as number) & mask;
    while ((this.#slots[slot] as number) >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }

  #clear(): void {
    this.#slots.fill(-1);
    this.#size = 0;
    this.#used = 0;
    this.#last = -1;
  }

  #growBytes(length: number): void {
    // In large steps: the system gives memory when it is first written, but what is outgrown stays until garbage is collected.
    const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(this.#bytes.byteLength * 8, this.#used + length)));
    larger.set(new Uint8Array(this.#bytes.buffer, 0, this.#used));
    this.#bytes = new DataView(larger.buffer);
  }

  #growEntries(): void {
    const length = this.#id.length * 2;
    const grow = <T extends Uint32Array | Int32Array>(old: T, larger: T): T => {
      larger.set(old);
      return larger;
    };
    this.#offset = grow(this.#offset, new Uint32Array(length));
    this.#length = grow(this.#length, new Uint32Array(length));
    this.#hash = grow(this.#hash, new Int32Array(length));
    this.#id = grow(this.#id, new Uint32Array(length));
    this.#next = grow(this.#next, new Int32Array(length));
    this.#slots = new Int32Array(length * 2).fill(-1);
    for (let entry = 0; entry < this.#size; entry++) this.#place(entry);
  }
}

function hashOf(view: DataView, from: number, to: number): number {
  let hash = SEED;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < to; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) | 0;
}

/** Differs from process to process, so that no sender can prepare labels that share a slot. */
const SEED = Math.floor(Math.random() * 2 ** 32) | 0;
