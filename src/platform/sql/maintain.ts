import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { SqlWithScripts } from './create-sql.ts';
import type { Sql } from './sql.ts';

const SOON_MS = 60_000;
const EVERY_MS = 3_600_000;

/**
 * Keeps the embedded engine's statistics and free space in order: it has no autovacuum, and a planner without statistics
 * reads whole tables. A server does this by itself. Returns what ends it.
 */
export function maintain(sql: Sql, clock: Clock, log: Log): () => void {
  if (!sql.exclusive) return () => undefined;
  const { runScript } = sql as SqlWithScripts;
  let timer: Timer;
  const run = (): void => {
    runScript('vacuum analyze').catch((error: unknown) => log.warn({ err: error }, 'the embedded PostgreSQL could not be maintained'));
    timer = clock.after(EVERY_MS, run);
  };
  timer = clock.after(SOON_MS, run);
  return () => timer.cancel();
}
