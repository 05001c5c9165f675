import type { Clock, Timer } from '../../src/platform/clock.ts';

interface Due {
  at: number;
  order: number;
  run: () => void;
}

/** A clock that stands still until it is told to go on. Timers run in order, each at its own time. */
export class VirtualClock implements Clock {
  #now: number;
  /** What `jump` moved the wall clock by; timers follow the monotonic time, as the machine's do. */
  #jumped = 0;
  #due: Due[] = [];
  #order = 0;

  constructor(start: number | string) {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
  }

  now(): number {
    return this.#now + this.#jumped;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const due: Due = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#due.push(due);
    return { cancel: () => void (this.#due = this.#due.filter((one) => one !== due)) };
  }

  /** Sets the wall clock forward or back without time passing. */
  jump(byMs: number): void {
    this.#jumped += byMs;
  }

  /**
   * Lets time pass, running what falls due on the way. After each timer, `settle` is awaited, so that what the timer
   * began (a query, a delivery) has happened before time goes on.
   */
  async advance(byMs: number, settle: () => Promise<void> = () => new Promise((resolve) => setImmediate(resolve))): Promise<void> {
    const end = this.#now + byMs;
    await settle();
    for (;;) {
      const next = this.#due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!next || next.at > end) break;
      this.#due.shift();
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}
