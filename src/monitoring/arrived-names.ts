/**
 * The names of the metrics that the series of a batch belong to. Every sample that arrives passes here, so that a name is looked up
 * once a series and taken once a batch.
 */
export class ArrivedNames {
  readonly #nameOf: (id: number) => string;
  /** By series: its metric's number; 0 where it isn't known yet. */
  #numbers = new Uint32Array(4096);
  readonly #names: string[] = [''];
  readonly #known = new Map<string, number>();
  /** By metric: the last batch that it was in. */
  #batches = new Uint32Array(256);
  #batch = 0;

  constructor(nameOf: (id: number) => string) {
    this.#nameOf = nameOf;
  }

  of(ids: Uint32Array): ReadonlySet<string> {
    const names = new Set<string>();
    const batch = ++this.#batch;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      const number = this.#numbers[id] || this.#learn(id);
      if (this.#batches[number] === batch) continue;
      this.#batches[number] = batch;
      names.add(this.#names[number] as string);
    }
    return names;
  }

  #learn(id: number): number {
    const name = this.#nameOf(id);
    let number = this.#known.get(name);
    if (number === undefined) {
      number = this.#names.push(name) - 1;
      this.#known.set(name, number);
      if (number >= this.#batches.length) this.#batches = grown(this.#batches, number);
    }
    if (id >= this.#numbers.length) this.#numbers = grown(this.#numbers, id);
    this.#numbers[id] = number;
    return number;
  }
}

function grown(old: Uint32Array, index: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(old.length * 2, index + 1));
  larger.set(old);
  return larger;
}
