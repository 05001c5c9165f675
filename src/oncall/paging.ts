import type { Tx } from '../platform/sql/index.ts';
import type { AlertSink, AlertTransition, PagedAlert } from './alert-sink.ts';
import { enqueueReminder, resolvePage } from './answer.ts';
import { DESCRIBE, type Desk, describeService, enqueueEscalation, tell, TELL_RESOLVED } from './desk.ts';
import { batchedDesk } from './batched-desk.ts';
import { newPage } from './new-page.ts';
import { describeCauses, resumeCalls, resumeMuted } from './mute-page.ts';
import type { PageState } from './page.ts';
import { countFiring, hasAny, putFiring, putResolved } from './page-alerts.ts';
import { insertPage, lockPage, lockPageOfGroup, type PageRow, UNANSWERED, updatePage, withAlerts } from './page-store.ts';
import { renderFacts } from './render-page.ts';
import { enqueueRespond, respondBy } from './response.ts';
import { storable } from './storable.ts';

/** What fires again this soon after its page was resolved is the same failure, and opens the same page again. */
export const REOPEN_MS = 5 * 60_000;
/** Several alerts that join at once are one new text. */
const DESCRIBE_AFTER_MS = 2_000;

/** Makes pages of alerts: one failure, one page. */
export function createAlertSink(desk: Desk): AlertSink {
  return {
    async changed(tx, transitions) {
      const firing = transitions.filter(({ to }) => to === 'firing');
      const batched = batchedDesk(desk);
      for (const group of grouped(firing)) await fire(batched.desk, tx, group);
      await batched.flush(tx);
      const resolved = transitions.filter(({ to }) => to === 'resolved').map(({ alert }) => storable(alert));
      for (const id of await putResolved(tx, resolved)) await settle(desk, tx, id);
    },
    unmuted: (tx, fingerprints) => resumeMuted(desk, tx, fingerprints),
    explained: (tx, services) => describeCauses(desk, tx, services),
  };
}

interface Group {
  readonly key: string;
  readonly alerts: readonly PagedAlert[];
  readonly policy: string | undefined;
}

/** By group and severity: a ticket that becomes critical is a page of its own. */
function grouped(transitions: readonly AlertTransition[]): Group[] {
  const groups = new Map<string, { key: string; alerts: PagedAlert[]; policy: string | undefined }>();
  for (const { groupKey, alert, policy } of transitions) {
    const id = `${alert.severity} ${groupKey}`;
    const group = groups.get(id) ?? { key: groupKey, alerts: [], policy };
    group.alerts.push(storable(alert));
    groups.set(id, group);
  }
  return [...groups.values()];
}

async function fire(desk: Desk, tx: Tx, { key, alerts, policy }: Group): Promise<void> {
  const [first] = alerts;
  if (!first) return;
  const now = desk.clock.now();
  // Two tries: between a look and an insert, another process may open the page.
  for (let tries = 0; tries < 2; tries += 1) {
    const known = await lockPageOfGroup(tx, key, first.severity, now - REOPEN_MS);
    // Another alert of the same service is another failure: it calls people anew, under its own words.
    if (known?.state === 'resolved' && (await hasAny(tx, known.id, alerts))) return reopen(desk, tx, known, alerts);
    if (known && known.state !== 'resolved') return grow(desk, tx, known, alerts);
    const opened = await insertPage(tx, newPage(desk, key, alerts, policy));
    if (opened) return open(desk, tx, opened, alerts);
  }
}

async function open(desk: Desk, tx: Tx, row: PageRow, alerts: readonly PagedAlert[]): Promise<void> {
  await putFiring(tx, row.id, alerts);
  await begin(desk, tx, await describe(desk, tx, row), `Page: ${row.subject}`, 'nines');
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

async function grow(desk: Desk, tx: Tx, row: PageRow, alerts: readonly PagedAlert[]): Promise<void> {
  const joined = await putFiring(tx, row.id, alerts);
  if (joined === 0) return;
  const began_at = Math.min(row.began_at, ...alerts.map(({ activeAt }) => activeAt));
  const grown = began_at === row.began_at ? row : await updatePage(tx, row, { began_at });
  await desk.jobs.enqueue(tx, { kind: DESCRIBE, key: row.id, runAt: desk.clock.now() + DESCRIBE_AFTER_MS });
  await resumeCalls(desk, tx, grown);
  await tell(desk, tx, grown, 'grown', { title: `${joined} more alerts: ${row.subject}`, actor: 'nines' });
}

/**
 * Fires again soon after it was resolved. Whoever was told 'resolved' is called anew, from the first step. Where that
 * was held back, nobody knows of the gap, and everything goes on as if there had been none: a page that flaps calls
 * once more, and not every minute.
 */
async function reopen(desk: Desk, tx: Tx, row: PageRow, alerts: readonly PagedAlert[]): Promise<void> {
  const now = desk.clock.now();
  await putFiring(tx, row.id, alerts);
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
  if (page.alerts.length === 0) return row;
  const content = {
    page,
    service: describeService(desk.catalog.current(), row.service),
    changes: null,
    url: desk.url,
    now: desk.clock.now(),
  };
  return updatePage(tx, row, { text: renderFacts(content, 'UTC') });
}

/** Resolves the page when none of its alerts fires any more. */
async function settle(desk: Desk, tx: Tx, id: string): Promise<void> {
  const row = await lockPage(tx, id);
  if (!row || row.state === 'resolved' || (await countFiring(tx, id)) > 0) return;
  await resolvePage(desk, tx, row, { actor: 'nines', by: 'its alerts stopped firing.', reason: null });
}
