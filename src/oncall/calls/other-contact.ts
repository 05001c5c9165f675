import type { DeliveryRecord } from '../../delivery/index.ts';
import type { Job } from '../../platform/jobs/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, enqueueEscalation, gather, OTHER_CONTACT } from '../desk.ts';
import { findPageRow, listTold, lockPage, withAlerts } from '../pages/page-store.ts';
import { contactAfter } from '../policies/escalation.ts';
import { callPeople } from './calls.ts';
import { waysOf } from './ways.ts';

interface Failed {
  readonly page: string;
  readonly person: string;
  readonly round: number;
  readonly step: number;
  readonly channel: string;
  readonly address: string;
}

/** A call could not be delivered, for good: the person's next contact is tried, and after the last the next step comes at once. */
export async function callFailed(desk: Desk, tx: Tx, failed: DeliveryRecord): Promise<void> {
  const [, page, round, step] = /^page:([^:]+):(\d+):(-?\d+):/.exec(failed.key) ?? [];
  if (page === undefined || failed.person === null || failed.state === 'dropped') return;
  const row = await lockPage(tx, page);
  if (row?.state !== 'triggered') return;
  const { channel, address } = failed;
  if (contactAfter(desk.catalog.current(), failed.person, failed)) {
    const payload: Failed = { page, person: failed.person, round: Number(round), step: Number(step), channel, address };
    return desk.jobs.enqueue(tx, { kind: OTHER_CONTACT, key: failed.key, payload, priority: 0 });
  }
  const current = row.severity === 'critical' && row.round === Number(round) && row.step === Number(step);
  const called = (await listTold(tx, page)).filter((one) => one.round === row.round && one.step === row.step);
  const [only] = called;
  const waits =
    only !== undefined &&
    waysOf(desk.catalog.current(), only.person, row.severity).some(({ after }) => only.told_at + after > desk.clock.now());
  // Nobody else was called in this step, and in no other way later, so there is nobody to wait for.
  if (current && called.length === 1 && !waits && row.escalates_at !== null) await enqueueEscalation(desk, tx, row, desk.clock.now());
}

/** A call can't leave now, for its provider is down: it goes by the person's next contact as well, at once. */
export async function callDelayed(desk: Desk, tx: Tx, delayed: DeliveryRecord): Promise<void> {
  const [, page, round, step] = /^page:([^:]+):(\d+):(\d+):/.exec(delayed.key) ?? [];
  const { person, channel, address } = delayed;
  if (page === undefined || person === null || !contactAfter(desk.catalog.current(), person, delayed)) return;
  const payload: Failed = { page, person, round: Number(round), step: Number(step), channel, address };
  await desk.jobs.enqueue(tx, { kind: OTHER_CONTACT, key: delayed.key, payload, priority: 0 });
}

/** The job OTHER_CONTACT: the same call to the same person by the next way. */
export async function callOtherwise(desk: Desk, job: Job): Promise<void> {
  const { page: id, person, round, step, ...failed } = job.payload as Failed;
  const seen = await findPageRow(desk.sql, id);
  const other = contactAfter(desk.catalog.current(), person, failed);
  if (seen?.state !== 'triggered' || !other) return;
  const content = await gather(desk, { service: seen.service, beganAt: seen.began_at });
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (row?.state !== 'triggered') return;
    const page = await withAlerts(tx, row);
    const reason = row.severity !== 'critical' ? 'ticket' : 'escalation';
    await callPeople(desk, tx, {
      page,
      content,
      people: [person],
      round,
      step,
      reason,
      next: [],
      by: { contact: other.contact, mark: `:${other.number}`, failed: true },
    });
  });
}
