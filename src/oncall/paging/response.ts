import type { Severity } from '../../catalog/contract.ts';
import { formatDuration, parseDuration } from '../../platform/duration.ts';
import type { Job } from '../../platform/jobs/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, RESPOND, tell } from '../desk.ts';
import { lockPage, type PageRow } from '../pages/page-store.ts';
import type { PolicySpec } from '../policies/policy.ts';

/** What each class promises where no policy says otherwise: how long after it was told of someone has answered. */
const PROMISED: Readonly<Record<Exclude<Severity, 'eventually'>, string>> = { critical: '30m', today: '24h' };

/**
 * Until when an answer is promised to a page that is told of at `toldAt` (milliseconds); null for one that waits in the
 * queue. A page for today promises nothing before it is told of: that may be on Monday.
 */
export function respondBy(severity: Severity, toldAt: number | null, respond: PolicySpec['respond'] = PROMISED): number | null {
  if (severity === 'eventually' || toldAt === null) return null;
  return toldAt + parseDuration(respond[severity]);
}

/** Looks again when the promise ends. */
export async function enqueueRespond(desk: Desk, tx: Tx, { id, respond_by, responded_at }: PageRow): Promise<void> {
  if (respond_by === null || responded_at !== null) return;
  await desk.jobs.enqueue(tx, { kind: RESPOND, key: id, runAt: respond_by, priority: 1 });
}

/** The job RESPOND: the promise is over. Nobody answered: it is counted, and written down. */
export async function missed(desk: Desk, { key: id }: Job): Promise<void> {
  await desk.sql.transaction(async (tx) => {
    const row = await lockPage(tx, id);
    if (!row || row.state === 'resolved' || row.responded_at !== null || row.respond_by === null || row.respond_by > desk.clock.now())
      return;
    const title = `Nobody answered within ${formatDuration(row.respond_by - row.triggered_at)}: ${row.subject}`;
    await tell(desk, tx, row, 'overdue', { title, actor: 'nines' });
  });
}
