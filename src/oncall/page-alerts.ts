import { sql as template, type Kysely } from 'kysely';
import { json, type Queryable } from '../platform/sql/index.ts';
import type { PagedAlert } from './alert-sink.ts';
import type { PageAlert } from './page.ts';

interface Tables {
  page_alerts: { page: string; fingerprint: string; state: PageAlert['state']; active_at: number; alert: PagedAlert };
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

/** Adds alerts that fire, or tells of those that are there already. Returns how many were not firing in it before. */
export async function putFiring(tx: Queryable, page: string, alerts: readonly PagedAlert[]): Promise<number> {
  const prints = alerts.map(({ fingerprint }) => fingerprint);
  const known = await on(tx)
    .selectFrom('page_alerts')
    .select('fingerprint')
    .where('page', '=', page)
    .where('state', '=', 'firing')
    .where('fingerprint', 'in', prints)
    .execute();
  await on(tx)
    .insertInto('page_alerts')
    .values(
      alerts.map((alert) => ({
        page,
        fingerprint: alert.fingerprint,
        state: 'firing' as const,
        active_at: alert.activeAt,
        alert: json(alert),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['page', 'fingerprint']).doUpdateSet((set) => ({ state: 'firing', alert: set.ref('excluded.alert') })),
    )
    .execute();
  return new Set(prints).size - known.length;
}

/** Marks alerts as resolved in the open pages that have them; the pages touched. */
export async function putResolved(tx: Queryable, alerts: readonly PagedAlert[]): Promise<string[]> {
  const touched = new Set<string>();
  for (const alert of alerts) {
    const pages = await on(tx)
      .updateTable('page_alerts')
      .set({ state: 'resolved', alert: json(alert) })
      .where('fingerprint', '=', alert.fingerprint)
      .where('state', '=', 'firing')
      .returning('page')
      .execute();
    for (const { page } of pages) touched.add(page);
  }
  return [...touched];
}

export async function countFiring(queryable: Queryable, page: string): Promise<number> {
  const { count } = await on(queryable)
    .selectFrom('page_alerts')
    .select(template<number>`count(*) filter (where state = 'firing')`.as('count'))
    .where('page', '=', page)
    .executeTakeFirstOrThrow();
  return count;
}
