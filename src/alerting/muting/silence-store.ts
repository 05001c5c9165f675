import { sql as template, type Kysely } from 'kysely';
import type { Matcher } from '../../monitoring/index.ts';
import { json, type Queryable, type Tx } from '../../platform/sql/index.ts';
import type { Recurrence } from './recurrence.ts';
import type { Silence } from './silence.ts';

interface SilenceRow {
  id: string;
  matchers: readonly Matcher[];
  starts_at: number;
  ends_at: number;
  recurring: Recurrence | null;
  reason: string;
  created_by: string;
  person: string | null;
  created_at: number;
  updated_at: number;
  announced_at: number | null;
}

const on = (queryable: Queryable): Kysely<{ silences: SilenceRow }> => queryable.db();

/** Adds it, or replaces the one with its id. */
export async function saveSilence(tx: Tx, silence: Silence): Promise<void> {
  const { id, ...rest } = rowOf(silence);
  await on(tx)
    .insertInto('silences')
    .values({ id, ...rest })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
    .execute();
}

/** Held against others until the transaction ends. */
export async function lockSilence(tx: Tx, id: string): Promise<Silence | undefined> {
  const row = await on(tx).selectFrom('silences').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && silenceOf(row);
}

export async function findSilence(queryable: Queryable, id: string): Promise<Silence | undefined> {
  const row = await on(queryable).selectFrom('silences').selectAll().where('id', '=', id).executeTakeFirst();
  return row && silenceOf(row);
}

/** Those that end after `since`, the one that ends first first. */
export async function silencesEndingAfter(queryable: Queryable, since: number, limit = 100_000): Promise<Silence[]> {
  const rows = await on(queryable)
    .selectFrom('silences')
    .selectAll()
    .where('ends_at', '>', since)
    .orderBy('ends_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(silenceOf);
}

/** Those that ended before, the newest first. */
export async function endedSilences(queryable: Queryable, now: number, limit: number): Promise<Silence[]> {
  const ended = on(queryable).selectFrom('silences').selectAll().where('ends_at', '<=', now);
  return (await ended.orderBy('ends_at', 'desc').orderBy('id').limit(limit).execute()).map(silenceOf);
}

/** How many are in force or will be. */
export async function countSilences(queryable: Queryable, now: number): Promise<number> {
  const { count } = await on(queryable)
    .selectFrom('silences')
    .select(template<number>`count(*)`.as('count'))
    .where('ends_at', '>', now)
    .executeTakeFirstOrThrow();
  return count;
}

export async function markAnnounced(tx: Tx, id: string, at: number): Promise<void> {
  await on(tx).updateTable('silences').set({ announced_at: at }).where('id', '=', id).execute();
}

export async function forgetSilences(tx: Tx, endedBefore: number): Promise<void> {
  await on(tx).deleteFrom('silences').where('ends_at', '<', endedBefore).execute();
}

const rowOf = (silence: Silence): SilenceRow => ({
  id: silence.id,
  matchers: json(silence.matchers) as unknown as readonly Matcher[],
  starts_at: silence.startsAt,
  ends_at: silence.endsAt,
  recurring: silence.recurring === null ? null : (json(silence.recurring) as unknown as Recurrence),
  reason: silence.reason,
  created_by: silence.createdBy,
  person: silence.person,
  created_at: silence.createdAt,
  updated_at: silence.updatedAt,
  announced_at: silence.announcedAt,
});

const silenceOf = (row: SilenceRow): Silence => ({
  id: row.id,
  matchers: row.matchers,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  recurring: row.recurring,
  reason: row.reason,
  createdBy: row.created_by,
  person: row.person,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  announcedAt: row.announced_at,
});
