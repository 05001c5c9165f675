import type { ProtobufReader } from '../protobuf-reader.ts';

/** References to symbols, in pairs of a label's name and value. Used again and again, it costs no garbage. */
export class ReferenceList {
  #refs = new Uint32Array(64);
  #numbers = new DataView(new ArrayBuffer(64 * 4));
  #tooLarge = false;
  size = 0;

  clear(): void {
    this.size = 0;
    this.#tooLarge = false;
  }

  at(i: number): number {
    return this.#refs[i] as number;
  }

  /** Reads a field of references, packed (10 is the tag of the first field so) or one by one. */
  read(reader: ProtobufReader, tag: number): void {
    if (tag === 8) {
      this.#add(reader.varint());
      return;
    }
    const outer = reader.enter();
    const end = reader.end;
    while (!reader.done) this.#add(reader.varint());
    reader.leave(outer, end);
  }

  /** What is wrong with them in a request of so many symbols. */
  problem(symbols: number): string | undefined {
    if (this.size % 2 !== 0) return `a series has ${this.size} label references, which are no pairs of name and value`;
    let largest = this.#tooLarge ? Number.POSITIVE_INFINITY : -1;
    for (let i = 0; i < this.size; i++) if ((this.#refs[i] as number) > largest) largest = this.#refs[i] as number;
    if (largest < symbols) return undefined;
    return `a series refers to symbol ${largest === Number.POSITIVE_INFINITY ? 'beyond 2^32' : largest}, and the request has ${symbols}`;
  }

  /** What the references stand for, by `numberOf`, four bytes each from the start. */
  numbers(numberOf: (ref: number) => number): DataView {
    const view = this.#numbers;
    for (let i = 0; i < this.size; i++) view.setUint32(i * 4, numberOf(this.#refs[i] as number), true);
    return view;
  }

  #add(ref: number): void {
    if (ref < 0 || ref > 0xffffffff) this.#tooLarge = true;
    if (this.size === this.#refs.length) {
      const larger = new Uint32Array(this.#refs.length * 2);
      larger.set(this.#refs);
      this.#refs = larger;
      this.#numbers = new DataView(new ArrayBuffer(larger.length * 4));
    }
    this.#refs[this.size++] = ref;
  }
}
