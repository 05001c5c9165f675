import { type Kysely, sql as template } from 'kysely';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { OverrideLayer } from './roster.ts';

export interface OverrideRow {
  id: string;
  schedule: string;
  layer: OverrideLayer;
  person: string;
  from_at: number;
  to_at: number;
  reason: string;
  /** The swap that it is half of. */
  swap: string | null;
  /** The roster's version with it: of two overrides, the later made. */
  made: number;
  created_at: number;
  created_by: string;
}

interface Tables {
  roster_version: { one: boolean; version: number };
  schedule_overrides: OverrideRow;
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

/** Grows with every change of overrides and calendars, also by other processes: whoever knows it knows whether theirs is the latest. */
export async function rosterVersion(queryable: Queryable): Promise<number> {
  return (await on(queryable).selectFrom('roster_version').select('version').executeTakeFirst())?.version ?? 0;
}

/** Says that the roster changes with this transaction. Others who change it wait until it ends. Returns the new version. */
export async function changeRoster(tx: Tx): Promise<number> {
  const { version } = await on(tx)
    .insertInto('roster_version')
    .values({ one: true, version: 1 })
    .onConflict((conflict) => conflict.column('one').doUpdateSet({ version: template<number>`roster_version.version + 1` }))
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

/** Those that end later than `since`, in the order in which they were made. */
export const listOverrides = (queryable: Queryable, since: number, schedule?: string): Promise<OverrideRow[]> => {
  const select = on(queryable).selectFrom('schedule_overrides').selectAll().where('to_at', '>', since).orderBy('made').orderBy('id');
  return (schedule === undefined ? select : select.where('schedule', '=', schedule)).execute();
};

export async function insertOverride(tx: Tx, row: Omit<OverrideRow, 'made'>): Promise<OverrideRow> {
  const full = { ...row, made: await changeRoster(tx) };
  await on(tx).insertInto('schedule_overrides').values(full).execute();
  return full;
}

/** Undefined where there is none. */
export async function deleteOverride(tx: Tx, schedule: string, id: string): Promise<OverrideRow | undefined> {
  const gone = await on(tx)
    .deleteFrom('schedule_overrides')
    .where('id', '=', id)
    .where('schedule', '=', schedule)
    .returningAll()
    .executeTakeFirst();
  if (gone) await changeRoster(tx);
  return gone;
}
