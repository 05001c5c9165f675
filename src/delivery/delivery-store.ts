import type { Kysely } from 'kysely';
import { newId } from '../platform/id.ts';
import { json, type Queryable } from '../platform/sql/index.ts';
import type { DeliveryRecord, Message } from './delivery.ts';

/** What is forgotten once the message has left: it may hold a secret link. */
type Content = Pick<Message, 'text' | 'html' | 'attachments' | 'data' | 'action'>;

export interface DeliveryRow {
  id: string;
  key: string;
  channel: Message['channel'];
  address: string;
  person: string | null;
  about: string | null;
  service: string | null;
  reason: string;
  subject: string;
  content: Content | null;
  priority: number;
  state: DeliveryRecord['state'];
  attempts: number;
  last_error: string | null;
  answer: string | null;
  created_at: number;
  due_at: number;
  sent_at: number | null;
  /** Taken back while an attempt was under way: if that fails, there is no other. */
  withdrawn: boolean;
}

interface AttemptRow {
  delivery: string;
  attempt: number;
  at: number;
  took_ms: number;
  outcome: string;
  answer: string;
}

export interface DeliveryTables {
  deliveries: DeliveryRow;
  delivery_attempts: AttemptRow;
}

const on = (queryable: Queryable): Kysely<DeliveryTables> => queryable.db<DeliveryTables>();

/** Adds a message; undefined where one with its key is already there. */
export async function insertDelivery(tx: Queryable, message: Message, now: number): Promise<DeliveryRow | undefined> {
  const { text, html, attachments, data, action } = message;
  const content: Content = {
    text,
    ...(html && { html }),
    ...(attachments && { attachments }),
    ...(data && { data }),
    ...(action && { action }),
  };
  return on(tx)
    .insertInto('deliveries')
    .values({
      id: newId(now),
      key: message.key,
      channel: message.channel,
      address: message.address,
      person: message.person ?? null,
      about: message.about ?? null,
      service: message.service ?? null,
      reason: message.reason,
      subject: message.subject,
      content: json(content),
      priority: message.priority,
      state: 'queued',
      attempts: 0,
      created_at: now,
      due_at: Math.max(now, message.notBefore ?? 0),
      withdrawn: false,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returningAll()
    .executeTakeFirst();
}

export const findDelivery = (queryable: Queryable, id: string): Promise<DeliveryRow | undefined> =>
  on(queryable).selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();

export async function recordAttempt(tx: Queryable, attempt: AttemptRow): Promise<void> {
  await on(tx)
    .insertInto('delivery_attempts')
    .values(attempt)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export const updateDelivery = async (tx: Queryable, id: string, change: Partial<DeliveryRow>): Promise<void> =>
  void (await on(tx).updateTable('deliveries').set(change).where('id', '=', id).execute());

/** The messages about something that have not left yet. */
export function queuedAbout(tx: Queryable, about: string, reason: string | undefined): Promise<DeliveryRow[]> {
  let select = on(tx).selectFrom('deliveries').selectAll().where('about', '=', about).where('state', '=', 'queued');
  if (reason !== undefined) select = select.where('reason', '=', reason);
  return select.forUpdate().execute();
}

export async function countQueued(queryable: Queryable, channel: Message['channel']): Promise<number> {
  const { count } = await on(queryable)
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('channel', '=', channel)
    .where('state', '=', 'queued')
    .executeTakeFirstOrThrow();
  return count;
}

export interface DeliveryFilter {
  readonly about?: string | undefined;
  readonly state?: DeliveryRecord['state'] | undefined;
  readonly marker?: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
}

export function listDeliveries(queryable: Queryable, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  let select = on(queryable).selectFrom('deliveries').selectAll().orderBy('id', filter.order).limit(filter.limit);
  if (filter.about !== undefined) select = select.where('about', '=', filter.about);
  if (filter.state !== undefined) select = select.where('state', '=', filter.state);
  if (filter.marker !== undefined) select = select.where('id', filter.order === 'asc' ? '>' : '<', filter.marker);
  return select.execute();
}

export const toRecord = (row: DeliveryRow): DeliveryRecord => ({
  id: row.id,
  key: row.key,
  channel: row.channel,
  address: row.address,
  person: row.person,
  about: row.about,
  reason: row.reason,
  subject: row.subject,
  state: row.state,
  attempts: row.attempts,
  lastError: row.last_error,
  answer: row.answer,
  createdAt: row.created_at,
  sentAt: row.sent_at,
});

/** The message as it was given to `send`. */
export const toMessage = (row: DeliveryRow): Message => ({
  text: '',
  ...row.content,
  key: row.key,
  channel: row.channel,
  address: row.address,
  subject: row.subject,
  priority: row.priority,
  person: row.person,
  about: row.about,
  service: row.service,
  reason: row.reason,
});
