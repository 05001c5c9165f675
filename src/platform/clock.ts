/**
 * Time as the rest of nines sees it. Everything that decides takes a Clock, so that a test, a drill or a
 * backtest can run the same code on another time. All times are milliseconds since the Unix epoch (UTC).
 */
export interface Clock {
  /** The current time in milliseconds since the epoch. May jump: use it for what people read, not for durations. */
  now(): number;
  /** A time that never goes backwards, in milliseconds from an arbitrary start: use it for durations. */
  monotonic(): number;
  /** Calls `run` once, `delayMs` from now (at once when negative). A rejection or throw is the caller's to handle. */
  after(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    // setTimeout fires at once for delays over 2^31-1 ms: wait in steps instead.
    const LONGEST = 2 ** 31 - 1;
    const due = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - performance.now();
      handle = setTimeout(left > LONGEST ? arm : run, Math.max(0, Math.min(left, LONGEST)));
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
};
