/** When things that repeat take their turns: spread out, without drift, never two turns of one at a time. */
import type { Clock, Timer } from '../../platform/clock.ts';

export interface Cadence {
  /** No turn starts after this. One that is under way goes on. */
  stop(): void;
}

export interface CadenceOptions {
  /** Its turns come at a fixed place within the interval that depends on this alone, also after a restart. */
  readonly key: string;
  readonly intervalMs: number;
  /** Must not reject. @param time the turn's time: exactly on the grid where the timer was on time, else now */
  readonly turn: (time: number) => Promise<void>;
  /** Called where a turn is left out since the one before is still under way. */
  readonly onSkipped?: () => void;
}

/** A first look comes this soon after the start, so that no one waits an interval to see whether it works. */
const FIRST_LOOK_MS = 1_999;
/** How far off the grid a turn's time may be and still be put on it: samples at a steady distance compress and rate better. */
const SNAP_MS = 5;

export function startCadence(clock: Clock, { key, intervalMs, turn, onSkipped }: CadenceOptions): Cadence {
  const hash = hashOf(key);
  const phase = hash % intervalMs;
  let underWay = false;
  let stopped = false;
  let timer: Timer;

  const onGrid = (time: number): number => phase + Math.round((time - phase) / intervalMs) * intervalMs;

  function take(): void {
    if (stopped) return;
    const now = clock.now();
    const slot = onGrid(now);
    // The next slot but for rounding, whatever the clock did since: half an interval to one and a half ahead.
    // So after a jump of the clock there is neither a burst of turns nor an hour without.
    timer = clock.after(slot + intervalMs - now, take);
    if (underWay) {
      onSkipped?.();
      return;
    }
    void run(Math.abs(slot - now) <= SNAP_MS ? slot : now);
  }

  async function run(time: number): Promise<void> {
    underWay = true;
    try {
      await turn(time);
    } finally {
      underWay = false;
    }
  }

  timer = clock.after(1 + (hash % Math.min(intervalMs, FIRST_LOOK_MS)), take);
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

/** FNV-1a with a final mix, for an even spread of names that differ only in their last letter. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** At most `limit` at a time; the others wait in order. */
export function createGate(limit: number): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (run) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
