import { type Kysely, sql as template } from 'kysely';
import type { Queryable } from '../../platform/sql/index.ts';
import { type DeliveryTables, linkHash } from './delivery-store.ts';

const on = (queryable: Queryable): Kysely<DeliveryTables> => queryable.db<DeliveryTables>();

/** Each later word includes the earlier ones: who has seen a message has it. */
export async function markAcknowledged(tx: Queryable, about: string, person: string, now: number): Promise<void> {
  await on(tx)
    .updateTable('deliveries')
    .set({ acknowledged_at: now })
    .where('about', '=', about)
    .where('person', '=', person)
    .where('state', '=', 'sent')
    .where('reason', 'in', ['page', 'escalation', 'ticket'])
    .where('acknowledged_at', 'is', null)
    .execute();
}

/** Whoever opens a message's link has seen it; also the bundle that told of it. */
export async function markOpened(queryable: Queryable, url: string, now: number): Promise<void> {
  const link = linkHash(url);
  await template`
    update deliveries set seen_at = ${now} where seen_at is null and state = 'sent'
      and (link = ${link} or id in (select bundle from deliveries where link = ${link}))`.execute(queryable.db());
}

/** What a provider says later: the device has it, or a reader has opened it. Returns whether that was new. */
export async function markProgress(
  queryable: Queryable,
  id: string,
  change: { readonly delivered_at: number } | { readonly seen_at: number },
): Promise<boolean> {
  const [[column, at]] = Object.entries(change) as [[string, number]];
  const { rows } = await template`
    update deliveries set ${template.ref(column)} = ${at} where (id = ${id} or bundle = ${id}) and state in ('queued', 'sent') and ${template.ref(column)} is null
    returning id`.execute(queryable.db());
  return rows.length > 0;
} // prettier-ignore
