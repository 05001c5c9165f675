import { setImmediate as nextTurn } from 'node:timers/promises';

const LONGEST_MS = 8;

/**
 * For long loops: `if (breath.due) await breath.take()` lets everyone else on the event loop go on, every few milliseconds.
 * A page must not wait because somebody asks for a month of samples.
 */
export class Breath {
  #since = performance.now();
  #asked = 0;

  get due(): boolean {
    // Looking at the clock costs as much as a short step of a loop.
    return (this.#asked++ & 15) === 0 && performance.now() - this.#since > LONGEST_MS;
  }

  async take(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
