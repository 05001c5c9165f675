import type { Tx } from '../../platform/sql/index.ts';
import { DESCRIBE, type Desk, describeService, enqueueEscalation, tell, TELL_RESOLVED, tellAll } from '../desk.ts';
import type { AlertSink, AlertTransition, PagedAlert } from '../pages/alert-sink.ts';
import { putFiring, putResolved, seenBefore, stillFiring } from '../pages/page-alerts.ts';
import {
  beganEarlier,
  insertPages,
  lockPage,
  lockPages,
  type PageRow,
  UNANSWERED,
  updatePage,
  withAlerts,
  withNewAlerts,
} from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import { renderFacts } from '../pages/render-page.ts';
import { storable } from '../pages/storable.ts';
import { enqueueReminder, resolvePage } from './answer.ts';
import { batchedDesk } from './batched-desk.ts';
import { describeCauses, resumeCalls, resumeMuted } from './mute-page.ts';
import { newPage } from './new-page.ts';
import { enqueueRespond, respondBy } from './response.ts';

/** What fires again this soon after its page was resolved is the same failure, and opens the same page again. */
export const REOPEN_MS = 5 * 60_000;
/** Several alerts that join at once are one new text. */
const DESCRIBE_AFTER_MS = 2_000;

/**
 * Makes pages of alerts: one failure, one page. However many come at once, they take a dozen statements and not a dozen each;
 * and pages are held before all else, in one order, so that nobody waits for one who waits for them.
 */
export function createAlertSink(desk: Desk): AlertSink {
  return {
    async changed(tx, transitions) {
      const groups = grouped(transitions.filter(({ to }) => to === 'firing'));
      const over = transitions.filter(({ to }) => to === 'resolved').map(({ alert }) => storable(alert));
      const fingerprints = over.map(({ fingerprint }) => fingerprint);
      const held = await lockPages(tx, groups, fingerprints, desk.clock.now() - REOPEN_MS);
      const batched = batchedDesk(desk);
      await fire(batched.desk, tx, groups, held);
      await batched.flush(tx);
      await settle(batched.desk, tx, over);
      await batched.flush(tx);
    },
    unmuted: (tx, fingerprints) => resumeMuted(desk, tx, fingerprints),
    explained: (tx, services) => describeCauses(desk, tx, services),
  };
}

interface Group {
  readonly key: string;
  readonly severity: PageRow['severity'];
  readonly alerts: readonly PagedAlert[];
  readonly policy: string | undefined;
}

const idOf = (group: string, severity: string): string => `${severity} ${group}`;

/** By group and severity: a ticket that becomes critical is a page of its own. In the order in which pages are added. */
function grouped(transitions: readonly AlertTransition[]): Group[] {
  const groups = new Map<string, { first: AlertTransition; alerts: Map<string, PagedAlert> }>();
  for (const transition of transitions) {
    const { groupKey, alert } = transition;
    const group = groups.get(idOf(groupKey, alert.severity)) ?? { first: transition, alerts: new Map<string, PagedAlert>() };
    group.alerts.set(alert.fingerprint, storable(alert));
    groups.set(idOf(groupKey, alert.severity), group);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { first, alerts }]) => ({ key: first.groupKey, severity: first.alert.severity, alerts: [...alerts.values()], policy: first.policy })); // prettier-ignore
}

/** What fires and the page that it belongs to. */
interface Joining {
  readonly page: PageRow;
  readonly alerts: readonly PagedAlert[];
}

async function fire(desk: Desk, tx: Tx, groups: readonly Group[], held: readonly PageRow[]): Promise<void> {
  let [left, pages] = [groups, held];
  // Two tries: between a look and an insert, another process may open the page.
  for (let tries = 0; tries < 2 && left.length > 0; tries += 1) {
    if (tries > 0) pages = await lockPages(tx, left, [], desk.clock.now() - REOPEN_MS);
    const known = pagesOfGroups(pages, desk.clock.now() - REOPEN_MS);
    const found = left.flatMap(({ key, severity, alerts }) => {
      const page = known.get(idOf(key, severity));
      return page === undefined ? [] : [{ page, alerts }];
    });
    const [over, open] = [found.filter(({ page }) => page.state === 'resolved'), found.filter(({ page }) => page.state !== 'resolved')];
    // Another alert of the same service is another failure: it calls people anew, under its own words.
    const again = await seenBefore(tx, over.map(({ page, alerts }) => ({ page: page.id, alerts }))); // prettier-ignore
    await grow(desk, tx, open);
    for (const { page, alerts } of over) if (again.has(page.id)) await reopen(desk, tx, page, alerts);
    const joined = new Set([...open, ...over.filter(({ page }) => again.has(page.id))].map(({ page }) => idOf(page.group_key, page.severity))); // prettier-ignore
    left = await openPages(desk, tx, left.filter(({ key, severity }) => !joined.has(idOf(key, severity)))); // prettier-ignore
  }
}

/** Of each group the page that is open, or else the last one that was resolved. */
function pagesOfGroups(pages: readonly PageRow[], since: number): Map<string, PageRow> {
  const found = new Map<string, PageRow>();
  const rank = ({ state, resolved_at }: PageRow): number => (state === 'resolved' ? (resolved_at ?? 0) : Infinity);
  for (const page of pages) {
    const id = idOf(page.group_key, page.severity);
    const best = found.get(id);
    if (rank(page) >= since && (best === undefined || rank(page) > rank(best))) found.set(id, page);
  }
  return found;
}

/** Opens a page for each group; returns the groups of which another process has just opened one. */
async function openPages(desk: Desk, tx: Tx, groups: readonly Group[]): Promise<Group[]> {
  if (groups.length === 0) return [];
  const opening = groups.map((group) => {
    const row = newPage(desk, group.key, group.alerts, group.policy);
    const page = withNewAlerts(row, group.alerts);
    const text = textOf(desk, page);
    return { group, row: { ...row, text }, page: { ...page, text } };
  });
  const inserted = await insertPages(tx, opening.map(({ row }) => row)); // prettier-ignore
  const opened = opening.filter(({ row }) => inserted.has(row.id));
  await putFiring(tx, opened.map(({ row, group }) => ({ page: row.id, alerts: group.alerts }))); // prettier-ignore
  for (const { row } of opened) await enqueueEscalation(desk, tx, row, desk.clock.now());
  await tellAll(desk, tx, opened.map(({ row, page }) => ({ row, page, transition: 'triggered', title: `Page: ${row.subject}`, actor: 'nines' }))); // prettier-ignore
  return opening.filter(({ row }) => !inserted.has(row.id)).map(({ group }) => group);
}

/** Tells of a page that is new, or new again, and has its first people called. */
export async function begin(desk: Desk, tx: Tx, row: PageRow, title: string, actor: string): Promise<PageState> {
  await enqueueEscalation(desk, tx, row, desk.clock.now());
  return tell(desk, tx, row, 'triggered', { title, actor });
}

/** From the first step of the policy again, with a new promise of an answer. */
export const anew = (row: PageRow, now: number): Partial<PageRow> => ({
  step: -1,
  round: row.round + 1,
  first_round: row.round + 1,
  escalates_at: now,
  respond_by: row.severity === 'critical' ? respondBy('critical', now) : null,
  responded_at: null,
});

/** What joins a page is told of when its text is written anew: of a storm once in two seconds, and not once for each alert. */
async function grow(desk: Desk, tx: Tx, joining: readonly Joining[]): Promise<void> {
  const grown = await putFiring(tx, joining.map(({ page, alerts }) => ({ page: page.id, alerts }))); // prettier-ignore
  const early: { id: string; began_at: number }[] = [];
  for (const { page, alerts } of joining) {
    if (!grown.has(page.id)) continue;
    const began_at = Math.round(Math.min(page.began_at, ...alerts.map(({ activeAt }) => activeAt)));
    if (began_at < page.began_at) early.push({ id: page.id, began_at });
    await desk.jobs.enqueue(tx, { kind: DESCRIBE, key: page.id, runAt: desk.clock.now() + DESCRIBE_AFTER_MS, earliest: true });
    await resumeCalls(desk, tx, { ...page, began_at });
  }
  await beganEarlier(tx, early);
}

/**
 * Fires again soon after it was resolved. Whoever was told 'resolved' is called anew, from the first step. Where that
 * was held back, nobody knows of the gap, and everything goes on as if there had been none: a page that flaps calls
 * once more, and not every minute.
 */
async function reopen(desk: Desk, tx: Tx, row: PageRow, alerts: readonly PagedAlert[]): Promise<void> {
  const now = desk.clock.now();
  await putFiring(tx, [{ page: row.id, alerts }]);
  const title = `Fires again: ${row.subject}`;
  const again = { resolved_at: null, reason: null, reopened: row.reopened + 1, notice: null };
  if (row.notice !== 'held') {
    const fresh = await updatePage(tx, row, { ...again, ...anew(row, now), ...UNANSWERED });
    await begin(desk, tx, await describe(desk, tx, fresh), title, 'nines');
    return;
  }
  await desk.jobs.cancel(tx, TELL_RESOLVED, row.id);
  const state = row.acknowledged_at === null ? 'triggered' : 'acknowledged';
  const restored = await describe(desk, tx, await updatePage(tx, row, { ...again, state }));
  if (state === 'triggered' && row.escalates_at !== null) await enqueueEscalation(desk, tx, restored, Math.max(now, row.escalates_at));
  if (state === 'acknowledged') await enqueueReminder(desk, tx, restored);
  await enqueueRespond(desk, tx, restored);
  await tell(desk, tx, restored, 'triggered', { title, actor: 'nines' });
}

/** The text as it can be said without the ledger, which no transaction may read; the first call adds what changed. */
export async function describe(desk: Desk, tx: Tx, row: PageRow): Promise<PageRow> {
  const page = await withAlerts(tx, row);
  return page.alerts.length === 0 ? row : updatePage(tx, row, { text: textOf(desk, page) });
}

function textOf(desk: Desk, page: PageState): string {
  const content = {
    page,
    service: describeService(desk.catalog.current(), page.service),
    changes: null,
    url: desk.url,
    now: desk.clock.now(),
  };
  return renderFacts(content, 'UTC');
}

/** Resolves the pages of which nothing fires any more. */
async function settle(desk: Desk, tx: Tx, over: readonly PagedAlert[]): Promise<void> {
  if (over.length === 0) return;
  const changed = await putResolved(tx, over);
  const fires = await stillFiring(tx, changed);
  for (const id of changed) {
    if (fires.has(id)) continue;
    // What fired at the same time may have changed it.
    const row = await lockPage(tx, id);
    if (row === undefined || row.state === 'resolved') continue;
    await resolvePage(desk, tx, row, { actor: 'nines', by: 'its alerts stopped firing.', reason: null });
  }
}
