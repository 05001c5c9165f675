import type { Kysely } from 'kysely';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { SwapJson } from './contract.ts';

export interface SwapRow {
  id: string;
  schedule: string;
  layer: 'primary' | 'secondary';
  giver: string;
  taker: string;
  from_at: number;
  to_at: number;
  back_from: number | null;
  back_to: number | null;
  note: string;
  state: SwapJson['state'];
  created_at: number;
  created_by: string;
  answered_at: number | null;
}

interface Tables {
  shift_swaps: SwapRow;
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

export async function insertSwap(tx: Tx, row: SwapRow): Promise<void> {
  await on(tx).insertInto('shift_swaps').values(row).execute();
}

/** Held against others until the transaction ends: a swap is answered once. */
export const lockSwap = (tx: Tx, id: string): Promise<SwapRow | undefined> =>
  on(tx).selectFrom('shift_swaps').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export async function updateSwap(tx: Tx, row: SwapRow, change: Pick<SwapRow, 'state' | 'answered_at'>): Promise<SwapRow> {
  await on(tx).updateTable('shift_swaps').set(change).where('id', '=', row.id).execute();
  return { ...row, ...change };
}

export interface SwapFilter {
  readonly state?: SwapRow['state'] | undefined;
  /** On either side. */
  readonly person?: string | undefined;
  readonly schedule?: string | undefined;
}

const MOST_LISTED = 200;

/** The newest first. */
export function listSwaps(queryable: Queryable, { state, person, schedule }: SwapFilter): Promise<SwapRow[]> {
  let select = on(queryable).selectFrom('shift_swaps').selectAll().orderBy('id', 'desc').limit(MOST_LISTED);
  if (state !== undefined) select = select.where('state', '=', state);
  if (schedule !== undefined) select = select.where('schedule', '=', schedule);
  if (person !== undefined) select = select.where((where) => where.or([where('giver', '=', person), where('taker', '=', person)]));
  return select.execute();
}

export async function countProposed(queryable: Queryable, giver: string): Promise<number> {
  const { count } = await on(queryable)
    .selectFrom('shift_swaps')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('giver', '=', giver)
    .where('state', '=', 'proposed')
    .executeTakeFirstOrThrow();
  return count;
}
