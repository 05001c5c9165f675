import { sql as template } from 'kysely';
import { json, type Queryable, type Tx } from '../platform/sql/index.ts';
import type { PageState } from '../oncall/index.ts';
import type { IncidentState, LinkedPage } from './incident.ts';
import { fromRow, type IncidentTables, type StoredIncident, toRow } from './incident-row.ts';

export type { StoredIncident } from './incident-row.ts';

/** Locks out every other opening until the transaction ends, so that two pages of one failure find each other. */
export async function nextNumber(tx: Tx): Promise<number> {
  const row = await tx.db<IncidentTables>().selectFrom('incident_counter').select('number').forUpdate().executeTakeFirstOrThrow();
  return row.number + 1;
}

export async function insertIncident(tx: Tx, incident: StoredIncident): Promise<void> {
  await tx.db<IncidentTables>().updateTable('incident_counter').set({ number: incident.number }).execute();
  await tx.db<IncidentTables>().insertInto('incidents').values(toRow(incident)).execute();
}

export async function saveIncident(tx: Tx, incident: StoredIncident): Promise<void> {
  await tx.db<IncidentTables>().updateTable('incidents').set(toRow(incident)).where('id', '=', incident.id).execute();
}

export async function findIncident(on: Queryable, id: string): Promise<StoredIncident | undefined> {
  const row = await on.db<IncidentTables>().selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** What people call it: `3` for the incident of that number. */
export async function findByNumber(on: Queryable, number: number): Promise<StoredIncident | undefined> {
  const row = await on.db<IncidentTables>().selectFrom('incidents').selectAll().where('number', '=', number).executeTakeFirst();
  return row && fromRow(row);
}

/** As `findIncident`, and nobody else changes it until the transaction ends. */
export async function lockIncident(tx: Tx, id: string): Promise<StoredIncident | undefined> {
  const row = await tx.db<IncidentTables>().selectFrom('incidents').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && fromRow(row);
}

/** Newest first. `before`: a number. */
export async function listIncidents(
  on: Queryable,
  query: { state?: string | undefined; service?: string | undefined; before?: number | undefined; limit: number },
): Promise<StoredIncident[]> {
  let select = on.db<IncidentTables>().selectFrom('incidents').selectAll().orderBy('number', 'desc').limit(query.limit);
  if (query.state !== undefined) select = select.where('state', '=', query.state as IncidentState['state']);
  if (query.before !== undefined) select = select.where('number', '<', query.before);
  if (query.service !== undefined) select = select.where(template<boolean>`services @> ${json([query.service])}`);
  return (await select.execute()).map(fromRow);
}

/** Those that were open at some moment between two times; oldest first, the newest `limit`. */
export async function incidentsBetween(on: Queryable, from: number, to: number, limit: number): Promise<StoredIncident[]> {
  const rows = await on
    .db<IncidentTables>()
    .selectFrom('incidents')
    .selectAll()
    .where('outage_began_at', '<=', to)
    .where((where) => where.or([where('outage_ended_at', '>=', from), where('all_clear_at', '>=', from), where('state', '=', 'open')]))
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(fromRow).reverse();
}

export async function putPage(tx: Tx, incident: string, page: PageState): Promise<void> {
  const { id, subject, service, state, beganAt, triggeredAt, acknowledgedAt, acknowledgedBy, resolvedAt, alerts } = page;
  const facts = {
    subject,
    service,
    state,
    began_at: beganAt,
    triggered_at: triggeredAt,
    acknowledged_at: acknowledgedAt,
    acknowledged_by: acknowledgedBy,
    resolved_at: resolvedAt,
    alerts: json(alerts),
  };
  await tx
    .db<IncidentTables>()
    .insertInto('incident_pages')
    .values({ incident, page: id, ...facts })
    .onConflict((conflict) => conflict.columns(['incident', 'page']).doUpdateSet(facts))
    .execute();
}

export async function pagesOf(on: Queryable, incident: string): Promise<LinkedPage[]> {
  const rows = await on
    .db<IncidentTables>()
    .selectFrom('incident_pages')
    .selectAll()
    .where('incident', '=', incident)
    .orderBy('triggered_at')
    .execute();
  return rows.map((row) => ({
    id: row.page,
    subject: row.subject,
    service: row.service,
    state: row.state,
    beganAt: row.began_at,
    triggeredAt: row.triggered_at,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    resolvedAt: row.resolved_at,
    alerts: row.alerts,
  }));
}

/** Whether one of its pages fires: without reading what a storm of them holds. */
export async function hasFiringPage(on: Queryable, incident: string): Promise<boolean> {
  const firing = on.db<IncidentTables>().selectFrom('incident_pages').select('page').where('incident', '=', incident);
  return (await firing.where('state', '<>', 'resolved').limit(1).executeTakeFirst()) !== undefined;
}

/** Page ids by incident id. */
export async function pageIdsOf(on: Queryable, incidents: readonly string[]): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>(incidents.map((id) => [id, []]));
  if (incidents.length === 0) return ids;
  const rows = await on
    .db<IncidentTables>()
    .selectFrom('incident_pages')
    .select(['incident', 'page'])
    .where('incident', 'in', [...incidents])
    .orderBy('triggered_at')
    .execute();
  for (const { incident, page } of rows) ids.get(incident)?.push(page);
  return ids;
}

/** The newest incident of each page that has one: page id to incident id. */
export async function incidentsOfPages(on: Queryable, pages: readonly string[]): Promise<Map<string, string>> {
  if (pages.length === 0) return new Map();
  const rows = await on
    .db<IncidentTables>()
    .selectFrom('incident_pages')
    .innerJoin('incidents', 'incidents.id', 'incident_pages.incident')
    .select(['page', 'incident'])
    .where('page', 'in', [...pages])
    .orderBy('number')
    .execute();
  return new Map(rows.map(({ page, incident }) => [page, incident]));
}
