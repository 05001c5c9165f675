import type { Kysely } from 'kysely';
import type { Queryable } from '../../platform/sql/index.ts';
import type { DrillRow } from './drill.ts';

interface Tables {
  page_drills: DrillRow;
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

export const insertDrill = async (tx: Queryable, row: DrillRow): Promise<void> =>
  void (await on(tx).insertInto('page_drills').values(row).execute());

export const findDrill = (queryable: Queryable, id: string): Promise<DrillRow | undefined> =>
  on(queryable).selectFrom('page_drills').selectAll().where('id', '=', id).executeTakeFirst();

/** The drill, held against others until the transaction ends. */
export const lockDrill = (tx: Queryable, id: string): Promise<DrillRow | undefined> =>
  on(tx).selectFrom('page_drills').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export const updateDrill = async (tx: Queryable, id: string, change: Partial<DrillRow>): Promise<void> =>
  void (await on(tx).updateTable('page_drills').set(change).where('id', '=', id).execute());

export interface DrillFilter {
  readonly service?: string | undefined;
  readonly marker?: string | undefined;
  readonly limit: number;
}

export function listDrills(queryable: Queryable, { service, marker, limit }: DrillFilter): Promise<DrillRow[]> {
  let select = on(queryable).selectFrom('page_drills').selectAll().orderBy('id', 'desc').limit(limit);
  if (service !== undefined) select = select.where('service', '=', service);
  if (marker !== undefined) select = select.where('id', '<', marker);
  return select.execute();
}
