import { formatDuration } from '../../platform/duration.ts';
import { badRequest, conflict, notFound } from '../../platform/problem.ts';
import { type Desk, REMIND, tell } from '../desk.ts';
import { lockPage, updatePage, withAlerts } from '../pages/page-store.ts';
import type { PageState } from '../pages/page.ts';
import { type Answerer, holdPage } from './answer.ts';

/** Longer, and it is forgotten: resolve it, or silence the alert with a reason. */
const LONGEST_SNOOZE_MS = 7 * 86_400_000;

/**
 * Leaves a page alone until a time (milliseconds); if it still stands then, it is called anew, whoever snoozed it among
 * the first. Whoever snoozes an unanswered page takes it. 400 for a time that has passed or lies more than seven days
 * ahead, 409 for a page that is resolved. Answers once it survives a crash.
 */
export async function snooze(desk: Desk, id: string, who: Answerer, until: number): Promise<PageState> {
  const now = desk.clock.now();
  if (!Number.isSafeInteger(until) || until <= now) throw badRequest('A snooze ends in the future: say until when, or for how long.');
  if (until - now > LONGEST_SNOOZE_MS) {
    throw badRequest('A snooze lasts seven days at most: resolve the page, or silence its alert with a reason.');
  }
  return desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (!row) throw notFound('page', id);
    if (row.state === 'resolved') throw conflict('The page is resolved already: there is nothing left to snooze.');
    const held = row.state === 'acknowledged' ? row : await holdPage(desk, tx, row, who);
    const snoozed = await updatePage(tx, held, { snoozed_until: until, snoozed_by: who.name });
    await desk.jobs.enqueue(tx, { kind: REMIND, key: id, runAt: until });
    if (row.state !== 'acknowledged') {
      const title = `${who.name} acknowledged: ${row.subject}`;
      await tell(desk, tx, snoozed, 'acknowledged', { title, actor: who.actor });
    }
    const title = `${who.name} snoozed for ${formatDuration(Math.round((until - now) / 1_000) * 1_000)}: ${row.subject}`;
    await tell(desk, tx, snoozed, 'snoozed', { title, actor: who.actor });
    return withAlerts(tx, snoozed);
  });
}
