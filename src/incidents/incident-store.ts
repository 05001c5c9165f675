import { sql as template } from 'kysely';
import { json, type Queryable, type Tx } from '../platform/sql/index.ts';
import type { PageState } from '../oncall/index.ts';
import type { IncidentRole } from './contract.ts';
import type { IncidentState, LinkedPage } from './incident.ts';

interface IncidentRow {
  id: string;
  number: number;
  title: string;
  state: IncidentState['state'];
  severity: IncidentState['severity'];
  services: readonly string[];
  roles: Partial<Record<IncidentRole, string>>;
  responders: readonly string[];
  /** E-mail addresses of those responders who are accounts without a Person document. */
  addresses: Record<string, string>;
  declared_by: string;
  opened_at: number;
  outage_began_at: number;
  outage_ended_at: number | null;
  acknowledged_at: number | null;
  all_clear_at: number | null;
  last_update_at: number | null;
  help_asked_at: number | null;
  reminded_at: number | null;
  postmortem: string | null;
}

interface PageRow {
  incident: string;
  page: string;
  subject: string;
  service: string | null;
  state: LinkedPage['state'];
  began_at: number;
  triggered_at: number;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  resolved_at: number | null;
  alerts: LinkedPage['alerts'];
}

interface Tables {
  incidents: IncidentRow;
  incident_pages: PageRow;
  incident_counter: { single: boolean; number: number };
}

/** An incident with what only nines needs to know of it. */
export interface StoredIncident extends IncidentState {
  readonly addresses: Readonly<Record<string, string>>;
}

/** Locks out every other opening until the transaction ends, so that two pages of one failure find each other. */
export async function nextNumber(tx: Tx): Promise<number> {
  const row = await tx.db<Tables>().selectFrom('incident_counter').select('number').forUpdate().executeTakeFirstOrThrow();
  return row.number + 1;
}

export async function insertIncident(tx: Tx, incident: StoredIncident): Promise<void> {
  await tx.db<Tables>().updateTable('incident_counter').set({ number: incident.number }).execute();
  await tx.db<Tables>().insertInto('incidents').values(toRow(incident)).execute();
}

export async function saveIncident(tx: Tx, incident: StoredIncident): Promise<void> {
  await tx.db<Tables>().updateTable('incidents').set(toRow(incident)).where('id', '=', incident.id).execute();
}

export async function findIncident(on: Queryable, id: string): Promise<StoredIncident | undefined> {
  const row = await on.db<Tables>().selectFrom('incidents').selectAll().where('id', '=', id).executeTakeFirst();
  return row && fromRow(row);
}

/** What people call it: `3` for the incident of that number. */
export async function findByNumber(on: Queryable, number: number): Promise<StoredIncident | undefined> {
  const row = await on.db<Tables>().selectFrom('incidents').selectAll().where('number', '=', number).executeTakeFirst();
  return row && fromRow(row);
}

/** As `findIncident`, and nobody else changes it until the transaction ends. */
export async function lockIncident(tx: Tx, id: string): Promise<StoredIncident | undefined> {
  const row = await tx.db<Tables>().selectFrom('incidents').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && fromRow(row);
}

/** Newest first. `before`: a number. */
export async function listIncidents(
  on: Queryable,
  query: { state?: string | undefined; service?: string | undefined; before?: number | undefined; limit: number },
): Promise<StoredIncident[]> {
  let select = on.db<Tables>().selectFrom('incidents').selectAll().orderBy('number', 'desc').limit(query.limit);
  if (query.state !== undefined) select = select.where('state', '=', query.state as IncidentState['state']);
  if (query.before !== undefined) select = select.where('number', '<', query.before);
  if (query.service !== undefined) select = select.where(template<boolean>`services @> ${json([query.service])}`);
  return (await select.execute()).map(fromRow);
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
    .db<Tables>()
    .insertInto('incident_pages')
    .values({ incident, page: id, ...facts })
    .onConflict((conflict) => conflict.columns(['incident', 'page']).doUpdateSet(facts))
    .execute();
}

export async function pagesOf(on: Queryable, incident: string): Promise<LinkedPage[]> {
  const rows = await on
    .db<Tables>()
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

/** Page ids by incident id. */
export async function pageIdsOf(on: Queryable, incidents: readonly string[]): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>(incidents.map((id) => [id, []]));
  if (incidents.length === 0) return ids;
  const rows = await on
    .db<Tables>()
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
    .db<Tables>()
    .selectFrom('incident_pages')
    .innerJoin('incidents', 'incidents.id', 'incident_pages.incident')
    .select(['page', 'incident'])
    .where('page', 'in', [...pages])
    .orderBy('number')
    .execute();
  return new Map(rows.map(({ page, incident }) => [page, incident]));
}

function toRow(incident: StoredIncident) {
  return {
    id: incident.id,
    number: incident.number,
    title: incident.title,
    state: incident.state,
    severity: incident.severity,
    services: json(incident.services),
    roles: json(incident.roles),
    responders: json(incident.responders),
    addresses: json(incident.addresses),
    declared_by: incident.declaredBy,
    opened_at: incident.openedAt,
    outage_began_at: incident.outageBeganAt,
    outage_ended_at: incident.outageEndedAt,
    acknowledged_at: incident.acknowledgedAt,
    all_clear_at: incident.allClearAt,
    last_update_at: incident.lastUpdateAt,
    help_asked_at: incident.helpAskedAt,
    reminded_at: incident.remindedAt,
    postmortem: incident.postmortem,
  };
}

function fromRow(row: IncidentRow): StoredIncident {
  const { declared_by, opened_at, outage_began_at, outage_ended_at, acknowledged_at, all_clear_at, ...rest } = row;
  const { last_update_at, help_asked_at, reminded_at, ...same } = rest;
  return {
    ...same,
    declaredBy: declared_by,
    openedAt: opened_at,
    outageBeganAt: outage_began_at,
    outageEndedAt: outage_ended_at,
    acknowledgedAt: acknowledged_at,
    allClearAt: all_clear_at,
    lastUpdateAt: last_update_at,
    helpAskedAt: help_asked_at,
    remindedAt: reminded_at,
  };
}
