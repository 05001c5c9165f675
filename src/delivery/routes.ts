import type { Catalog } from '../catalog/index.ts';
import type { Clock } from '../platform/clock.ts';
import { created, type Route, route } from '../platform/http/index.ts';
import { newId } from '../platform/id.ts';
import { conflict, notFound } from '../platform/problem.ts';
import type { Sql } from '../platform/sql/index.ts';
import { contactsOf, type PersonContacts } from './contacts.ts';
import { type NotificationJson, notificationsAnswer, notificationsQuery, testAnswer, testNotification } from './contract.ts';
import type { Delivery, DeliveryRecord, Message } from './delivery.ts';
import { listDeliveries, toRecord } from './delivery-store.ts';

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

/** A delivery as the API tells of it. */
export function toNotification(record: DeliveryRecord): NotificationJson {
  const { id, person, channel, address, reason, about, subject, state, attempts, lastError, createdAt, sentAt } = record;
  const sent = sentAt === null ? null : new Date(sentAt).toISOString();
  const createdText = new Date(createdAt).toISOString();
  return { id, person, channel, address, reason, about, subject, state, attempts, lastError, createdAt: createdText, sentAt: sent };
}
