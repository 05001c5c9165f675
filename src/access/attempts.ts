import type { Clock } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';

const WINDOW_MS = 5 * 60_000;
const MOST_FAILURES = 10;
/** Beyond this many keys the oldest are forgotten: a flood of addresses must not eat the memory. */
const MOST_KEYS = 10_000;

/** Slows the guessing of passwords: ten failures in five minutes for an account or an address, then 429. */
export function createAttempts(clock: Clock) {
  const failures = new Map<string, number[]>();
  const recent = (key: string): number[] => (failures.get(key) ?? []).filter((at) => at > clock.monotonic() - WINDOW_MS);
  return {
    /** Throws 429 when one of the keys has failed too often. */
    admit(keys: readonly string[]): void {
      for (const key of keys) {
        const times = recent(key);
        const first = times.at(-MOST_FAILURES);
        if (first === undefined) continue;
        const wait = Math.ceil((first + WINDOW_MS - clock.monotonic()) / 1000);
        throw new Problem(429, 'too-many-attempts', `Too many failed attempts. Wait ${wait} seconds.`, { retryAfter: wait });
      }
    },
    failed(keys: readonly string[]): void {
      for (const key of keys) {
        const times = [...recent(key), clock.monotonic()];
        failures.delete(key);
        failures.set(key, times);
      }
      for (const key of failures.keys()) {
        if (failures.size <= MOST_KEYS) break;
        failures.delete(key);
      }
    },
    succeeded(keys: readonly string[]): void {
      for (const key of keys) failures.delete(key);
    },
  };
}
