import type { Route } from '../platform/http/index.ts';
import { notFound } from '../platform/problem.ts';
import type { Tx } from '../platform/sql/index.ts';
import type { PageSink } from '../oncall/index.ts';
import { linkPostmortem } from './commands.ts';
import type { TimelineEntry } from './contract.ts';
import { type AllClearSink, createDesk, type IncidentsDeps, NUDGE_JOB } from './desk.ts';
import type { IncidentState, LinkedPage } from './incident.ts';
import { findIncident, incidentsBetween, incidentsOfPages, pagesOf } from './incident-store.ts';
import { createPageSink } from './page-sink.ts';
import { reminders } from './reminders.ts';
import { incidentRoutes } from './routes.ts';
import { readRecentChanges, readTimeline } from './timeline.ts';

/** All that is known of an incident, for whoever writes about it. */
export interface IncidentRecord {
  readonly incident: IncidentState;
  readonly pages: readonly LinkedPage[];
  /** Oldest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Changes in the six hours before the outage, newest first. */
  readonly recentChanges: readonly TimelineEntry[];
}

export interface Incidents {
  readonly routes: Route[];
  /** Handed to oncall. */
  readonly pageSink: PageSink;
  /** The incident that a page belongs to, by the page's id. Not inside a transaction. */
  incidentOf(page: string): Promise<string | null>;
  /** The same for a list: page id to incident id. */
  incidentsOf(pages: readonly string[]): Promise<Map<string, string>>;
  /** Throws a 404 Problem. */
  record(id: string): Promise<IncidentRecord>;
  /** Those that were open between two times (milliseconds), oldest first. */
  between(from: number, to: number): Promise<readonly IncidentState[]>;
  /** What changed in services and what they depend on in the six hours before `at` (milliseconds), newest first. */
  recentChanges(services: readonly string[], at: number): Promise<TimelineEntry[]>;
  /** Called in the transaction of every all-clear. Registered before the first request. */
  onAllClear(sink: AllClearSink): void;
  linkPostmortem(tx: Tx, id: string, postmortem: string): Promise<void>;
}

const MOST_INCIDENTS = 2_000;

/** Command, roles, notes, updates, reminders and the all-clear. */
export function createIncidents(deps: IncidentsDeps): Incidents {
  const desk = createDesk(deps);
  const { sql, ledger, catalog } = deps;
  deps.jobs.handle(NUDGE_JOB, reminders(desk));
  return {
    routes: incidentRoutes(desk),
    pageSink: createPageSink(desk),
    incidentOf: async (page) => (await incidentsOfPages(sql, [page])).get(page) ?? null,
    incidentsOf: (pages) => incidentsOfPages(sql, pages),
    async record(id) {
      const incident = await findIncident(sql, id);
      if (incident === undefined) throw notFound('incident', id);
      const pages = await pagesOf(sql, id);
      return { incident, pages, ...(await readTimeline(ledger, catalog.current(), incident, pages)) };
    },
    between: (from, to) => incidentsBetween(sql, from, to, MOST_INCIDENTS),
    recentChanges: (services, at) => readRecentChanges(ledger, catalog.current(), services, at),
    onAllClear: (sink) => void desk.allClearSinks.push(sink),
    linkPostmortem,
  };
}
