import { z } from 'zod';
import type { Catalog } from '../catalog/index.ts';
import type { Clock } from '../platform/clock.ts';
import { created, type Route, route } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { conflict, notFound } from '../platform/problem.ts';
import type { Sql } from '../platform/sql/index.ts';
import { contactsOf, type PersonContacts } from './contacts.ts';
import {
  type NotificationJson,
  notificationDetail,
  notificationsAnswer,
  notificationsQuery,
  providersAnswer,
  testAnswer,
  testNotification,
} from './contract.ts';
import {
  countQueued,
  findDelivery,
  listAttempts,
  listDeliveries,
  toldBy,
  toRecord,
  type Delivery,
  type DeliveryRecord,
} from './deliveries/index.ts';
import type { Message } from './messages/index.ts';
import { troubledProviders } from './breakers/index.ts';

const byId = z.object({ id: z.string().max(40) });

interface Deps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly settings: { readonly url: string };
}

export function deliveryRoutes({ sql, clock, catalog, settings }: Deps, delivery: Delivery): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/notifications',
      access: 'viewer',
      summary: 'The messages that went, or are to go, to people; the newest first',
      query: notificationsQuery,
      response: notificationsAnswer,
      async handler({ query }) {
        const rows = await listDeliveries(sql, { ...query, order: 'desc' });
        const marker = rows.length === query.limit ? (rows.at(-1)?.id ?? null) : null;
        return { notifications: rows.map((row) => toNotification(toRecord(row))), marker };
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/notifications/providers',
      access: 'viewer',
      summary: 'The providers that take no messages now, and how many wait for them',
      response: providersAnswer,
      async handler() {
        const rows = await troubledProviders(sql);
        const waiting = new Map<string, number>();
        for (const channel of new Set(rows.map((row) => row.channel)))
          waiting.set(channel, await countQueued(sql, channel as Message['channel']));
        const providers = rows.map(({ channel, peer, state, failures, error, since, retry_at }) => ({
          channel,
          provider: peer,
          state,
          failures,
          error,
          since: new Date(since).toISOString(),
          retryAt: state === 'closed' ? null : new Date(retry_at).toISOString(),
          waiting: waiting.get(channel) ?? 0,
        }));
        return { providers };
      },
    }),
    route({
      method: 'GET',
      path: '/nines/v1/notifications/:id',
      access: 'viewer',
      summary: 'One message, with each attempt and what its provider answered',
      params: byId,
      response: notificationDetail,
      async handler({ params }) {
        const row = await findDelivery(sql, params.id);
        if (!row) throw notFound('notification', params.id);
        const tries = (await listAttempts(sql, row.bundle ?? row.id)).map(({ attempt, at, took_ms, provider, outcome, answer }) => {
          return { attempt, at: new Date(at).toISOString(), tookMs: took_ms, provider, outcome, answer };
        });
        const told = row.gathers === null ? [] : await toldBy(sql, row.id);
        const record = toRecord(row);
        return {
          ...toNotification(record),
          key: row.key,
          answer: row.answer,
          tries,
          told: told.map((one) => toNotification(toRecord(one))),
        };
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/notifications/test',
      access: 'responder',
      summary: 'Send a person a test message by each of their contacts',
      body: testNotification,
      response: testAnswer,
      async handler({ body, principal }) {
        const person = catalog.current().get<PersonContacts>('Person', body.person);
        if (!person) throw notFound('person', body.person);
        const contacts = contactsOf(person.spec);
        if (contacts.length === 0) throw conflict(`${body.person} has no contact: give the Person document an email or contacts.`);
        const about = `test/${newId(clock.now())}`;
        const message = testMessage({ about, person: person.name, by: principal.name, url: settings.url });
        await sql.transaction((tx) =>
          delivery.send(
            tx,
            contacts.map((contact, i) => ({ ...message, ...contact, key: `${about}:${i}:${contact.channel}` })),
          ),
        );
        const notifications = (await delivery.about(about)).map(toNotification);
        return created(`/nines/v1/notifications?about=${about}`, { notifications });
      },
    }),
  ];
}

function testMessage(about: { about: string; person: string; by: string; url: string }): Omit<Message, 'key' | 'channel' | 'address'> {
  const text = `${about.by} asked nines to test how ${about.person} is reached. This is how a message looks; nothing is wrong.`;
  return {
    subject: 'Test: nothing to do',
    text: `${text}\n\nnines: ${about.url}`,
    priority: 5,
    person: about.person,
    about: about.about,
    reason: 'test',
  };
}

const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** A delivery as the API tells of it: its state is the furthest of the words that is true of it. */
export function toNotification(record: DeliveryRecord): NotificationJson {
  const { id, person, channel, address, reason, about, subject, attempts, lastError, provider, bundle } = record;
  const { createdAt, sentAt, deliveredAt, seenAt, acknowledgedAt } = record;
  const reached = acknowledgedAt !== null ? 'acknowledged' : seenAt !== null ? 'seen' : deliveredAt !== null ? 'delivered' : 'sent';
  return {
    id,
    person,
    channel,
    address,
    reason,
    about,
    subject,
    state: record.state === 'sent' ? reached : record.state,
    attempts,
    lastError,
    createdAt: new Date(createdAt).toISOString(),
    sentAt: isoOrNull(sentAt),
    deliveredAt: isoOrNull(deliveredAt),
    seenAt: isoOrNull(seenAt),
    acknowledgedAt: isoOrNull(acknowledgedAt),
    provider,
    bundle,
  };
}
