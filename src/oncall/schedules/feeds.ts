import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { ResourceSet } from '../../catalog/index.ts';
import { newSecret } from '../../platform/id.ts';
import { notFound, Problem } from '../../platform/problem.ts';
import type { Queryable } from '../../platform/sql/index.ts';
import { type FeedEvent, icalFeed } from '../calendars/ical-out.ts';
import { type Desk, titleOf } from '../desk.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { shiftsBetween } from '../shifts/shifts.ts';
import type { CalendarLink } from './contract.ts';
import type { Requester } from './overrides.ts';
import type { Span } from './spans.ts';

type Kind = CalendarLink['kind'];

interface LinkRow {
  kind: Kind;
  name: string;
  /**
   * As it is, and not its hash: it opens shifts alone, which whoever reads this table can read anyway, and it is shown again to
   * those who may, so that a second phone needs no new address.
   */
  secret: string;
  created_at: number;
}

interface Tables {
  calendar_links: LinkRow;
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

const DAY_MS = 86_400_000;
const BEHIND_MS = 31 * DAY_MS;
const AHEAD_MS = 92 * DAY_MS;

/** The address of a calendar of shifts, made where there is none. Someone's own is theirs: only they, and admins, get it. */
export async function calendarLink(
  desk: Desk,
  { kind, name, renew }: { kind: Kind; name: string; renew: boolean },
  by: Requester & { admin: boolean },
): Promise<CalendarLink> {
  const document = { person: 'Person', schedule: 'Schedule', team: 'Team' }[kind];
  if (desk.catalog.current().get(document, name) === undefined) throw notFound(kind, name);
  if (kind === 'person' && by.person !== name && !by.admin)
    throw new Problem(403, 'forbidden', `The address of ${name}'s shifts is ${name}'s own.`);
  if (renew && kind !== 'person' && !by.admin)
    throw new Problem(403, 'forbidden', 'Others use this address: only an admin ends it and makes another.');
  const secret = await desk.sql.transaction(async (tx) => {
    if (renew) await on(tx).deleteFrom('calendar_links').where('kind', '=', kind).where('name', '=', name).execute();
    const row = { kind, name, secret: newSecret(), created_at: desk.clock.now() };
    const keep = { kind };
    const kept = await on(tx)
      .insertInto('calendar_links')
      .values(row)
      .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(keep))
      .returning('secret')
      .executeTakeFirstOrThrow();
    if (renew) await desk.ledger.append(tx, [{ kind: 'schedule.link-renewed', title: `The calendar address of ${kind} ${name} is a new one`, actor: by.actor, subject: `${kind}/${name}`, data: {} }]); // prettier-ignore
    return kept.secret;
  });
  return { kind, name, url: `${desk.url}/shifts/${secret}.ics` };
}

export interface Feed {
  readonly body: string;
  readonly etag: string;
}

/** The calendar behind an address; undefined where it leads nowhere. The same shifts on the same day are the same bytes. */
export async function readFeed(desk: Desk, secret: string): Promise<Feed | undefined> {
  const link = await on(desk.sql).selectFrom('calendar_links').selectAll().where('secret', '=', secret).executeTakeFirst();
  if (!link) return undefined;
  await desk.rosters.refresh(desk.sql);
  const set = desk.catalog.current();
  const today = Math.floor(desk.clock.now() / DAY_MS) * DAY_MS;
  const events = feedEvents(set, link, { from: today - BEHIND_MS, to: today + AHEAD_MS }, desk.url);
  const named =
    link.kind === 'person' ? titleOf(set, link.name) : (set.get(link.kind === 'team' ? 'Team' : 'Schedule', link.name)?.title ?? link.name);
  const body = icalFeed({ name: `On call: ${named}`, stamp: today, events });
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 24)}"` };
}

function feedEvents(set: ResourceSet, { kind, name }: Pick<LinkRow, 'kind' | 'name'>, span: Span, url: string): FeedEvent[] {
  const schedules = set
    .list<ScheduleSpec>('Schedule')
    .filter((one) => kind === 'person' || (kind === 'team' ? one.spec.team === name : one.name === name));
  return schedules.flatMap(({ name: schedule, title, spec }) =>
    shiftsBetween(spec, span.from, span.to).flatMap((shift) => {
      const roles: [string, string | null][] = [['primary', shift.primary], ['secondary', shift.secondary], ...shift.shadows.map((one): [string, string] => ['shadow', one])]; // prettier-ignore
      return roles.flatMap(([role, person]): FeedEvent[] => {
        if (person === null || (kind === 'person' && person !== name)) return [];
        const who = kind === 'person' ? `On call (${role})` : `${titleOf(set, person)} (${role})`;
        const others = roles
          .filter(([other, one]) => other !== role && one !== null)
          .map(([other, one]) => `${other}: ${titleOf(set, one!)}`);
        // A shadow is told apart from another of the same shift; whoever is primary is not: a swap keeps the event.
        const id = role === 'shadow' || kind === 'person' ? `${role}-${person}` : role;
        const uid = `${schedule}-${id}-${shift.from}@nines`;
        return [
          {
            uid,
            from: shift.from,
            to: shift.to,
            summary: `${who}: ${title}`,
            description: others.join('\n'),
            url: `${url}/schedules/${schedule}`,
          },
        ];
      });
    }),
  );
}
