import type { Ledger } from '../ledger/index.ts';
import type { Clock } from '../platform/clock.ts';
import { formatDuration } from '../platform/duration.ts';
import type { Health } from '../platform/health.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';

interface FollowClockDeps {
  readonly sql: Sql;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly health: Health;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long the UI keeps saying that the clock jumped. */
const SAY_FOR_MS = 3_600_000;

/** What happens when the wall clock jumps: what waits keeps its distance, and everyone who looks is told. */
export function followClock({ sql, ledger, jobs, health, clock, log }: FollowClockDeps): (byMs: number) => void {
  return (byMs) => {
    const how = `${formatDuration(Math.round(Math.abs(byMs) / 1000) * 1000)} ${byMs > 0 ? 'forward' : 'back'}`;
    log.warn({ byMs }, 'the clock jumped');
    health.report(
      'clock',
      'degraded',
      `The machine's clock jumped ${how}. Times around that moment are off; check its time synchronisation.`,
    );
    clock.after(SAY_FOR_MS, () => health.report('clock', 'ok'));
    const keep = async (): Promise<void> => {
      await jobs.shift(byMs);
      await sql.transaction((tx) =>
        ledger.append(tx, [{ kind: 'clock.jumped', actor: 'nines', title: `The clock jumped ${how}`, data: { byMs } }]),
      );
    };
    keep().catch((error: unknown) => log.error({ err: error }, 'a clock jump could not be followed'));
  };
}
