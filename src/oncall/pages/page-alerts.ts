import { sql as template, type Kysely } from 'kysely';
import { json, type Queryable } from '../../platform/sql/index.ts';
import type { PagedAlert } from './alert-sink.ts';
import type { PageAlert } from './page.ts';

interface Tables {
  page_alerts: { page: string; fingerprint: string; state: PageAlert['state']; active_at: number; alert: PagedAlert };
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

/** Alerts that fire, and the page that they belong to. */
export interface AlertsOfPage {
  readonly page: string;
  readonly alerts: readonly PagedAlert[];
}

/** Adds alerts that fire to these pages, each held by the caller, or tells of those that are there already. Returns the pages in which some did not fire before. */
export async function putFiring(tx: Queryable, given: readonly AlertsOfPage[]): Promise<Set<string>> {
  if (given.length === 0) return new Set();
  // As one parameter: ten thousand alerts of one failure would be more parameters than a statement may have.
  const { rows } = await template<{ page: string }>`
    with given as materialized (
      select page, one as alert, one->>'fingerprint' as fingerprint
      from jsonb_to_recordset(${json(given)}) as pages (page text, alerts jsonb), jsonb_array_elements(alerts) one),
    put as (
      insert into page_alerts (page, fingerprint, state, active_at, alert)
      select page, fingerprint, 'firing', round((alert->>'activeAt')::numeric)::bigint, alert from given
      on conflict (page, fingerprint) do update set state = 'firing', alert = excluded.alert)
    select distinct page from given where not exists (
      select from page_alerts one where one.page = given.page and one.fingerprint = given.fingerprint and one.state = 'firing')`.execute(
    tx.db(),
  );
  return new Set(rows.map(({ page }) => page));
}

/** Marks alerts as resolved in the pages that have them firing; those pages. */
export async function putResolved(tx: Queryable, alerts: readonly PagedAlert[]): Promise<string[]> {
  if (alerts.length === 0) return [];
  const { rows } = await template<{ page: string }>`
    update page_alerts set state = 'resolved', alert = one from jsonb_array_elements(${json(alerts)}) one
    where fingerprint = one->>'fingerprint' and state = 'firing' returning page`.execute(tx.db());
  return [...new Set(rows.map(({ page }) => page))];
}

/** Those of these pages of which one of the alerts beside them was ever part. */
export async function seenBefore(queryable: Queryable, given: readonly AlertsOfPage[]): Promise<Set<string>> {
  if (given.length === 0) return new Set();
  const wanted = given.map(({ page, alerts }) => ({ page, fingerprints: alerts.map(({ fingerprint }) => fingerprint) }));
  const { rows } = await template<{ page: string }>`
    select distinct given.page from jsonb_to_recordset(${json(wanted)}) as given (page text, fingerprints jsonb)
    join page_alerts one on one.page = given.page and one.fingerprint in (select jsonb_array_elements_text(given.fingerprints))`.execute(
    queryable.db(),
  );
  return new Set(rows.map(({ page }) => page));
}

/** Those of these pages of which an alert fires. */
export async function stillFiring(queryable: Queryable, pages: readonly string[]): Promise<Set<string>> {
  if (pages.length === 0) return new Set();
  const { rows } = await template<{ page: string }>`
    select one.page from jsonb_array_elements_text(${json(pages)}) as one (page)
    where exists (select from page_alerts where page_alerts.page = one.page and state = 'firing')`.execute(queryable.db());
  return new Set(rows.map(({ page }) => page));
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
