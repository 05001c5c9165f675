import type { ResourceSet } from '../catalog/index.ts';
import type { Ledger, LedgerEvent } from '../ledger/index.ts';
import type { TimelineEntry } from './contract.ts';
import type { IncidentState, LinkedPage } from './incident.ts';
import { withDependencies } from './related-services.ts';

/** How far before the outage triage looks for what changed. */
export const TRIAGE_MS = 6 * 3_600_000;
/** The most events of a time span that are looked at, and the most of one incident. */
const MOST_EVENTS = 5_000;
const PAGE = 1_000;
const LONGEST_MS = 366 * 86_400_000;

type Query = Parameters<Ledger['read']>[0];

/** All that match, `MOST_EVENTS` at most, by marker. */
async function readAll(ledger: Ledger, query: Query): Promise<LedgerEvent[]> {
  const all: LedgerEvent[] = [];
  for (let marker = 0; all.length < MOST_EVENTS;) {
    const page = await ledger.read({ ...query, marker, limit: PAGE });
    all.push(...page.events);
    if (page.events.length < PAGE) break;
    marker = page.marker;
  }
  return all;
}

/** Everything that belongs to an incident: its own events, and its alerts', pages', messages' and changes' of its time. */
export async function readTimeline(
  ledger: Ledger,
  set: ResourceSet,
  incident: IncidentState,
  pages: readonly LinkedPage[],
): Promise<{ timeline: TimelineEntry[]; recentChanges: TimelineEntry[] }> {
  const from = incident.outageBeganAt;
  // Always a span with two ends: without statistics of the table PostgreSQL looks for an open one from the first event on.
  const to = incident.allClearAt ?? from + LONGEST_MS;
  const own = await readAll(ledger, { subject: `incident/${incident.id}` });
  const around = await readAll(ledger, {
    kind: 'alert.*,page.*,notification.*,change.*,health.*,clock.*',
    from,
    to,
  });
  const mine = belongsTo(incident, pages, withDependencies(set, incident.services));
  const found = new Map([...own, ...around.filter(mine)].map((event) => [event.marker, event]));
  const timeline = [...found.values()].sort((a, b) => a.time.localeCompare(b.time) || a.marker - b.marker);
  return { timeline: timeline.map(toEntry), recentChanges: await readRecentChanges(ledger, set, incident.services, from) };
}

/** What changed in services and in what they depend on in the six hours before `at`, newest first. */
export async function readRecentChanges(
  ledger: Ledger,
  set: ResourceSet,
  services: readonly string[],
  at: number,
): Promise<TimelineEntry[]> {
  const changes = await readAll(ledger, { kind: 'change.*', from: at - TRIAGE_MS, to: at });
  const related = withDependencies(set, services);
  const mine = changes.filter(({ service }) => service !== null && related.has(service));
  return mine.sort((a, b) => b.time.localeCompare(a.time) || b.marker - a.marker).map(toEntry);
}

function belongsTo(incident: IncidentState, pages: readonly LinkedPage[], related: ReadonlySet<string>): (event: LedgerEvent) => boolean {
  const subjects = new Set([`incident/${incident.id}`]);
  for (const page of pages) {
    subjects.add(`page/${page.id}`);
    for (const { fingerprint } of page.alerts) subjects.add(`alert/${fingerprint}`);
  }
  return ({ kind, subject, service, data }) => {
    if (kind.startsWith('change.')) return service !== null && related.has(service);
    // How nines itself was belongs to every story of its time.
    if (kind.startsWith('health.') || kind.startsWith('clock.')) return true;
    return (subject !== null && subjects.has(subject)) || data['incident'] === incident.id || subjects.has(String(data['about']));
  };
}

const toEntry = ({ marker, time, kind, actor, title, data }: LedgerEvent): TimelineEntry => ({ marker, time, kind, actor, title, data });
