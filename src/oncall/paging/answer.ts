import { parseDuration } from '../../platform/duration.ts';
import { conflict, notFound } from '../../platform/problem.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { dropOldLinks } from '../calls/ack-links.ts';
import { tellResolved } from '../calls/calls.ts';
import { DESCRIBE, type Desk, ESCALATE, REMIND, RESPOND, tell, TELL_RESOLVED } from '../desk.ts';
import { findPageRow, listTold, lockPage, NOT_SNOOZED, type PageRow, type ToldRow, updatePage, withAlerts } from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import { storableText } from '../pages/storable.ts';
import { policyOf } from '../policies/escalation.ts';

/** Who answers: the ledger's actor, and the name that is kept and shown. */
export interface Answerer {
  readonly actor: string;
  readonly name: string;
}

/** How long a resolved page that has fired again before must stay quiet before people are told. */
export const HOLD_MS = 5 * 60_000;
const CALLS = ['page', 'escalation', 'ticket'];

/**
 * Stops the escalation. Answers once it survives a crash. Again, or by someone else: the page stays theirs who came
 * first; one that is snoozed becomes theirs who takes it up. 409 for a page that is resolved.
 */
export async function acknowledge(desk: Desk, id: string, who: Answerer): Promise<PageState> {
  return desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (!row) throw notFound('page', id);
    if (row.state === 'acknowledged' && row.snoozed_until === null) return withAlerts(tx, row);
    if (row.state === 'resolved') throw conflict(`The page is resolved already: there is nothing left to acknowledge.`);
    const acknowledged = await holdPage(desk, tx, row, who);
    await enqueueReminder(desk, tx, acknowledged);
    return tell(desk, tx, acknowledged, 'acknowledged', { title: `${who.name} acknowledged: ${row.subject}`, actor: who.actor });
  });
}

/** The page is theirs: nobody else is called. A snooze ends with it. */
export async function holdPage(desk: Desk, tx: Tx, row: PageRow, who: Answerer): Promise<PageRow> {
  const now = desk.clock.now();
  for (const kind of [ESCALATE, RESPOND]) await desk.jobs.cancel(tx, kind, row.id);
  await withdrawCalls(desk, tx, row.id);
  await desk.delivery.acknowledged(tx, `page/${row.id}`, who.name);
  tx.afterCommit(() => desk.watch.fine(row.id));
  const change = { state: 'acknowledged', acknowledged_at: now, acknowledged_by: who.name, escalates_at: null } as const;
  return updatePage(tx, row, { ...change, ...NOT_SNOOZED, responded_at: row.responded_at ?? now });
}

/** After the policy's ackTimeout, a page that still fires is called anew. */
export async function enqueueReminder(desk: Desk, tx: Tx, row: PageRow): Promise<void> {
  const policy = policyOf(desk.catalog.current(), row);
  const wait = policy === null ? 0 : parseDuration(policy.spec.ackTimeout);
  if (wait > 0) await desk.jobs.enqueue(tx, { kind: REMIND, key: row.id, runAt: desk.clock.now() + wait });
}

/**
 * A person says that it is over, whatever the alerts say: those that go on firing call nobody until they fire anew.
 * Resolved already: nothing changes.
 */
export async function resolveByHand(desk: Desk, id: string, who: Answerer, said: string): Promise<PageState> {
  const reason = storableText(said);
  return desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (!row) throw notFound('page', id);
    if (row.state === 'resolved') return withAlerts(tx, row);
    return resolvePage(desk, tx, row, { actor: who.actor, by: `${who.name} resolved it: ${reason}`, reason });
  });
}

export interface Resolution {
  readonly actor: string;
  /** What the told are told, after 'Over: '. */
  readonly by: string;
  readonly reason: string | null;
}

export async function resolvePage(desk: Desk, tx: Tx, row: PageRow, { actor, by, reason }: Resolution): Promise<PageState> {
  const now = desk.clock.now();
  for (const kind of [ESCALATE, REMIND, RESPOND, DESCRIBE]) await desk.jobs.cancel(tx, kind, row.id);
  const told = await reached(desk, tx, row);
  const held = row.reopened > 0 && actor === 'nines';
  const notice = told.length === 0 ? null : held ? ('held' as const) : ('sent' as const);
  // Where it is held back, `escalates_at` stays: it may fire again, and go on.
  const over = { state: 'resolved', resolved_at: now, reason, notice, muted_at: null, ...NOT_SNOOZED } as const;
  const change = { ...over, ...(!held && { escalates_at: null }) };
  const resolved = await updatePage(tx, row, change);
  const page = await withAlerts(tx, resolved);
  if (notice === 'sent') await tellResolved(desk, tx, page, told, by);
  if (notice === 'held')
    await desk.jobs.enqueue(tx, { kind: TELL_RESOLVED, key: row.id, payload: { by }, runAt: now + HOLD_MS, priority: 1 });
  await dropOldLinks(tx, now);
  tx.afterCommit(() => desk.watch.fine(row.id));
  const title = reason === null ? `Resolved: ${row.subject}` : `Resolved: ${row.subject} (${reason})`;
  return tell(desk, tx, resolved, 'resolved', { title, actor });
}

/** Takes back the calls that have not left, and says whom some call did reach. */
async function reached(desk: Desk, tx: Tx, row: PageRow): Promise<ToldRow[]> {
  const withdrawn = await withdrawCalls(desk, tx, row.id);
  const told = await listTold(tx, row.id);
  const calls = new Map<string, number>();
  for (const { person, calls: ways } of told) calls.set(person, (calls.get(person) ?? 0) + ways);
  for (const person of withdrawn) calls.set(person, (calls.get(person) ?? 0) - 1);
  return told.filter(({ person }) => (calls.get(person) ?? 0) > 0);
}

async function withdrawCalls(desk: Desk, tx: Tx, id: string): Promise<string[]> {
  const dropped: string[] = [];
  for (const reason of CALLS) {
    for (const { person } of await desk.delivery.withdraw(tx, `page/${id}`, reason)) dropped.push(person ?? '');
  }
  return dropped;
}

/** The job TELL_RESOLVED: it stayed quiet, so people are told. */
export async function tellHeld(desk: Desk, id: string, by: string): Promise<void> {
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (row?.state !== 'resolved' || row.notice !== 'held') return;
    const sent = await updatePage(tx, row, { notice: 'sent', escalates_at: null });
    await tellResolved(desk, tx, await withAlerts(tx, sent), await listTold(tx, id), by);
  });
}

export async function findPage(desk: Desk, id: string): Promise<PageState> {
  const row = await findPageRow(desk.sql, id);
  if (!row) throw notFound('page', id);
  return withAlerts(desk.sql, row);
}
