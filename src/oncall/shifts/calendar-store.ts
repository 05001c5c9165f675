import type { Kysely } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { ResourceSet } from '../../catalog/index.ts';
import { json, type Queryable, type Tx } from '../../platform/sql/index.ts';
import type { CalendarSpec } from '../calendars/calendar.ts';
import type { CalendarEvent } from '../calendars/read-calendar.ts';
import { instantOf, startOfDay } from './local-time.ts';
import type { Absence } from './roster.ts';

/** What is kept of a calendar: its last good text, and what is in it in the months to come. */
export interface CalendarCopy {
  readonly name: string;
  /** Where it was got from: a copy of another place is not taken for it. */
  readonly source: string;
  readonly body: string;
  readonly etag: string | null;
  readonly events: readonly CalendarEvent[];
  /** Why the last try brought nothing. */
  readonly problem: string | null;
  /** Events that could not be read and were left out. */
  readonly skipped: number;
  readonly fetched_at: number | null;
  readonly tried_at: number;
}

interface Tables {
  calendar_copies: CalendarCopy;
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();

export const listCalendarCopies = (queryable: Queryable): Promise<CalendarCopy[]> =>
  on(queryable).selectFrom('calendar_copies').selectAll().orderBy('name').execute();

export const findCalendarCopy = (queryable: Queryable, name: string): Promise<CalendarCopy | undefined> =>
  on(queryable).selectFrom('calendar_copies').selectAll().where('name', '=', name).executeTakeFirst();

export async function putCalendarCopy(tx: Tx, copy: CalendarCopy): Promise<void> {
  const { name, ...rest } = { ...copy, events: json(copy.events) };
  await on(tx)
    .insertInto('calendar_copies')
    .values({ name, ...rest })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(rest))
    .execute();
}

export async function dropCalendarCopy(tx: Tx, name: string): Promise<void> {
  await on(tx).deleteFrom('calendar_copies').where('name', '=', name).execute();
}

/** When people are away by their calendars: a whole day is a day where the person lives. */
export function absencesOf(set: ResourceSet, calendars: readonly CalendarCopy[], zoneOf: (person: string) => string): Absence[] {
  return calendars.flatMap(({ name, events }) => {
    const people = set.get<CalendarSpec>('Calendar', name)?.spec.people ?? [];
    return people.flatMap((person) =>
      events.flatMap((event): Absence[] => {
        const zone = zoneOf(person);
        const [from, to] = [edgeOf(event.from, zone), edgeOf(event.to, zone)];
        return from < to ? [{ person, from, to, summary: event.summary }] : [];
      }),
    );
  });
}

const edgeOf = (text: string, zone: string): number => (text.length === 10 ? startOfDay(text, zone) : instantOf(text, zone));

/** More days than this of one event are not looked at: an event of years is a mistake. */
const MOST_DAYS = 400;

/** The days of the calendars that are nobody's: public holidays. An event of some hours does not make a day off. */
export function daysOffOf(set: ResourceSet, calendars: readonly CalendarCopy[]): Map<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const { name, events } of calendars) {
    const calendar = set.get<CalendarSpec>('Calendar', name);
    if (calendar === undefined || calendar.spec.people.length > 0) continue;
    found.set(name, new Set(events.flatMap(wholeDays)));
  }
  return found;
}

function wholeDays({ from, to }: CalendarEvent): string[] {
  if (from.length !== 10 || to.length !== 10) return [];
  const days: string[] = [];
  const end = Temporal.PlainDate.from(to);
  for (let day = Temporal.PlainDate.from(from); Temporal.PlainDate.compare(day, end) < 0 && days.length < MOST_DAYS; day = day.add({ days: 1 })) days.push(day.toString()); // prettier-ignore
  return days;
}
