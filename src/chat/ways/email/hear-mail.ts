import type { Catalog } from '../../../catalog/index.ts';
import type { Delivery } from '../../../delivery/index.ts';
import type { Sql } from '../../../platform/sql/index.ts';
import { personOf } from '../../speaker.ts';
import type { WayDeps } from '../way.ts';
import type { MailAnswer } from './read-answer.ts';

export interface MailWayDeps extends WayDeps {
  readonly sql: Sql;
  readonly catalog: Catalog;
  readonly delivery: Pick<Delivery, 'send'>;
}

export const isKnown = ({ catalog }: MailWayDeps, from: string): boolean =>
  personOf(catalog.current(), { chat: 'email', id: from, name: from }) !== undefined;

/** Does what the mail says, and says by mail what came of it; to people of the documents alone, or nines would write to anyone. */
export async function hearMail(mail: MailAnswer, { desk, sql, catalog, delivery }: MailWayDeps): Promise<void> {
  const speaker = { chat: 'email' as const, id: mail.from, name: mail.from };
  const person = personOf(catalog.current(), speaker);
  if (person === undefined || mail.text === '' || mail.automatic) return;
  const { text } = await desk.hear(speaker, { text: mail.text, about: mail.page });
  await sql.transaction((tx) =>
    delivery.send(tx, [
      {
        key: `chat-answer:${Buffer.from(mail.messageId).toString('base64url').slice(0, 200)}`,
        channel: 'email',
        address: mail.from,
        subject: `Re: ${mail.subject.replace(/^(?:re: ?)+/i, '')}`,
        text,
        priority: 1,
        person: person.name,
        about: `page/${mail.page}`,
        reason: 'chat-answer',
      },
    ]),
  );
}
