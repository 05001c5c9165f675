import { contactOfRule, type ResourceSet } from '../catalog/index.ts';
import type { Severity } from '../catalog/contract.ts';
import type { Contact } from '../delivery/index.ts';
import { parseDuration } from '../platform/duration.ts';
import type { Job } from '../platform/jobs/index.ts';
import type { Tx } from '../platform/sql/index.ts';
import { type Call, callPeople } from './calls.ts';
import { listDeclined } from './declined.ts';
import { type Desk, gather, NOTIFY, personOf } from './desk.ts';
import { contactOf } from './escalation.ts';
import { findPageRow, lockPage, withAlerts } from './page-store.ts';

export interface Way {
  readonly contact: Contact;
  /** Milliseconds after the call. */
  readonly after: number;
  /** What tells it from the other ways, at the end of the key. */
  readonly mark: string;
}

/**
 * How a person is called for a page of a class, the earliest first: by their own rules, or by their first contact. At
 * least one is at once, for anyone who has a contact at all.
 */
export function waysOf(set: ResourceSet, person: string, severity: Severity): Way[] {
  const spec = personOf(set, person);
  const rules = spec?.notify?.[severity === 'critical' ? 'critical' : 'other'] ?? [];
  const ways = rules.flatMap((rule, i) => {
    const contact = spec && contactOfRule(spec, rule);
    return contact ? [{ contact, after: parseDuration(rule.after), mark: i === 0 ? '' : `:r${i}` }] : [];
  });
  const first = contactOf(set, person);
  const atOnce = ways.some(({ after }) => after === 0);
  return (atOnce || !first ? ways : [{ contact: first, after: 0, mark: rules.length === 0 ? '' : ':r' }, ...ways]).sort(
    (a, b) => a.after - b.after,
  );
}

interface Later extends Pick<Call, 'round' | 'step' | 'reason'> {
  readonly page: string;
  readonly person: string;
  readonly mark: string;
}

/** The ways that are tried later, if nobody acknowledges; those that would come after the next step are left out. */
export async function enqueueLater(desk: Desk, tx: Tx, call: Call, person: string, ways: readonly Way[]): Promise<void> {
  const { page, round, step, reason, next, notBefore } = call;
  const now = desk.clock.now();
  const from = Math.max(now, notBefore?.(person) ?? now);
  for (const { after, mark } of ways) {
    const runAt = from + after;
    if (after === 0 || (next[0] !== undefined && runAt >= next[0].at)) continue;
    const payload: Later = { page: page.id, person, round, step, reason, mark };
    await desk.jobs.enqueue(tx, { kind: NOTIFY, key: `${page.id}:${round}:${step}:${person}${mark}`, payload, runAt, priority: 0 });
  }
}

/** The job NOTIFY: nobody has answered yet, and the page has not gone on to others: the person's next way is tried. */
export async function callByRule(desk: Desk, job: Job): Promise<void> {
  const { page: id, person, round, step, reason, mark } = job.payload as Later;
  const seen = await findPageRow(desk.sql, id);
  if (seen?.state !== 'triggered') return;
  const content = await gather(desk, await withAlerts(desk.sql, seen));
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (row?.state !== 'triggered' || row.round !== round || row.step !== step) return;
    if ((await listDeclined(tx, id)).includes(person)) return;
    const way = waysOf(desk.catalog.current(), person, row.severity).find((one) => one.mark === mark);
    if (!way) return;
    const page = await withAlerts(tx, row);
    const by = { contact: way.contact, mark, failed: false };
    await callPeople(desk, tx, { page, content, people: [person], round, step, reason, next: [], by });
  });
}
