import { hourOf } from './resolutions.ts';

/**
 * The hours whose rollups lack samples that arrived after them: their answers come from the samples until they are rolled up again.
 * Hours are their ends, in milliseconds.
 */
export class LateHours {
  /** The hour, and the count of touches when it was touched last. */
  readonly #hours = new Map<number, number>();
  #touches = 0;

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

  /** Returns the hour. */
  touch(time: number): number {
    const hour = hourOf(time);
    this.#hours.set(hour, ++this.#touches);
    return hour;
  }

  /** Forgets the hours that weren't touched after so many touches. */
  settle(touches: number): void {
    for (const [hour, last] of this.#hours) if (last <= touches) this.#hours.delete(hour);
  }
}
