import type { Clock } from '../../platform/clock.ts';

/** More than this between the wall clock and the monotonic one is a jump; less is a clock that is being slewed. */
const JUMP_MS = 2_000;

/**
 * The wall clock, watched: alerts keep the times that people read, and their durations must still be the monotonic clock's.
 * When the wall clock jumps (or the machine slept), `onJump` is told by how much before the new time is used.
 */
export class Timeline {
  readonly #clock: Clock;
  readonly #onJump: (byMs: number) => void;
  #skew: number;

  constructor(clock: Clock, onJump: (byMs: number) => void) {
    this.#clock = clock;
    this.#onJump = onJump;
    this.#skew = clock.now() - clock.monotonic();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const now = this.#clock.now();
    const skew = now - this.#clock.monotonic();
    const jumped = skew - this.#skew;
    this.#skew = skew;
    // The monotonic clock has fractions; times that are stored have none.
    if (Math.abs(jumped) > JUMP_MS) this.#onJump(Math.round(jumped));
    return now;
  }
}
