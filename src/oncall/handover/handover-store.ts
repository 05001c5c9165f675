import type { Kysely } from 'kysely';
import type { Queryable, Tx } from '../../platform/sql/index.ts';

export interface HandoverRow {
  schedule: string;
  at: number;
  outgoing: string;
  incoming: string;
  /** What was told of it. */
  digest: string;
}

export interface NoteRow {
  id: string;
  schedule: string;
  author: string;
  text: string;
  created_at: number;
}

export interface WorkRow {
  id: string;
  subject: string;
  severity: string;
  state: string;
  acknowledged_by: string | null;
  triggered_at: number;
  responded_at: number | null;
}

interface Tables {
  handovers: HandoverRow;
  handover_seen: { schedule: string; until: number };
  handover_notes: NoteRow;
  pages: WorkRow & { policy: string | null };
}
const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();
const MOST_NOTES = 50;
const MOST_PAGES = 1_000;

/** Up to when a schedule was looked through for hand-overs; undefined for one that is new. */
export const seenUntil = async (queryable: Queryable, schedule: string): Promise<number | undefined> =>
  (await on(queryable).selectFrom('handover_seen').select('until').where('schedule', '=', schedule).executeTakeFirst())?.until;

/** Takes the look from `seen` to `until`; false where another process took it meanwhile. */
export async function takeLook(tx: Tx, schedule: string, seen: number | undefined, until: number): Promise<boolean> {
  const taken =
    seen === undefined
      ? on(tx)
          .insertInto('handover_seen')
          .values({ schedule, until })
          .onConflict((conflict) => conflict.doNothing())
          .returning('until')
      : on(tx).updateTable('handover_seen').set({ until }).where('schedule', '=', schedule).where('until', '=', seen).returning('until');
  return (await taken.execute()).length > 0;
}

export const addHandover = (tx: Tx, row: HandoverRow): Promise<unknown> =>
  on(tx)
    .insertInto('handovers')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();

export const listHandovers = (queryable: Queryable, schedule: string, limit: number): Promise<HandoverRow[]> =>
  on(queryable).selectFrom('handovers').selectAll().where('schedule', '=', schedule).orderBy('at', 'desc').limit(limit).execute();

export const addNote = (tx: Tx, row: NoteRow): Promise<unknown> => on(tx).insertInto('handover_notes').values(row).execute();

/** The notes after a time, the first first. */
export const notesAfter = (queryable: Queryable, schedule: string, after: number): Promise<NoteRow[]> =>
  on(queryable)
    .selectFrom('handover_notes')
    .selectAll()
    .where('schedule', '=', schedule)
    .where('created_at', '>', after)
    .orderBy('created_at')
    .limit(MOST_NOTES)
    .execute();

/** The pages of some policies that began after a time or are open still, the first first. */
export const workOf = (queryable: Queryable, policies: readonly string[], after: number): Promise<WorkRow[]> =>
  policies.length === 0
    ? Promise.resolve([])
    : on(queryable)
        .selectFrom('pages')
        .select(['id', 'subject', 'severity', 'state', 'acknowledged_by', 'triggered_at', 'responded_at'])
        .where('policy', 'in', policies)
        .where((where) => where.or([where('triggered_at', '>=', after), where('state', '<>', 'resolved')]))
        .orderBy('triggered_at')
        .limit(MOST_PAGES)
        .execute();
