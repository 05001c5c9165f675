import { sql as template } from 'kysely';
import { json, type Tx } from '../../platform/sql/index.ts';
import { DESCRIBE, type Desk, enqueueEscalation } from '../desk.ts';
import { firingAlerts } from '../pages/page-alerts.ts';
import { lockPage, type PageRow, updatePage } from '../pages/page-store.ts';

/** Whether nobody is to be called for the page now: all that fires of it is muted. A page without alerts, which a person sent, never is. */
export async function isMuted(desk: Desk, tx: Tx, row: PageRow): Promise<boolean> {
  if (desk.muted === undefined) return false;
  const firing = await firingAlerts(tx, row.id);
  if (firing.length === 0) return false;
  return (await desk.muted.muted(tx, firing)).size === firing.length;
}

/** No more calls until something of it is no longer muted, or what is not muted joins it. */
export async function pauseCalls(tx: Tx, row: PageRow, now: number): Promise<void> {
  if (row.muted_at === null) await updatePage(tx, row, { muted_at: now });
}

/** The call that was due while it was muted is made now. */
export async function resumeCalls(desk: Desk, tx: Tx, row: PageRow): Promise<void> {
  if (row.muted_at === null || row.state === 'resolved' || (await isMuted(desk, tx, row))) return;
  const resumed = await updatePage(tx, row, { muted_at: null });
  if (row.state === 'triggered') await enqueueEscalation(desk, tx, resumed, desk.clock.now());
}

export async function resumeMuted(desk: Desk, tx: Tx, fingerprints: readonly string[]): Promise<void> {
  const { rows } = await template<{ id: string }>`
    select id from pages where muted_at is not null and state <> 'resolved' and id in (
      select page from page_alerts where state = 'firing' and fingerprint in (select jsonb_array_elements_text(${json(fingerprints)})))
    order by id`.execute(tx.db());
  for (const { id } of rows) {
    const row = await lockPage(tx, id);
    if (row) await resumeCalls(desk, tx, row);
  }
}

/** Several services that fail with it are one new text. */
const DESCRIBE_AFTER_MS = 2_000;

/** The pages of these services say which others they explain. */
export async function describeCauses(desk: Desk, tx: Tx, services: readonly string[]): Promise<void> {
  const { rows } = await template<{ id: string }>`
    select id from pages where state <> 'resolved' and severity = 'critical'
      and service in (select jsonb_array_elements_text(${json(services)})) order by id`.execute(tx.db());
  for (const { id } of rows) await desk.jobs.enqueue(tx, { kind: DESCRIBE, key: id, runAt: desk.clock.now() + DESCRIBE_AFTER_MS });
}
