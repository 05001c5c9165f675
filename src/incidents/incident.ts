import type { Severity } from '../catalog/contract.ts';
import type { PageAlert } from '../oncall/index.ts';
import type { Incident, IncidentRole } from './contract.ts';

/** One failure that people work on together. Times are milliseconds. */
export interface IncidentState {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'all-clear';
  readonly severity: Severity;
  readonly services: readonly string[];
  readonly roles: Readonly<Partial<Record<IncidentRole, string>>>;
  /** Who is, or was, on the scene, in the order of arrival. */
  readonly responders: readonly string[];
  readonly declaredBy: string;
  readonly openedAt: number;
  readonly outageBeganAt: number;
  readonly outageEndedAt: number | null;
  /** When the first person was on the scene. */
  readonly acknowledgedAt: number | null;
  readonly allClearAt: number | null;
  readonly lastUpdateAt: number | null;
  /** When a second person was called for; at most once an incident. */
  readonly helpAskedAt: number | null;
  /** When the last reminder (for an update, or for the all-clear once the outage is over) was sent. */
  readonly remindedAt: number | null;
  readonly postmortem: string | null;
}

/** What an incident keeps of a page that belongs to it. */
export interface LinkedPage {
  readonly id: string;
  readonly subject: string;
  readonly service: string | null;
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  readonly beganAt: number;
  readonly triggeredAt: number;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: number | null;
  readonly alerts: readonly PageAlert[];
}

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

export const UPDATE_EVERY_MS = 30 * 60_000;

/** When everyone should hear the next news; null once the incident is over. */
export const updateDueAt = (incident: IncidentState): number | null =>
  incident.state === 'open' ? (incident.lastUpdateAt ?? incident.openedAt) + UPDATE_EVERY_MS : null;

/** As the API shows it. */
export function toJson(incident: IncidentState, pages: readonly string[]): Incident {
  const { id, number, title, state, severity, services, roles, responders, declaredBy, postmortem } = incident;
  return {
    id,
    number,
    title,
    state,
    severity,
    services: [...services],
    roles: { ...roles },
    responders: [...responders],
    declaredBy,
    postmortem,
    openedAt: iso(incident.openedAt),
    outageBeganAt: iso(incident.outageBeganAt),
    outageEndedAt: isoOrNull(incident.outageEndedAt),
    acknowledgedAt: isoOrNull(incident.acknowledgedAt),
    allClearAt: isoOrNull(incident.allClearAt),
    lastUpdateAt: isoOrNull(incident.lastUpdateAt),
    nextUpdateDueAt: isoOrNull(updateDueAt(incident)),
    pages: [...pages],
  };
}

/** When the last alert of these pages ended; null while one of them fires, or where there is none. */
export function outageEnd(pages: readonly LinkedPage[]): number | null {
  let last: number | null = null;
  for (const page of pages) {
    if (page.state !== 'resolved') return null;
    // A page that a person resolved may hold alerts that never did.
    const ends = page.alerts.map((alert) => alert.resolvedAt ?? page.resolvedAt ?? page.triggeredAt);
    const end = ends.length > 0 ? Math.max(...ends) : (page.resolvedAt ?? page.triggeredAt);
    last = Math.max(last ?? end, end);
  }
  return last;
}
