import type { Catalog, PersonSpec, ResourceSet, ServiceSpec } from '../catalog/index.ts';
import type { PagingDelivery } from '../delivery/index.ts';
import type { Ledger, LedgerEvent, NewEvent } from '../ledger/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Health } from '../platform/health.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql, Tx } from '../platform/sql/index.ts';
import type { Muted } from './pages/alert-sink.ts';
import type { GuardedSink } from './pages/guard-sink.ts';
import { type PageRow, withAlerts } from './pages/page-store.ts';
import type { PageState, PageTransition } from './pages/page.ts';
import type { PageContent, RenderedService } from './pages/render-page.ts';
import type { Watch } from './pages/watch.ts';
import type { Rosters } from './shifts/rosters.ts';

/** What paging works with. */
export interface Desk {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  /** The documents, with overrides, swaps and holidays beside the schedules. A transaction of `sql` begins with the latest. */
  readonly catalog: Catalog;
  readonly rosters: Rosters;
  readonly delivery: PagingDelivery;
  readonly pageSink: GuardedSink;
  /** What holds pages back; nothing does where it is missing. */
  readonly muted?: Muted | undefined;
  readonly watch: Watch;
  /** Silences that are in force, for whoever takes over; none where nobody tells. */
  readonly silences?: (() => Promise<readonly SilenceInForce[]>) | undefined;
  /** Where the UI is, without a slash at the end. */
  readonly url: string;
}

export interface SilenceInForce {
  readonly reason: string;
  readonly endsAt: number;
}

/** The page's next call; the key is the page. */
export const ESCALATE = 'oncall.escalate';
/** An acknowledged page that still fires after a long time; the key is the page. */
export const REMIND = 'oncall.remind';
/** Telling that a page is resolved, held back to see whether it lasts; the key is the page. */
export const TELL_RESOLVED = 'oncall.tell-resolved';
/** Writing the page's text anew, because it grew; the key is the page. */
export const DESCRIBE = 'oncall.describe';
/** Telling of hand-overs; there is one, with the key `all`. */
export const HANDOVERS = 'oncall.handovers';
/** Warning who has a shift soon and could not be called; there is one, with the key `all`. */
export const READINESS = 'oncall.readiness';
/** Looking whether the promised answer came; the key is the page. */
export const RESPOND = 'oncall.respond';
/** The next of the ways that a person's own rules name; the key is the call's, with the rule's number. */
export const NOTIFY = 'oncall.notify';
/** Calling a person by another contact, because the first failed for good. */
export const OTHER_CONTACT = 'oncall.other-contact';

export const CHANGES_BEFORE_MS = 6 * 3_600_000;
const MOST_CHANGES = 200;

/** What a page did, and who had it do so. */
export interface Told {
  readonly row: PageRow;
  readonly page: PageState;
  readonly transition: PageTransition;
  readonly title: string;
  readonly actor: string;
}

/** Writes the change into the ledger and tells who follows pages, in the transaction that made it. */
export async function tell(
  desk: Desk,
  tx: Tx,
  row: PageRow,
  transition: PageTransition,
  said: { title: string; actor: string },
): Promise<PageState> {
  const page = await withAlerts(tx, row);
  await tellAll(desk, tx, [{ row, page, transition, ...said }]);
  return page;
}

/** The same of many. That a page grew is no news by itself: its alerts are in the ledger. */
export async function tellAll(desk: Desk, tx: Tx, told: readonly Told[]): Promise<void> {
  const news = told.filter(({ transition }) => transition !== 'grown');
  await desk.ledger.append(tx, news.map(eventOf));
  await desk.pageSink.changedAll(tx, told);
}

function eventOf({ row, page, transition, title, actor }: Told): NewEvent {
  const { id, severity, policy, step, round, subject, reason, service } = row;
  const data = {
    page: id,
    severity,
    policy,
    step,
    round,
    alerts: page.alerts.slice(0, 20).map(({ fingerprint }) => fingerprint),
    pageSubject: subject,
    // The promise, and whether it was kept, for whoever looks back.
    ...(row.respond_by !== null && { respondBy: new Date(row.respond_by).toISOString() }),
    ...(row.responded_at !== null && { respondedAt: new Date(row.responded_at).toISOString() }),
    ...(reason && { reason }),
  };
  return { kind: `page.${transition}`, title, actor, service, subject: `page/${id}`, data };
}

/** The next call, from the position that the page is in now: a job that comes late finds another position and does nothing. */
export function enqueueEscalation(desk: Desk, tx: Tx, row: PageRow, at: number): Promise<void> {
  const { id: key, step, round, severity } = row;
  return desk.jobs.enqueue(tx, { kind: ESCALATE, key, payload: { step, round }, runAt: at, priority: severity === 'critical' ? 0 : 5 });
}

/** What a page's text is made of. Reads the ledger: not within a transaction. */
export async function gather(desk: Desk, page: Pick<PageState, 'service' | 'beganAt'>): Promise<Omit<PageContent, 'page'>> {
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const related = relatedServices(set, page.service);
  const from = page.beganAt - CHANGES_BEFORE_MS;
  const { events } = await desk.ledger.read({ kind: 'change.*,config.applied', from, to: now, order: 'desc', limit: MOST_CHANGES });
  const changes = events.filter((event) => isRelated(event, related)).sort((a, b) => b.time.localeCompare(a.time));
  const held = page.service === null ? [] : ((await desk.muted?.heldBy(desk.sql, page.service)) ?? []);
  const explains = held.map((name) => set.get('Service', name)?.title ?? name);
  return { service: describeService(set, page.service), changes, explains, url: desk.url, now };
}

/** An edit of the documents concerns everyone; a change without a service, too. */
const isRelated = (event: LedgerEvent, related: ReadonlySet<string>): boolean => event.service === null || related.has(event.service);

/** The service and all that it depends on, directly or not. */
function relatedServices(set: ResourceSet, service: string | null): Set<string> {
  const found = new Set<string>(service === null ? [] : [service]);
  for (const name of found) {
    for (const needed of set.get<ServiceSpec>('Service', name)?.spec.dependsOn ?? []) found.add(needed);
  }
  return found;
}

export function describeService(set: ResourceSet, name: string | null): RenderedService | null {
  if (name === null) return null;
  const service = set.get<ServiceSpec>('Service', name);
  if (!service) return { name, title: name, tier: 3, owner: '', runbook: null, dependents: [] };
  const { owner, tier, runbook = null } = service.spec;
  const dependents = set.list<ServiceSpec>('Service').filter(({ spec }) => spec.dependsOn.includes(name));
  const ownerTitle = set.get('Team', owner)?.title ?? owner;
  return { name, title: service.title, tier, owner: ownerTitle, runbook, dependents: dependents.map(({ title }) => title) };
}

export const personOf = (set: ResourceSet, name: string): PersonSpec | undefined => set.get<PersonSpec>('Person', name)?.spec;
export const titleOf = (set: ResourceSet, person: string): string => set.get('Person', person)?.title ?? person;

/** With the incidents that pages belong to, where there are incidents. */
export async function withIncidents(desk: Desk, pages: readonly PageState[]): Promise<PageState[]> {
  const incidents = await desk.pageSink.incidentsOf?.(
    desk.sql,
    pages.map(({ id }) => id),
  );
  return pages.map((one) => ({ ...one, incident: incidents?.get(one.id) ?? null }));
}

export const withIncident = async (desk: Desk, one: PageState): Promise<PageState> => (await withIncidents(desk, [one]))[0] ?? one;
