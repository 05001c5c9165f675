/** A stream's total so far, and the time of its newest part (milliseconds). */
interface Total {
  total: number;
  time: number;
}

/** How to take back what a request changed when its samples could not be stored: the sender sends it again. In order. */
export interface Journal {
  readonly undo: (() => void)[];
}

export function takeBack({ undo }: Journal): void {
  for (const one of undo.reverse()) one();
}

const MOST_STREAMS = 2_000_000;
/** A stream that has been silent for so long starts anew, as a program that was restarted does. */
const FORGET_MS = 6 * 3_600_000;

/**
 * Adds up what senders report as differences (delta temporality), by series, because rate() and its kin want running totals. They
 * start at zero with the process: a counter reset, which those functions know.
 */
export class DeltaTotals {
  readonly #totals = new Map<number, Total>();

  /** Whether the stream is known. */
  has(id: number): boolean {
    return this.#totals.has(id);
  }

  /** The total with this part; undefined where the part isn't newer than the last one, and so was counted already. */
  add(id: number, time: number, delta: number, journal: Journal): number | undefined {
    const before = this.#totals.get(id);
    if (before && time <= before.time) return undefined;
    if (!before && this.#totals.size >= MOST_STREAMS) this.#forget(time);
    const total = (before && time - before.time < FORGET_MS ? before.total : 0) + delta;
    const after = { total, time };
    this.#totals.set(id, after);
    // A later request may have gone on with it: then the part is counted, and won't be when it comes again.
    journal.undo.push(() => {
      if (this.#totals.get(id) !== after) return;
      if (before) this.#totals.set(id, before);
      else this.#totals.delete(id);
    });
    return total;
  }

  /** Drops silent streams, and the oldest tenth where all are alive. */
  #forget(now: number): void {
    for (const [id, { time }] of this.#totals) if (now - time > FORGET_MS) this.#totals.delete(id);
    let surplus = this.#totals.size - MOST_STREAMS * 0.9;
    for (const id of this.#totals.keys()) if (surplus-- > 0) this.#totals.delete(id);
  }
}
