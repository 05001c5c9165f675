import { type Kysely } from 'kysely';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import type { Recurrence } from './recurrence.ts';

interface Row {
  id: string;
  services: readonly string[];
  starts_at: number;
  ends_at: number;
  recurring: Recurrence | null;
  reason: string;
  created_by: string;
  created_at: number;
}

const on = (queryable: Queryable): Kysely<{ maintenance_windows: Row }> => queryable.db();

/** Those that end after `since`, in the order in which they begin. */
export async function windowsEndingAfter(queryable: Queryable, since: number): Promise<(MaintenanceWindow & { createdAt: number })[]> {
  const rows = await on(queryable)
    .selectFrom('maintenance_windows')
    .selectAll()
    .where('ends_at', '>', since)
    .orderBy('starts_at')
    .execute();
  return rows.map(windowOf);
}

export async function forgetWindows(tx: Tx, endedBefore: number): Promise<void> {
  await on(tx).deleteFrom('maintenance_windows').where('ends_at', '<', endedBefore).execute();
}

const windowOf = (row: Row) => ({
  id: row.id,
  services: row.services,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  recurring: row.recurring,
  reason: row.reason,
  createdBy: row.created_by,
  createdAt: row.created_at,
});
