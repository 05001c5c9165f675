import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import { conflict, notFound } from '../platform/problem.ts';
import type { Queryable, Sql, Tx } from '../platform/sql/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Delivery, Message } from '../delivery/index.ts';
import type { Ledger, NewEvent } from '../ledger/index.ts';
import type { IncidentState } from './incident.ts';
import { lockIncident, saveIncident, type StoredIncident } from './incident-store.ts';
import type { MessageContext } from './messages.ts';
import { nextNudge } from './nudges.ts';

/** The job that sends an incident's reminders; its key is the incident's id. */
export const NUDGE_JOB = 'incident.nudge';

/** Who hears of an incident's end, in the transaction that ends it. */
export interface AllClearSink {
  cleared(tx: Tx, incident: IncidentState): Promise<void>;
}

export interface IncidentsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly delivery: Delivery;
  readonly jobs: Jobs;
  readonly settings: { readonly url: string };
  /** The address of an account by its name, for those who stand for no Person document; null where there is no such account. */
  emailOfAccount(on: Queryable, name: string): Promise<string | null>;
}

/** What every change of an incident does: keep it, tell the ledger, send what it says, and set its next reminder. */
export interface Desk extends IncidentsDeps {
  readonly allClearSinks: AllClearSink[];
  lockOpen(tx: Tx, id: string): Promise<StoredIncident>;
  record(tx: Tx, incident: StoredIncident, events: readonly NewEvent[]): Promise<void>;
  send(tx: Tx, messages: readonly Message[]): Promise<void>;
  messageContext(): MessageContext;
}

export function createDesk(deps: IncidentsDeps): Desk {
  const { clock, ledger, jobs, delivery, catalog, settings } = deps;
  return {
    ...deps,
    emailOfAccount: (on, name) => deps.emailOfAccount(on, name),
    allClearSinks: [],
    async lockOpen(tx, id) {
      const incident = await lockIncident(tx, id);
      if (incident === undefined) throw notFound('incident', id);
      if (incident.state !== 'open') throw conflict(`Incident ${incident.number} is over: the all-clear was called.`);
      return incident;
    },
    async record(tx, incident, events) {
      await saveIncident(tx, incident);
      const nudge = nextNudge(incident);
      if (nudge === null) await jobs.cancel(tx, NUDGE_JOB, incident.id);
      else await jobs.enqueue(tx, { kind: NUDGE_JOB, key: incident.id, payload: nudge, runAt: nudge.at, priority: 2 });
      return ledger.append(tx, events);
    },
    async send(tx, messages) {
      if (messages.length > 0) await delivery.send(tx, messages);
    },
    messageContext: () => ({ set: catalog.current(), url: settings.url.replace(/\/+$/, ''), now: clock.now() }),
  };
}

/** An event about an incident: its subject, its first service, and its number are filled in. */
export function eventOf(
  incident: IncidentState,
  kind: string,
  title: string,
  actor: string,
  more: { data?: Record<string, unknown>; time?: number } = {},
): NewEvent {
  return {
    kind: `incident.${kind}`,
    title: title.length <= 300 ? title : `${title.slice(0, 299)}…`,
    actor,
    subject: `incident/${incident.id}`,
    service: incident.services[0] ?? null,
    data: { incident: incident.id, number: incident.number, ...more.data },
    ...(more.time !== undefined && { time: more.time }),
  };
}
