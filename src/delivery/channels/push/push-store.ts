import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Kysely } from 'kysely';
import webPush from 'web-push';
import { newId } from '../../../platform/id.ts';
import { json, type Queryable, type Sql } from '../../../platform/sql/index.ts';

/** A browser or phone that a person has asked to be notified on. */
export interface Subscription {
  readonly id: string;
  readonly person: string;
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  /** What the person calls it. */
  readonly label: string;
  readonly created_at: number;
  readonly used_at: number | null;
}

/** The pair of keys that push services know nines by (RFC 8292), in base64url. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

interface Tables {
  push_subscriptions: Subscription;
  push_keys: { one: boolean; keys: VapidKeys };
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

/** A person with more devices than these is a defect, or an attack. */
const MOST_DEVICES = 20;

/** Made once for a database: other keys would end every subscription. */
export async function vapidKeys(sql: Sql): Promise<VapidKeys> {
  const find = () => on(sql).selectFrom('push_keys').select('keys').executeTakeFirst();
  const known = await find();
  if (known) return known.keys;
  await on(sql)
    .insertInto('push_keys')
    .values({ one: true, keys: json(webPush.generateVAPIDKeys()) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await find())!.keys;
}

/** A browser that subscribes again, perhaps for someone else, has one subscription. The oldest of too many go. */
export async function addSubscription(
  tx: Queryable,
  given: Pick<Subscription, 'person' | 'endpoint' | 'p256dh' | 'auth' | 'label'>,
  now: number,
): Promise<Subscription> {
  await on(tx).deleteFrom('push_subscriptions').where('endpoint', '=', given.endpoint).execute();
  const row = { ...given, id: newId(now), created_at: now, used_at: null };
  await on(tx).insertInto('push_subscriptions').values(row).execute();
  const kept = on(tx).selectFrom('push_subscriptions').select('id').where('person', '=', given.person).orderBy('id', 'desc').limit(MOST_DEVICES);
  await on(tx).deleteFrom('push_subscriptions').where('person', '=', given.person).where('id', 'not in', kept).execute();
  return row;
} // prettier-ignore

export const subscriptionsOf = (queryable: Queryable, person: string): Promise<Subscription[]> =>
  on(queryable).selectFrom('push_subscriptions').selectAll().where('person', '=', person).orderBy('id').execute();

/** Returns whether there was one. */
export async function removeSubscription(queryable: Queryable, person: string, id: string): Promise<boolean> {
  const removed = await on(queryable).deleteFrom('push_subscriptions').where('person', '=', person).where('id', '=', id).returning('id').execute();
  return removed.length > 0;
} // prettier-ignore

export const markUsed = async (queryable: Queryable, id: string, now: number): Promise<void> =>
  void (await on(queryable).updateTable('push_subscriptions').set({ used_at: now }).where('id', '=', id).execute());

const sign = (keys: VapidKeys, delivery: string): string =>
  createHmac('sha256', keys.privateKey).update(`receipt ${delivery}`).digest('hex').slice(0, 32);

/** With this, a device says that it has a message, and that it was opened: nobody can say it of another. */
export const receiptToken = (keys: VapidKeys, delivery: string): string => `${delivery}.${sign(keys, delivery)}`;

/** The message that a token is of. */
export function deliveryOf(keys: VapidKeys, token: string): string | undefined {
  const [delivery = '', signature = ''] = token.split('.');
  const right = Buffer.from(sign(keys, delivery));
  const given = Buffer.from(signature);
  return right.length === given.length && timingSafeEqual(right, given) ? delivery : undefined;
}
