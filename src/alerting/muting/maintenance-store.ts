import { type Kysely } from 'kysely';
import { json, type Queryable, type Tx } from '../../platform/sql/index.ts';
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

/** Adds it, or replaces the one with its id. */
export async function saveWindow(tx: Tx, window: MaintenanceWindow & { createdBy: string; createdAt: number }): Promise<void> {
  const row = {
    services: json(window.services) as unknown as readonly string[],
    starts_at: window.startsAt,
    ends_at: window.endsAt,
    recurring: window.recurring === null ? null : (json(window.recurring) as unknown as Recurrence),
    reason: window.reason,
    created_by: window.createdBy,
    created_at: window.createdAt,
  };
  await on(tx)
    .insertInto('maintenance_windows')
    .values({ id: window.id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

export async function lockWindow(tx: Tx, id: string): Promise<(MaintenanceWindow & { createdBy: string; createdAt: number }) | undefined> {
  const row = await on(tx).selectFrom('maintenance_windows').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && windowOf(row);
}

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
