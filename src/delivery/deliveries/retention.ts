import { sql as template } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Sql } from '../../platform/sql/index.ts';

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly settings: { readonly keep?: number };
}

const DAY_MS = 86_400_000;
export const DEFAULT_KEEP_MS = 400 * DAY_MS;
const RETENTION = 'delivery.retention';
const ROWS_AT_ONCE = 1_000;

/** Has old deliveries removed once a day, with their attempts; what has not left is kept. */
export async function startRetention({ sql, clock, jobs, settings }: Deps): Promise<void> {
  const { keep = DEFAULT_KEEP_MS } = settings;
  jobs.handle(RETENTION, {
    concurrency: 1,
    async run() {
      const now = clock.now();
      while ((await removeSome(sql, now - keep)) === ROWS_AT_ONCE);
      // Of providers that nothing has been sent to for days.
      await template`delete from delivery_breakers where retry_at < ${now - 7 * DAY_MS}`.execute(sql.db());
      return { again: now + DAY_MS };
    },
  });
  await sql.transaction((tx) => jobs.enqueue(tx, { kind: RETENTION, key: 'all', priority: 9 }));
}

async function removeSome(sql: Sql, before: number): Promise<number> {
  const { rows } = await template`
    delete from deliveries where id in (select id from deliveries where created_at < ${before} and state <> 'queued' limit ${ROWS_AT_ONCE})
    returning id`.execute(sql.db());
  return rows.length;
}
