import type { Tx } from '../platform/sql/index.ts';
import { newId } from '../platform/id.ts';
import type { NewEvent } from '../ledger/index.ts';
import type { PageSink, PageState, PageTransition } from '../oncall/index.ts';
import { arriveWithEvents } from './arrive.ts';
import { type Desk, eventOf } from './desk.ts';
import { outageEnd } from './incident.ts';
import {
  hasFiringPage,
  incidentsOfPages,
  insertIncident,
  listIncidents,
  lockIncident,
  nextNumber,
  pagesOf,
  putPage,
  type StoredIncident,
} from './incident-store.ts';
import { isRelated } from './related-services.ts';

/** More open incidents than this at once are not looked through for one that a page belongs to. */
const MOST_OPEN = 200;

/** How pages become, join, acknowledge and end incidents. Telling it the same twice changes nothing. */
export function createPageSink(desk: Desk): PageSink {
  return {
    incidentsOf: incidentsOfPages,
    async concerned(queryable, changes) {
      const linked = await incidentsOfPages(queryable, changes.map(({ page }) => page.id)); // prettier-ignore
      return changes.filter(({ page, transition }) => linked.has(page.id) || opens(page, transition, undefined));
    },
    async changed(tx, page, transition, actor) {
      const linked = await linkedIncident(tx, page);
      if (linked?.state === 'open') await follow(desk, tx, linked, page, transition, actor);
      else if (opens(page, transition, linked)) await openOrJoin(desk, tx, page);
    },
  };
}

async function linkedIncident(tx: Tx, page: PageState): Promise<StoredIncident | undefined> {
  const id = (await incidentsOfPages(tx, [page.id])).get(page.id);
  return id === undefined ? undefined : lockIncident(tx, id);
}

/** After an all-clear that was forced, its pages go on without a new incident, until one fires anew. */
function opens(page: PageState, transition: PageTransition, closed: StoredIncident | undefined): boolean {
  if (page.severity !== 'critical' || page.state === 'resolved') return false;
  return transition === 'triggered' || (transition === 'grown' && closed === undefined);
}

async function openOrJoin(desk: Desk, tx: Tx, page: PageState): Promise<void> {
  const number = await nextNumber(tx);
  const open = await openRelated(desk, tx, page);
  if (open !== undefined) {
    const joined = withPage(open, page);
    await putPage(tx, open.id, page);
    const title = `Joined by a page${page.service === null ? '' : ` for ${page.service}`}: ${page.subject}`;
    return settle(desk, tx, joined, [eventOf(joined, 'grown', title, 'nines', { data: { page: page.id } })]);
  }
  const incident = newIncident(number, page, desk.clock.now());
  await insertIncident(tx, incident);
  await putPage(tx, incident.id, page);
  const title = `Incident ${number} opened by a page: ${page.subject}`;
  await desk.record(tx, incident, [eventOf(incident, 'opened', title, 'nines', { data: { page: page.id } })]);
}

async function openRelated(desk: Desk, tx: Tx, page: PageState): Promise<StoredIncident | undefined> {
  const { service } = page;
  if (service === null) return undefined;
  const set = desk.catalog.current();
  const open = await listIncidents(tx, { state: 'open', limit: MOST_OPEN });
  const found = open.find(({ services }) => services.includes(service)) ?? open.find(({ services }) => isRelated(set, service, services));
  const locked = found && (await lockIncident(tx, found.id));
  return locked?.state === 'open' ? locked : undefined;
}

function newIncident(number: number, page: PageState, now: number): StoredIncident {
  return {
    id: newId(now),
    number,
    title: page.subject,
    state: 'open',
    severity: page.severity,
    services: page.service === null ? [] : [page.service],
    roles: {},
    responders: [],
    addresses: {},
    declaredBy: 'nines',
    openedAt: page.triggeredAt,
    outageBeganAt: Math.min(page.beganAt, page.triggeredAt),
    outageEndedAt: null,
    acknowledgedAt: null,
    allClearAt: null,
    lastUpdateAt: null,
    helpAskedAt: null,
    remindedAt: null,
    postmortem: null,
  };
}

const withPage = (incident: StoredIncident, page: PageState): StoredIncident => ({
  ...incident,
  outageBeganAt: Math.min(incident.outageBeganAt, page.beganAt),
  severity: page.severity === 'critical' ? 'critical' : incident.severity,
  services: page.service === null || incident.services.includes(page.service) ? incident.services : [...incident.services, page.service],
});

/** What a change of a page that belongs to an open incident does to it. */
async function follow(
  desk: Desk,
  tx: Tx,
  before: StoredIncident,
  page: PageState,
  transition: PageTransition,
  actor: string,
): Promise<void> {
  await putPage(tx, before.id, page);
  const incident = withPage(before, page);
  if (transition !== 'acknowledged' || page.acknowledgedBy === null) return settle(desk, tx, incident, []);
  const who = { name: page.acknowledgedBy, actor, at: page.acknowledgedAt ?? desk.clock.now() };
  const arrived = await arriveWithEvents(desk, tx, incident, who);
  return settle(desk, tx, arrived.incident, arrived.events);
}

/** Ends the outage when the last page is resolved, or resumes it, and keeps the incident. */
async function settle(desk: Desk, tx: Tx, incident: StoredIncident, events: NewEvent[]): Promise<void> {
  const ended = (await hasFiringPage(tx, incident.id)) ? null : outageEnd(await pagesOf(tx, incident.id));
  if ((ended === null) === (incident.outageEndedAt === null)) {
    await desk.record(tx, incident, events);
    return;
  }
  const settled = { ...incident, outageEndedAt: ended, remindedAt: null };
  const event =
    ended === null
      ? eventOf(settled, 'outage-resumed', 'It fires again', 'nines')
      : eventOf(settled, 'outage-ended', 'The last alert is over: call the all-clear when you are sure', 'nines', { time: ended });
  await desk.record(tx, settled, [...events, event]);
}
