import { type Kysely, sql as template } from 'kysely';
import type { Queryable } from '../../platform/sql/index.ts';
import { BUNDLE_WITHIN_MS, bundleClass, FIRST_TELLING_MS, MOST_TOLD, NEXT_TELLING_MS, onTheirOwn } from './bundle.ts';
import { type DeliveryRow, type DeliveryTables, insertDeliveries, type NewDelivery } from './delivery-store.ts';
import type { Message } from '../messages/index.ts';
import { newId } from '../../platform/id.ts';

const on = (queryable: Queryable): Kysely<DeliveryTables> => queryable.db<DeliveryTables>();

export interface BundleDeps {
  readonly now: number;
  /** This many within a minute leave on their own; 0 bundles nothing. */
  readonly limit: number;
}

/** What to queue, and what of it has a job of its own: not the messages that a bundle tells of. */
export interface Sorted {
  readonly alone: readonly NewDelivery[];
  readonly bundled: readonly NewDelivery[];
  /** Bundles that are to be told at a time. */
  readonly tell: readonly { readonly bundle: DeliveryRow; readonly at: number }[];
}

/** Sorts messages into those that leave on their own and those that a bundle tells of. Holds the bundles until the transaction ends. */
export async function sortMessages(tx: Queryable, messages: readonly Message[], { now, limit }: BundleDeps): Promise<Sorted> {
  const alone: NewDelivery[] = [];
  const bundled: NewDelivery[] = [];
  const tell: { bundle: DeliveryRow; at: number }[] = [];
  const classes = new Map<string, Message[]>();
  const fresh = limit === 0 ? messages : await withoutKnown(tx, messages);
  for (const message of fresh) {
    const gathers = limit === 0 ? undefined : bundleClass(message);
    if (gathers === undefined) alone.push({ message });
    else addTo(classes, `${dueOf(message, now)} ${gathers}`, message);
  }
  // In one order everywhere: two transactions that hold bundles of the same people don't wait for each other.
  for (const [, given] of [...classes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const own = onTheirOwn(given.length, await countRecent(tx, given, now), limit);
    alone.push(...given.slice(0, own).map((message) => ({ message })));
    const rest = given.slice(own);
    if (rest.length === 0) continue;
    const { bundle, at } = await openBundle(tx, rest[0]!, now);
    bundled.push(...rest.map((message) => ({ message, bundle: bundle.id })));
    if (at !== undefined) tell.push({ bundle, at });
  }
  return { alone, bundled, tell };
}

const dueOf = ({ notBefore = 0 }: Message, now: number): number => Math.max(now, notBefore);

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

/** Sent again with the same key: neither counted nor bundled. */
async function withoutKnown(tx: Queryable, given: readonly Message[]): Promise<Message[]> {
  const distinct = [...new Map(given.toReversed().map((message) => [message.key, message])).values()].toReversed();
  const keys = JSON.stringify(distinct.map(({ key }) => key));
  const { rows } = await template<{ key: string }>`
    select key from deliveries where key in (select jsonb_array_elements_text(${keys}::jsonb))`.execute(tx.db());
  const known = new Set(rows.map(({ key }) => key));
  return distinct.filter(({ key }) => !known.has(key));
}

/** How many of this class left, or are to leave, on their own within the minute before these are due. */
async function countRecent(tx: Queryable, [first]: readonly Message[], now: number): Promise<number> {
  if (!first) return 0;
  const due = dueOf(first, now);
  const rows = await on(tx)
    .selectFrom('deliveries')
    .select(['channel', 'address', 'person', 'reason', 'priority', 'about'])
    .where('person', '=', first.person ?? '')
    .where('channel', '=', first.channel)
    .where('due_at', '>', due - BUNDLE_WITHIN_MS)
    .where('due_at', '<=', due)
    .where('bundle', 'is', null)
    .where('gathers', 'is', null)
    .where('state', '<>', 'dropped')
    .limit(1_000)
    .execute();
  const wanted = bundleClass(first);
  return rows.filter((row) => bundleClass({ ...first, ...row }) === wanted).length;
}

/** The bundle that these join, and when it is to be told where nothing says so yet. */
async function openBundle(tx: Queryable, message: Message, now: number): Promise<{ bundle: DeliveryRow; at?: number }> {
  const gathers = bundleClass(message)!;
  const due = dueOf(message, now);
  const known = await on(tx)
    .selectFrom('deliveries')
    .selectAll()
    .where('gathers', '=', gathers)
    .where('due_at', '<=', due + NEXT_TELLING_MS)
    .where((where) => where.or([where('state', '=', 'queued'), where('gathers_until', '>', now)]))
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (known?.state === 'queued' && (known.due_at >= due || known.sent_at !== null || known.due_at + NEXT_TELLING_MS > due)) return { bundle: known };
  if (known?.state === 'sent') {
    const at = Math.max(now, known.gathers_until ?? now);
    await on(tx).updateTable('deliveries').set({ state: 'queued', due_at: at }).where('id', '=', known.id).execute();
    return { bundle: known, at };
  }
  const { channel, address, person = null, priority } = message;
  const key = `bundle:${newId(now)}`;
  const facts = { key, channel, address, person, priority, subject: 'Several pages', text: '', reason: 'bundle' };
  const at = due + FIRST_TELLING_MS;
  const [bundle] = await insertDeliveries(tx, [{ message: facts, gathers, dueAt: at }], now);
  return { bundle: bundle!, at };
} // prettier-ignore

/** What waits to be told by a bundle, the oldest first. */
export const untoldOf = (queryable: Queryable, bundle: string): Promise<DeliveryRow[]> =>
  on(queryable)
    .selectFrom('deliveries')
    .selectAll()
    .where('bundle', '=', bundle)
    .where('state', '=', 'queued')
    .orderBy('created_at')
    .orderBy('about')
    .limit(MOST_TOLD)
    .execute();

/** How many of a bundle have been told. */
export async function countTold(queryable: Queryable, bundle: string): Promise<number> {
  const { count } = await on(queryable)
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('bundle', '=', bundle)
    .where('state', '=', 'sent')
    .executeTakeFirstOrThrow();
  return count;
}

/** The bundle, held against those who would join it until the transaction ends. */
export const lockDelivery = (tx: Queryable, id: string): Promise<DeliveryRow | undefined> =>
  on(tx).selectFrom('deliveries').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

/** Changes those of a bundle's messages that are still waiting and of these ids. */
export async function updateMembers(tx: Queryable, ids: readonly string[], change: Partial<DeliveryRow>): Promise<void> {
  if (ids.length === 0) return;
  const among = template<boolean>`id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
  await on(tx).updateTable('deliveries').set(change).where('state', '=', 'queued').where(among).execute();
}
