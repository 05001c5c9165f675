import { LabelCache } from '../label-cache.ts';
import type { ProtobufReader } from '../protobuf-reader.ts';

/** More texts than any request needs whose series have few labels; the memory for them is twelve bytes each. */
export const MOST_SYMBOLS = 2_000_000;

/**
 * Numbers for texts that stay the same from request to request: remote write 2.0 numbers its texts anew in each. A series is then
 * known by the numbers of its labels, as in 1.0 by its bytes.
 */
export class SymbolNumbers {
  readonly #cache: LabelCache;
  #next = 1;

  constructor(maxBytes: number) {
    this.#cache = new LabelCache(maxBytes);
  }

  /** The number of the bytes, never that of others: a text that was forgotten gets a new one. */
  numberOf(view: DataView, from: number, to: number): number {
    const known = this.#cache.find(view, from, to);
    if (known !== 0) return known;
    const number = this.#next++;
    this.#cache.add(view, from, to, number);
    return number;
  }

  /** Whether numbers may come again, which they do after 2^32: what was derived from them must be forgotten too. */
  get spent(): boolean {
    return this.#next > 0xffffffff - MOST_SYMBOLS;
  }
}

/** The texts of one request, read only as far as they are asked for. */
export class SymbolTable {
  readonly #reader: ProtobufReader;
  readonly #numbers: SymbolNumbers;
  #offsets = new Uint32Array(1024);
  #lengths = new Uint32Array(1024);
  #known: Uint32Array | undefined;
  #size = 0;

  constructor(reader: ProtobufReader, numbers: SymbolNumbers) {
    this.#reader = reader;
    this.#numbers = numbers;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes the text whose length stands at the reader's place. False when there are too many. */
  take(): boolean {
    if (this.#size === MOST_SYMBOLS) return false;
    if (this.#size === this.#offsets.length) this.#grow();
    const reader = this.#reader;
    const outer = reader.enter();
    const from = reader.at;
    const to = reader.end;
    reader.leave(outer, to);
    this.#offsets[this.#size] = from;
    this.#lengths[this.#size++] = to - from;
    return true;
  }

  /** The text's number across requests. `ref` must be below `size`. */
  numberOf(ref: number): number {
    this.#known ??= new Uint32Array(this.#size);
    let number = this.#known[ref] as number;
    if (number === 0) {
      const from = this.#offsets[ref] as number;
      number = this.#numbers.numberOf(this.#reader.view, from, from + (this.#lengths[ref] as number));
      this.#known[ref] = number;
    }
    return number;
  }

  /** The text, or undefined where it is not UTF-8. `ref` must be below `size`. */
  textOf(ref: number): string | undefined {
    const from = this.#offsets[ref] as number;
    return this.#reader.textBetween(from, from + (this.#lengths[ref] as number));
  }

  /** Whether the text is this one, of ASCII characters. */
  is(ref: number, text: string): boolean {
    if (this.#lengths[ref] !== text.length) return false;
    const from = this.#offsets[ref] as number;
    for (let i = 0; i < text.length; i++) if (this.#reader.bytes[from + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  #grow(): void {
    const grown = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(Math.min(MOST_SYMBOLS, old.length * 2));
      larger.set(old);
      return larger;
    };
    this.#offsets = grown(this.#offsets);
    this.#lengths = grown(this.#lengths);
  }
}
