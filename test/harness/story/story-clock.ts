import type { Clock, Timer } from '../../../src/platform/clock.ts';

/** Leaps from one due job to the next: the queue's own look every five seconds would be thousands of empty ones in a story. */
export class StoryClock implements Clock {
  #now: number;
  #generation = 0;
  #timers = new Set<{ at: number; run: () => void }>();

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  now = (): number => this.#now;
  monotonic = (): number => this.#now;

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** The clock of one process. */
  ofProcess(): Clock {
    const generation = this.#generation;
    const after = (delayMs: number, run: () => void): Timer =>
      generation === this.#generation ? this.after(delayMs, run) : { cancel: () => undefined };
    return { now: this.now, monotonic: this.monotonic, after };
  }

  /** The process died: none of its timers will run, nor does it set others. */
  forget(): void {
    this.#timers.clear();
    this.#generation += 1;
  }

  leapTo(at: number): void {
    this.#now = at;
    for (const timer of [...this.#timers].filter((one) => one.at <= at)) {
      this.#timers.delete(timer);
      timer.run();
    }
  }
}
