/** So many urgent ones in a row are followed by one of the others that wait: these go on, if slowly. */
const MOST_IN_A_ROW = 4;

/**
 * Who has one of so many places next: what is urgent before the rest, and each in the order in which it came. A pile of work
 * keeps a page waiting for no longer than what it is in the middle of takes.
 * @param kept of the places, for what is urgent alone
 */
export class Turns {
  readonly #places: number;
  readonly #kept: number;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];
  #busy = 0;
  #busyOthers = 0;
  #row = 0;

  constructor(places: number, kept = 0) {
    this.#places = places;
    this.#kept = kept;
  }

  /** Resolves when it is its turn, with what ends it. */
  take(urgent: boolean): Promise<() => void> {
    return new Promise((resolve) => {
      (urgent ? this.#urgent : this.#others).push(() => resolve(this.#end(urgent)));
      this.#next();
    });
  }

  #end(urgent: boolean): () => void {
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#busy -= 1;
      if (!urgent) this.#busyOthers -= 1;
      this.#next();
    };
  }

  #next(): void {
    while (this.#busy < this.#places) {
      const mayOthers = this.#busyOthers < this.#places - this.#kept && this.#others.length > 0;
      const urgent = this.#urgent.length > 0 && !(mayOthers && this.#row >= MOST_IN_A_ROW);
      if (!urgent && !mayOthers) return;
      this.#row = urgent && this.#others.length > 0 ? this.#row + 1 : 0;
      this.#busy += 1;
      if (!urgent) this.#busyOthers += 1;
      (urgent ? this.#urgent : this.#others).shift()!();
    }
  }
}
