import { createHash } from 'node:crypto';
import { type Kysely, sql as template } from 'kysely';
import { newId } from '../../platform/id.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import type { DeliveryRecord } from './delivery.ts';
import type { Message } from '../messages/index.ts';

/** What is forgotten once the message has left: it may hold a secret link. */
type Content = Pick<Message, 'text' | 'html' | 'attachments' | 'data' | 'action' | 'replaces'>;

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
  /** Which provider took it, and what that calls it. */
  provider: string | null;
  provider_ref: string | null;
  /** The hash of its action's link: who opens that has seen it. */
  link: string | null;
  delivered_at: number | null;
  seen_at: number | null;
  acknowledged_at: number | null;
  /** Since when a page waits for a provider that is down. */
  delayed_at: number | null;
  /** The message that tells of it, with others. */
  bundle: string | null;
  /** A bundle: of which person, channel and class it gathers messages, and until when. */
  gathers: string | null;
  gathers_until: number | null;
}

interface AttemptRow {
  delivery: string;
  attempt: number;
  at: number;
  took_ms: number;
  outcome: string;
  answer: string;
  provider: string;
}

export interface DeliveryTables {
  deliveries: DeliveryRow;
  delivery_attempts: AttemptRow;
}

const on = (queryable: Queryable): Kysely<DeliveryTables> => queryable.db<DeliveryTables>();

/** What is the caller's to say of a new row. */
export interface NewDelivery {
  readonly message: Message;
  /** In place of the message's time. */
  readonly dueAt?: number;
  readonly bundle?: string;
  readonly gathers?: string;
}

/** Rows a statement: each may hold 64 KB of text. */
const ROWS_AT_ONCE = 100;

/** Adds messages; those whose key is there already are left out. */
export async function insertDeliveries(tx: Queryable, given: readonly NewDelivery[], now: number): Promise<DeliveryRow[]> {
  const added: DeliveryRow[] = [];
  for (let at = 0; at < given.length; at += ROWS_AT_ONCE) {
    const rows = given.slice(at, at + ROWS_AT_ONCE).map((one) => toRow(one, now));
    // As one parameter: a thousand rows would be more parameters than a statement may have.
    const { rows: inserted } = await template<DeliveryRow>`
      insert into deliveries (id, key, channel, address, person, about, service, reason, subject, content, priority, state, created_at,
        due_at, link, bundle, gathers)
      select id, key, channel, address, person, about, service, reason, subject, content, priority, 'queued', ${now}, due_at, link,
        bundle, gathers
      from jsonb_to_recordset(${JSON.stringify(rows, storable)}::jsonb) as given (id text, key text, channel text, address text, person text, about text,
        service text, reason text, subject text, content jsonb, priority int, due_at bigint, link text, bundle text, gathers text)
      on conflict (key) do nothing returning *`.execute(tx.db());
    added.push(...inserted);
  }
  return added;
}

/** PostgreSQL holds no NUL in text, nor half a surrogate pair. */
const storable = (_: string, value: unknown): unknown => (typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value);

function toRow({ message, dueAt, bundle, gathers }: NewDelivery, now: number) {
  const { key, channel, address, subject, reason, priority, notBefore = 0, person, about, service, ...rest } = message;
  const { text, html, attachments, data, action, replaces } = rest;
  const content = { text, html, attachments, data, action, replaces } satisfies Record<keyof Content, unknown>;
  const facts = { key, channel, address, subject, reason, priority, person, about, service, content, bundle, gathers };
  return { ...facts, id: newId(now), due_at: dueAt ?? Math.max(now, notBefore), link: action && linkHash(action.url) };
}

export const linkHash = (url: string): string => createHash('sha256').update(url).digest('hex');

export const findDelivery = (queryable: Queryable, id: string): Promise<DeliveryRow | undefined> =>
  on(queryable).selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst();

export async function recordAttempts(tx: Queryable, attempts: readonly AttemptRow[]): Promise<void> {
  if (attempts.length === 0) return;
  await on(tx)
    .insertInto('delivery_attempts')
    .values([...attempts])
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

/** How far a message has come: the four words, or what became of it where it has not left. */
export type Progress = DeliveryRecord['state'] | 'delivered' | 'seen' | 'acknowledged';
const PROGRESS = template<Progress>`case when state <> 'sent' then state when acknowledged_at is not null then 'acknowledged'
  when seen_at is not null then 'seen' when delivered_at is not null then 'delivered' else 'sent' end`;

export interface DeliveryFilter {
  readonly about?: string | undefined;
  readonly state?: Progress | undefined;
  readonly person?: string | undefined;
  readonly channel?: string | undefined;
  readonly marker?: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
}

export function listDeliveries(queryable: Queryable, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  let select = on(queryable).selectFrom('deliveries').selectAll().orderBy('id', filter.order).limit(filter.limit);
  if (filter.about !== undefined) select = select.where('about', '=', filter.about);
  if (filter.person !== undefined) select = select.where('person', '=', filter.person);
  if (filter.channel !== undefined) select = select.where('channel', '=', filter.channel as Message['channel']);
  if (filter.state !== undefined) select = select.where(template<boolean>`${PROGRESS} = ${filter.state}`);
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
  deliveredAt: row.delivered_at,
  seenAt: row.seen_at,
  acknowledgedAt: row.acknowledged_at,
  provider: row.provider,
  bundle: row.bundle,
});

/** The message as it was given to `send`. */
export const toMessage = (row: DeliveryRow): Message => ({
  text: '',
  ...withoutNulls(row.content ?? {}),
  key: row.key,
  delivery: row.id,
  channel: row.channel,
  address: row.address,
  subject: row.subject,
  priority: row.priority,
  person: row.person,
  about: row.about,
  service: row.service,
  reason: row.reason,
});

const withoutNulls = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined)) as T;

/** The attempts of one message, the first first. */
export const listAttempts = (queryable: Queryable, delivery: string): Promise<AttemptRow[]> =>
  on(queryable).selectFrom('delivery_attempts').selectAll().where('delivery', '=', delivery).orderBy('attempt').execute();

/** Which page a message told of that its provider calls `ref`; undefined where it told of none, or of several. */
export async function pageByRef(queryable: Queryable, channel: Message['channel'], ref: string): Promise<string | undefined> {
  const about = on(queryable)
    .selectFrom('deliveries')
    .select('about')
    .distinct()
    .where('provider_ref', '=', ref)
    .where('channel', '=', channel);
  const [one, ...others] = await about.where('about', 'like', 'page/%').limit(2).execute();
  return others.length === 0 ? one?.about?.slice('page/'.length) : undefined;
}

/** What a bundle told of, or is to tell of. */
export const toldBy = (queryable: Queryable, bundle: string): Promise<DeliveryRow[]> =>
  on(queryable)
    .selectFrom('deliveries')
    .selectAll()
    .where('bundle', '=', bundle)
    .orderBy('created_at')
    .orderBy('about')
    .limit(500)
    .execute();
