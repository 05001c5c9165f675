import { sql as template, type Kysely } from 'kysely';
import { json, type Queryable } from '../platform/sql/index.ts';
import type { PagedAlert } from './alert-sink.ts';
import type { PageAlert } from './page.ts';

interface Tables {
  page_alerts: { page: string; fingerprint: string; state: PageAlert['state']; active_at: number; alert: PagedAlert };
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

/** Adds alerts that fire, or tells of those that are there already. Returns how many were not firing in it before. */
export async function putFiring(tx: Queryable, page: string, given: readonly PagedAlert[]): Promise<number> {
  const alerts = json([...new Map(given.map((alert) => [alert.fingerprint, alert])).values()]);
  // As one parameter: ten thousand alerts of one failure would be more parameters than a statement may have.
  const { rows } = await template<{ joined: number }>`
    select count(*) as joined from jsonb_array_elements(${alerts}) one where not exists (
      select from page_alerts where page = ${page} and fingerprint = one->>'fingerprint' and state = 'firing')`.execute(tx.db());
  await template`
    insert into page_alerts (page, fingerprint, state, active_at, alert)
    select ${page}, one->>'fingerprint', 'firing', round((one->>'activeAt')::numeric)::bigint, one from jsonb_array_elements(${alerts}) one
    on conflict (page, fingerprint) do update set state = 'firing', alert = excluded.alert`.execute(tx.db());
  return rows[0]?.joined ?? 0;
}

/** Marks alerts as resolved in the pages that have them firing; those pages. */
export async function putResolved(tx: Queryable, alerts: readonly PagedAlert[]): Promise<string[]> {
  if (alerts.length === 0) return [];
  const { rows } = await template<{ page: string }>`
    update page_alerts set state = 'resolved', alert = one from jsonb_array_elements(${json(alerts)}) one
    where fingerprint = one->>'fingerprint' and state = 'firing' returning page`.execute(tx.db());
  return [...new Set(rows.map(({ page }) => page))];
}

/** Whether any of these alerts was ever part of the page. */
export async function hasAny(queryable: Queryable, page: string, alerts: readonly PagedAlert[]): Promise<boolean> {
  const fingerprints = json(alerts.map(({ fingerprint }) => fingerprint));
  const { rows } = await template`
    select from page_alerts where page = ${page} and fingerprint in (select jsonb_array_elements_text(${fingerprints})) limit 1`.execute(
    queryable.db(),
  );
  return rows.length > 0;
}

export async function countFiring(queryable: Queryable, page: string): Promise<number> {
  const { count } = await on(queryable)
    .selectFrom('page_alerts')
    .select(template<number>`count(*) filter (where state = 'firing')`.as('count'))
    .where('page', '=', page)
    .executeTakeFirstOrThrow();
  return count;
}

/** The page on which this alert fires, and which is not resolved. */
export async function openPageOfAlert(queryable: Queryable, fingerprint: string): Promise<string | undefined> {
  const { rows } = await template<{ id: string }>`
    select pages.id from page_alerts join pages on pages.id = page_alerts.page
    where fingerprint = ${fingerprint} and page_alerts.state = 'firing' and pages.state <> 'resolved' limit 1`.execute(queryable.db());
  return rows[0]?.id;
}

/** The fingerprints of those that fire. */
export async function firingAlerts(queryable: Queryable, page: string): Promise<string[]> {
  const rows = on(queryable).selectFrom('page_alerts').select('fingerprint').where('page', '=', page).where('state', '=', 'firing');
  return (await rows.execute()).map(({ fingerprint }) => fingerprint);
}

/** The pages that an alert was ever part of, the newest first. */
export async function pagesOfAlert(queryable: Queryable, fingerprint: string, limit: number): Promise<string[]> {
  const rows = on(queryable).selectFrom('page_alerts').select('page').where('fingerprint', '=', fingerprint).orderBy('page', 'desc');
  return (await rows.limit(limit).execute()).map(({ page }) => page);
}
