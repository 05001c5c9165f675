import type { Sql } from '../../platform/sql/index.ts';
import { CALLS, readBacklog, type Backlog, type Kept } from './inbox-store.ts';

const NOTHING: Backlog = { alerts: 0, bytes: 0, calls: 0, failed: 0, oldestAt: null, dueAt: null };

/** What waits, as this process knows it: counted from time to time, and between that from what it puts there and takes out. */
export function createBacklog(sql: Sql, looked: (backlog: Backlog) => void) {
  let now = NOTHING;
  /** What the process before left is not known yet. */
  let known = false;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const count = (kept: readonly Pick<Kept, 'bytes' | 'urgency'>[], sign: 1 | -1): void => {
    const alerts = Math.max(0, now.alerts + sign * kept.length);
    const bytes = Math.max(0, now.bytes + sign * kept.reduce((sum, one) => sum + one.bytes, 0));
    const calls = Math.max(0, now.calls + sign * kept.filter(({ urgency }) => urgency === CALLS).length);
    now = alerts === 0 && now.failed === 0 ? NOTHING : { ...now, alerts, bytes, calls };
  };

  return {
    get now(): Backlog {
      return now;
    },
    add(kept: readonly Kept[], at: number): void {
      if (kept.length === 0) return;
      count(kept, 1);
      now = { ...now, oldestAt: now.oldestAt ?? at, dueAt: 0 };
    },
    remove: (kept: readonly Kept[]): void => count(kept, -1),
    /** What was taken out stays. */
    failed(): void {
      now = { ...now, failed: now.failed + 1 };
    },
    /** Counts, unless that was less than `everyMs` ago, or nothing is known to wait. */
    async look(everyMs = 0): Promise<void> {
      const at = performance.now();
      if (at - lookedAt < everyMs) return;
      lookedAt = at;
      if (now !== NOTHING || !known) now = await readBacklog(sql);
      known = true;
      if (now.alerts === 0) now = NOTHING;
      looked(now);
    },
  };
}
