export interface FlapSettings {
  /** How far back changes count, in milliseconds; 0 turns it off. */
  readonly windowMs: number;
  /** From this many weighted changes on it flaps. */
  readonly high: number;
  /** Below this many it is calm again. */
  readonly low: number;
}

/** Three times on and off within the hour, and on again. */
export const DEFAULT_FLAPPING: FlapSettings = { windowMs: 3_600_000, high: 6, low: 3 };

const NEWEST = 1.2;
const OLDEST = 0.8;

/**
 * How often an alert began to fire or stopped, a recent change counting for more than an old one: 1.2 now, falling to 0.8 at
 * the window's end. The weights, and two thresholds instead of one, are those of Nagios Core, 'Detection and Handling of
 * State Flapping'; there over the last 21 checks, here over time, because alerts change when they like.
 * @param changes times in milliseconds
 */
export function weightedChanges(changes: readonly number[], now: number, { windowMs }: FlapSettings): number {
  let sum = 0;
  for (const at of changes) {
    const age = (now - at) / windowMs;
    if (age >= 0 && age < 1) sum += NEWEST - (NEWEST - OLDEST) * age;
  }
  return sum;
}

/** Whether it flaps now, if it did so before or not. */
export function isFlapping(changes: readonly number[], before: boolean, now: number, settings: FlapSettings): boolean {
  if (settings.windowMs === 0) return false;
  const weighted = weightedChanges(changes, now, settings);
  return before ? weighted >= settings.low : weighted >= settings.high;
}

/** When it will be calm if nothing changes any more. Between two changes that go out of the window the sum falls in a straight line. */
export function calmAt(changes: readonly number[], now: number, settings: FlapSettings): number {
  const { windowMs, low } = settings;
  const ends = changes.map((at) => at + windowMs).filter((at) => at > now).sort((a, b) => a - b); // prettier-ignore
  let from = now;
  for (const [gone, end] of ends.entries()) {
    const value = weightedChanges(changes, from, settings);
    if (value < low) return from;
    const slope = ((ends.length - gone) * (NEWEST - OLDEST)) / windowMs;
    const crosses = Math.floor(from + (value - low) / slope) + 1;
    if (crosses < end) return crosses;
    from = end;
  }
  return from;
}

/** Those that still count. */
export const recentChanges = (changes: readonly number[], now: number, { windowMs }: FlapSettings): number[] =>
  changes.filter((at) => now - at < windowMs).slice(-MOST_CHANGES);

/** More add nothing: it flaps by far. */
const MOST_CHANGES = 60;
