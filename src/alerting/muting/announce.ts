import type { Catalog, PersonSpec } from '../../catalog/index.ts';
import { contactsOf, type Delivery, type Message } from '../../delivery/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { formatMatchers } from './matchers.ts';
import { heldBySilence } from './notice-store.ts';
import type { Silence } from './silence.ts';
import { lockSilence, markAnnounced, silencesEndingAfter } from './silence-store.ts';

export interface AnnounceDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly catalog: Catalog;
  readonly delivery?: Pick<Delivery, 'send'> | undefined;
  /** Who is on call for a service now: people's names. */
  readonly onCall?: ((service: string | null) => readonly string[]) | undefined;
  /** The address people open nines at. */
  readonly url?: string | undefined;
}

/** So long before a silence lapses, people are told, where an alert is held back by it. */
export const ANNOUNCE_MS = 30 * 60_000;

/** When it is to be looked at whether anybody must be told; undefined where that is past, or it was made for less. */
export function nextAnnouncement({ endsAt, updatedAt, announcedAt }: Silence, now: number): number | undefined {
  const at = endsAt - ANNOUNCE_MS;
  return announcedAt === null && updatedAt <= at && at > now ? at : undefined;
}

const isDue = ({ endsAt, updatedAt, announcedAt }: Silence, now: number): boolean =>
  announcedAt === null && updatedAt <= endsAt - ANNOUNCE_MS && now >= endsAt - ANNOUNCE_MS && now < endsAt;

/** Tells of silences that are about to lapse over alerts that fire: whoever made them, else whoever will be called. Once for each. */
export async function announceLapses(deps: AnnounceDeps): Promise<void> {
  const { sql, clock, delivery, ledger } = deps;
  if (delivery === undefined) return;
  const due = (await silencesEndingAfter(sql, clock.now())).filter((silence) => isDue(silence, clock.now()));
  for (const { id } of due) {
    await sql.transaction(async (tx) => {
      const silence = await lockSilence(tx, id);
      if (silence === undefined || !isDue(silence, clock.now())) return;
      const held = await heldBySilence(tx, id);
      if (held.length === 0) return;
      await markAnnounced(tx, id, clock.now());
      const messages = messagesFor(deps, silence, held);
      const people = messages.map(({ person }) => person).join(', ');
      const title = `The silence ${formatMatchers(silence.matchers)} lapses soon over ${held.length} alerts that fire${people === '' ? '' : `: told ${people}`}`;
      await ledger.append(tx, [
        { kind: 'silence.lapsing', title, actor: 'nines', subject: `silence/${id}`, data: { alerts: held.length } },
      ]);
      await delivery.send(tx, messages);
    });
  }
}

const MOST_LISTED = 10;

function messagesFor(
  { catalog, onCall, url = '' }: AnnounceDeps,
  silence: Silence,
  held: readonly { rule: string; service: string | null }[],
): Message[] {
  const { id, person, matchers, reason, createdBy, endsAt } = silence;
  const set = catalog.current();
  const contactOf = (name: string) => {
    const spec = set.get<PersonSpec>('Person', name)?.spec;
    const contact = spec && contactsOf(spec)[0];
    return spec && contact ? [{ name, contact, timeZone: spec.timeZone }] : [];
  };
  const own = person === null ? [] : contactOf(person);
  const services = [...new Set(held.map(({ service }) => service))];
  const people = own.length > 0 ? own : [...new Set(services.flatMap((service) => onCall?.(service) ?? []))].flatMap(contactOf);
  const listed = held.slice(0, MOST_LISTED).map(({ rule, service }) => `- ${rule}${service === null ? '' : ` of ${service}`}`);
  if (held.length > MOST_LISTED) listed.push(`- and ${held.length - MOST_LISTED} more`);
  return people.map(({ name, contact, timeZone }) => {
    const at = new Date(endsAt).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    const text = [
      `The silence ${formatMatchers(matchers)} of ${createdBy} ends at ${at}: ${reason}`,
      `These fire under it, and page from then on:\n${listed.join('\n')}`,
      `Prolong it or let it lapse: ${url}/silences/${id}`,
    ].join('\n\n');
    return {
      key: `silence:${id}:${endsAt}:${name}`,
      channel: contact.channel,
      address: contact.address,
      subject: `Silence ends at ${at}: ${held.length} alerts fire`.replace('1 alerts fire', '1 alert fires'),
      text,
      priority: 5,
      person: name,
      about: `silence/${id}`,
      reason: 'silence-lapsing',
    };
  });
}
