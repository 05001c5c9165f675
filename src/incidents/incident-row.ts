import { json } from '../platform/sql/index.ts';
import type { IncidentRole } from './contract.ts';
import type { IncidentState, LinkedPage } from './incident.ts';

export interface IncidentRow {
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

export interface PageRow {
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

export interface IncidentTables {
  incidents: IncidentRow;
  incident_pages: PageRow;
  incident_counter: { single: boolean; number: number };
}

/** An incident with what only nines needs to know of it. */
export interface StoredIncident extends IncidentState {
  readonly addresses: Readonly<Record<string, string>>;
}

export function toRow(incident: StoredIncident) {
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

export function fromRow(row: IncidentRow): StoredIncident {
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
