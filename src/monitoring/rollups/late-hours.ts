import { HOUR } from './resolutions.ts';

/**
 * The hours whose rollups lack samples that arrived after them: their answers come from the samples until they are rolled up again.
 * Hours are their ends, in milliseconds.
 */
export class LateHours {
  /** The hour, and the count of touches when it was touched last. */
  readonly #hours = new Map<number, number>();
  #touches = 0;
  #newest = 0;

  get size(): number {
    return this.#hours.size;
  }

  /** How often anything was touched so far. */
  get touches(): number {
    return this.#touches;
  }

  list(): number[] {
    return [...this.#hours.keys()];
  }

  touch(time: number): void {
    this.#touches++;
    // A backfill brings an hour's samples together.
    if (time > this.#newest - HOUR && time <= this.#newest && this.#hours.get(this.#newest) === this.#touches - 1) {
      this.#hours.set(this.#newest, this.#touches);
      return;
    }
    this.#newest = Math.ceil(time / HOUR) * HOUR;
    this.#hours.set(this.#newest, this.#touches);
  }

  /** Forgets the hours that weren't touched after so many touches. */
  settle(touches: number): void {
    for (const [hour, last] of this.#hours) if (last <= touches) this.#hours.delete(hour);
  }
}
