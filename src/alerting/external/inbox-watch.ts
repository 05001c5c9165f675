import type { Clock } from '../../platform/clock.ts';
import type { Health } from '../../platform/health.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Backlog } from './inbox-store.ts';

export interface WatchDeps {
  readonly clock: Clock;
  readonly health: Health;
  readonly metrics: Registry;
}

/** What waits longer than this is too late for a page. */
const LATE_MS = 30_000;

/** Tells how much waits to be worked off, in nines' own metrics and in its health. */
export function createInboxWatch({ clock, health, metrics }: WatchDeps): (backlog: Backlog) => void {
  const gauge = (name: string, help: string) => metrics.gauge({ name, help });
  const alerts = gauge('nines_alerting_inbox_alerts', 'Alerts from outside that are kept, and wait to be worked off.');
  const bytes = gauge('nines_alerting_inbox_bytes', 'How much those that wait take, in bytes of JSON.');
  const oldest = gauge('nines_alerting_inbox_oldest_seconds', 'How long the oldest of those that wait has waited.');
  return (backlog) => {
    const waitsMs = backlog.oldestAt === null ? 0 : Math.max(0, clock.now() - backlog.oldestAt);
    alerts.set(backlog.alerts);
    bytes.set(backlog.bytes);
    oldest.set(waitsMs / 1_000);
    const problem = problemOf(backlog, waitsMs);
    health.report('alerting.inbox', problem === undefined ? 'ok' : 'degraded', problem);
  };
}

/** In words that change seldom: each change is told. */
function problemOf({ alerts, failed }: Backlog, waitsMs: number): string | undefined {
  if (failed > 0)
    return 'Some alerts from outside can not be worked off. They are kept and tried again, up to every five minutes; the log says why.';
  if (alerts === 0 || waitsMs < LATE_MS) return undefined;
  return 'Alerts from outside come faster than they are worked off, or the database is slow: some have waited longer than 30 s. Critical ones go first.';
}
