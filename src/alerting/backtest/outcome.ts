/** What firings would have meant: for the people who are called, and for the incidents that were. Pure. */
import type { Severity } from '../../catalog/contract.ts';
import type { Firing } from './replay.ts';

/** An incident as a backtest looks at it. Times are milliseconds. */
export interface PastIncident {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly services: readonly string[];
  /** When the outage began, as it is known now. */
  readonly beganAt: number;
  readonly declaredAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
}

/** A firing may come so long before the outage is said to have begun, or end so long before, and still be about it. */
const BEFORE_MS = 30 * 60_000;

/** The services that an alert of a service may tell about: itself, and those that need it. All where it names none. */
export type Tells = (service: string | null) => (incident: PastIncident) => boolean;

const overlaps = (firing: Pick<Firing, 'firedAt' | 'resolvedAt'>, incident: PastIncident, end: number): boolean =>
  firing.firedAt <= (incident.endedAt ?? end) && (firing.resolvedAt ?? end) >= incident.beganAt - BEFORE_MS;

export interface Matched {
  /** By firing: the incident it belongs to. */
  readonly incidentOf: ReadonlyMap<Firing, PastIncident>;
  readonly caught: readonly { readonly incident: PastIncident; readonly firedAt: number }[];
  readonly missed: readonly PastIncident[];
}

/**
 * Which incidents firings belong to. `own`: the services that the rule's alerts are about; incidents of others can't be missed by it.
 * A rule whose services are not known (it never fired, and its label is filled in) is measured by all incidents.
 */
export function matchIncidents(
  firings: readonly Firing[],
  incidents: readonly PastIncident[],
  { tells, own, end }: { tells: Tells; own: readonly (string | null)[]; end: number },
): Matched {
  const incidentOf = new Map<Firing, PastIncident>();
  const first = new Map<PastIncident, number>();
  for (const firing of firings) {
    const about = tells(firing.alert.service);
    const its = incidents.filter((incident) => overlaps(firing, incident, end) && about(incident));
    for (const incident of its) first.set(incident, Math.min(first.get(incident) ?? Infinity, firing.firedAt));
    if (its[0] !== undefined) incidentOf.set(firing, its[0]);
  }
  const concerned = own.length === 0 ? () => true : (incident: PastIncident) => own.some((service) => tells(service)(incident));
  return {
    incidentOf,
    caught: [...first].map(([incident, firedAt]) => ({ incident, firedAt })).sort((a, b) => a.incident.beganAt - b.incident.beganAt),
    missed: incidents.filter((incident) => !first.has(incident) && concerned(incident)),
  };
} // prettier-ignore

/** Firings that would have been one page. */
export interface WouldPage {
  readonly service: string | null;
  readonly severity: Severity;
  readonly at: number;
}

/** As on-call opens a page again that fires within five minutes of its end. */
const REOPEN_MS = 5 * 60_000;

/** Firings of one group and severity that run into each other, or follow within five minutes, are one page. */
export function pagesOf(firings: readonly Firing[], end: number): WouldPage[] {
  const pages: WouldPage[] = [];
  const until = new Map<string, number>();
  for (const { alert, firedAt, resolvedAt } of [...firings].sort((a, b) => a.firedAt - b.firedAt)) {
    const key = `${alert.severity} ${alert.groupKey}`;
    const open = until.get(key);
    if (open === undefined || firedAt > open + REOPEN_MS) pages.push({ service: alert.service, severity: alert.severity, at: firedAt });
    until.set(key, Math.max(open ?? 0, resolvedAt ?? end));
  }
  return pages;
}

/** Who is called for a page, and whether it is their night. Nobody for one that waits in the queue. */
export interface Called {
  readonly person: string;
  readonly title: string;
  readonly night: boolean;
}
export type WhoIsCalled = (page: WouldPage) => readonly Called[];

export interface CallsOf {
  readonly called: readonly { person: string; title: string; calls: number; nights: number }[];
  readonly nobody: number;
}

export function callsOf(pages: readonly WouldPage[], who: WhoIsCalled): CallsOf {
  const called = new Map<string, { person: string; title: string; calls: number; nights: number }>();
  let nobody = 0;
  for (const page of pages) {
    const people = who(page);
    if (people.length === 0 && page.severity !== 'eventually') nobody++;
    for (const { person, title, night } of people) {
      const one = called.get(person) ?? { person, title, calls: 0, nights: 0 };
      one.calls++;
      if (night) one.nights++;
      called.set(person, one);
    }
  }
  return { called: [...called.values()].sort((a, b) => b.calls - a.calls || a.person.localeCompare(b.person)), nobody };
} // prettier-ignore
