import type { Message } from '../../delivery/index.ts';
import type { Tx } from '../../platform/sql/index.ts';
import { type Desk, personOf } from '../desk.ts';
import { cut } from '../pages/subject.ts';
import { contactOf } from '../policies/escalation.ts';
import { quietEnds } from '../policies/quiet-hours.ts';

/** News of a schedule for one person. Their own words for it: times are said in their time zone. */
export interface News {
  readonly person: string;
  readonly subject: string;
  text(timeZone: string): string;
  /** What makes it the same news: `override:…`. */
  readonly key: string;
  readonly about: string;
  /** `schedule` by default. */
  readonly reason?: 'schedule' | 'gap';
  /** Who is on call soon is told now; all else waits for the end of quiet hours. */
  readonly urgent?: boolean;
  readonly action?: { readonly label: string; readonly url: string };
}

/** Queues news in the transaction that makes it. Someone without a contact is not told. */
export async function tellPeople(desk: Desk, tx: Tx, news: readonly News[]): Promise<void> {
  const set = desk.catalog.current();
  const now = desk.clock.now();
  const messages = news.flatMap(({ person, subject, text, key, about, reason = 'schedule', urgent = false, action }): Message[] => {
    const contact = contactOf(set, person);
    const reader = personOf(set, person);
    if (contact === undefined || reader === undefined) return [];
    return [
      {
        key: `schedule:${key}:${person}:${contact.channel}`,
        ...contact,
        person,
        about,
        subject: cut(subject),
        text: text(reader.timeZone),
        priority: 5,
        reason,
        ...(action && { action }),
        ...(!urgent && { notBefore: quietEnds(reader, now) }),
      },
    ];
  });
  await desk.delivery.send(tx, messages);
}
