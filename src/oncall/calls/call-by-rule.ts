import type { Job } from '../../platform/jobs/index.ts';
import { type Desk, gather } from '../desk.ts';
import { listDeclined } from '../pages/declined.ts';
import { findPageRow, lockPage, withAlerts } from '../pages/page-store.ts';
import { callPeople } from './calls.ts';
import { type Later, waysOf } from './ways.ts';

/** The job NOTIFY: nobody has answered yet, and the page has not gone on to others: the person's next way is tried. */
export async function callByRule(desk: Desk, job: Job): Promise<void> {
  const { page: id, person, round, step, reason, mark } = job.payload as Later;
  const seen = await findPageRow(desk.sql, id);
  if (seen?.state !== 'triggered') return;
  const content = await gather(desk, { service: seen.service, beganAt: seen.began_at });
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
