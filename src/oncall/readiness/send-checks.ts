import type { Message } from '../../delivery/index.ts';
import { conflict, notFound } from '../../platform/problem.ts';
import { type Desk, personOf } from '../desk.ts';
import type { Answerer } from '../paging/answer.ts';
import { listChecks, newCheck } from './check-store.ts';
import { readinessOf } from './readiness.ts';

/** A flood of checks is no test: a person is asked at most once a minute. */
const PAUSE_MS = 60_000;

/** Sends a message with a code and a link to each contact of a person. 404 for one who carries no shift, 409 too soon. */
export async function sendChecks(desk: Desk, person: string, by: Answerer): Promise<number> {
  return desk.sql.transaction(async (tx) => {
    const now = desk.clock.now();
    const set = desk.catalog.current();
    if (!personOf(set, person)) throw notFound('person', person);
    const checks = await listChecks(tx);
    const found = readinessOf(set, checks, now).find((one) => one.person === person);
    if (!found) throw notFound('person in any schedule named', person);
    if (checks.some((one) => one.person === person && one.sent_at > now - PAUSE_MS)) throw conflict('A check was sent less than a minute ago: look for it first.'); // prettier-ignore
    const messages: Message[] = [];
    for (const contact of found.contacts) {
      const { link, code } = await newCheck(tx, person, contact, now);
      const url = `${desk.url}/v/${link}`;
      const text = `${by.name} asks whether messages to you by ${contact.channel} arrive. This is how a page would reach you.\n\nYes, it did: ${url}\n\nOr type the code ${code} at ${desk.url}/oncall/ready. Both count for a day.`;
      const key = `ready:${person}:${contact.channel}:${contact.address}:${now}`.slice(0, 500);
      messages.push({ key, channel: contact.channel, address: contact.address, subject: `Does this reach you? Code ${code}`, text, priority: 1, person, about: `person/${person}`, reason: 'contact-check', action: { label: 'Yes, it reached me', url } }); // prettier-ignore
    }
    await desk.delivery.send(tx, messages);
    return messages.length;
  });
}
