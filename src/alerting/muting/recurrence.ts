import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { timeZoneName } from '../../catalog/index.ts';

export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as '22:00', in quotes");

/** Certain hours of certain days of every week, in local time. Passes midnight where `to` is not after `from`; the day is that of its beginning. */
export const recurrence = z.strictObject({
  days: z.array(z.enum(DAYS)).min(1).max(7).default([...DAYS]).describe('The weekdays on which it begins; every day by default.'),
  from: timeOfDay.describe('When it begins, local time.'),
  to: timeOfDay.describe('When it ends, local time; not after `from`: on the next day.'),
  timeZone: timeZoneName.describe('The IANA time zone of both times. They keep their local time all year.'),
}); // prettier-ignore
export type Recurrence = z.output<typeof recurrence>;

/** From a time (in it) to a time (no longer in it), milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When something is in force: once from a time to a time, or within that at certain hours of the week. */
export interface Times {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly recurring: Recurrence | null;
}

/** Weeks without any window would need no weekday; clocks that are set forward move a window, they never take it away. */
const AHEAD_DAYS = 8;

/**
 * The span that holds `now`, or else the next one; undefined when there is none any more. A beginning that a clock set
 * forward leaps over is the moment of the leap, an end lies later by as much (02:30 is 03:30); of local times that a clock
 * set back repeats, the first counts (RFC 5545, section 3.3.5).
 */
export function spanAt({ startsAt, endsAt, recurring }: Times, now: number): Span | undefined {
  if (now >= endsAt) return undefined;
  if (recurring === null) return startsAt < endsAt ? { from: startsAt, to: endsAt } : undefined;
  const at = Math.max(now, startsAt);
  const { timeZone } = recurring;
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
  // Yesterday's may reach into today.
  for (let ahead = -1; ahead <= AHEAD_DAYS; ahead += 1) {
    const span = spanOf(recurring, today.add({ days: ahead }));
    if (span === undefined || span.to <= at || span.from >= endsAt) continue;
    return { from: Math.max(span.from, startsAt), to: Math.min(span.to, endsAt) };
  }
  return undefined;
}

export function isWithin(times: Times, now: number): boolean {
  const span = spanAt(times, now);
  return span !== undefined && span.from <= now;
}

/** When it next begins or ends; undefined when it never will. */
export function nextEdge(times: Times, now: number): number | undefined {
  const span = spanAt(times, now);
  return span === undefined ? undefined : span.from > now ? span.from : span.to;
}

function spanOf({ days, from, to, timeZone }: Recurrence, day: Temporal.PlainDate): Span | undefined {
  if (!days.includes(DAYS[day.dayOfWeek - 1]!)) return undefined;
  const last = to > from ? day : day.add({ days: 1 });
  const at = (date: Temporal.PlainDate, time: string): Temporal.ZonedDateTime =>
    date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) });
  const begins = at(day, from);
  // The clocks leap over its beginning: it begins when they do, for it must not lose its whole length.
  const leapt = begins.toPlainTime().toString().slice(0, 5) !== from;
  const first = leapt ? (begins.getTimeZoneTransition('previous') ?? begins) : begins;
  const span = { from: first.epochMilliseconds, to: at(last, to).epochMilliseconds };
  return span.from < span.to ? span : undefined;
}

/** `Monday to Friday` is not tried: the days as they are, and the hours. */
export function describeRecurrence({ days, from, to, timeZone }: Recurrence): string {
  const which = days.length === 7 ? 'every day' : days.map((day) => day[0]!.toUpperCase() + day.slice(1, 3)).join(', ');
  return `${which} ${from}–${to} ${timeZone}`;
}
