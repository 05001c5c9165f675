import type { Clock, Timer } from './clock.ts';

const EVERY_MS = 1_000;
/** Smaller steps are what time synchronisation does all day. */
const JUMP_MS = 5_000;

/**
 * Notices when the wall clock jumps against the monotonic one (set by hand, NTP after a long outage, a suspended laptop),
 * within a second, and says by how many milliseconds. Returns what ends the watch.
 */
export function watchClock(clock: Clock, onJump: (byMs: number) => void): () => void {
  let offset = clock.now() - clock.monotonic();
  let timer: Timer;
  const look = (): void => {
    const now = clock.now() - clock.monotonic();
    // The monotonic clock has fractions; times that are stored have none.
    if (Math.abs(now - offset) >= JUMP_MS) onJump(Math.round(now - offset));
    offset = now;
    timer = clock.after(EVERY_MS, look);
  };
  timer = clock.after(EVERY_MS, look);
  return () => timer.cancel();
}
