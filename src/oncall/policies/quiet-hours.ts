import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS } from '../shifts/schedule.ts';

/** What counts of a Person document here. */
export interface QuietPerson {
  readonly timeZone: string;
  readonly quietHours?: { readonly from: string; readonly to: string } | undefined;
}

export interface WorkingHours {
  readonly from: string;
  readonly to: string;
  readonly days: readonly (typeof WEEKDAYS)[number][];
}

/** Whether a person is left alone at this time. Holds back tickets and news, never a critical page. */
export const isQuiet = (person: QuietPerson, now: number): boolean => quietEnds(person, now) > now;

/** When a person's quiet hours end; `now` outside of them. */
export function quietEnds({ timeZone, quietHours }: QuietPerson, now: number): number {
  if (!quietHours) return now;
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const [from, to] = [Temporal.PlainTime.from(quietHours.from), Temporal.PlainTime.from(quietHours.to)];
  const time = local.toPlainTime();
  const [afterFrom, beforeTo] = [Temporal.PlainTime.compare(time, from) >= 0, Temporal.PlainTime.compare(time, to) < 0];
  const overMidnight = Temporal.PlainTime.compare(from, to) > 0;
  const quiet = overMidnight ? afterFrom || beforeTo : afterFrom && beforeTo;
  if (!quiet) return now;
  const day = overMidnight && afterFrom ? local.toPlainDate().add({ days: 1 }) : local.toPlainDate();
  return day.toZonedDateTime({ timeZone, plainTime: to }).epochMilliseconds;
}

/** The first time from now on that is within working hours (those of the person's time zone). */
export function workBegins({ timeZone }: QuietPerson, hours: WorkingHours, now: number): number {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const [from, to] = [Temporal.PlainTime.from(hours.from), Temporal.PlainTime.from(hours.to)];
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    const day = local.toPlainDate().add({ days: ahead });
    if (!hours.days.includes(WEEKDAYS[day.dayOfWeek - 1]!)) continue;
    const begins = day.toZonedDateTime({ timeZone, plainTime: from }).epochMilliseconds;
    if (now < begins) return begins;
    if (now < day.toZonedDateTime({ timeZone, plainTime: to }).epochMilliseconds) return now;
  }
  return now;
}

/** When a ticket may reach a person: within working hours where the policy has some, and never in quiet hours. */
export function ticketTime(person: QuietPerson, hours: WorkingHours | undefined, now: number): number {
  let at = now;
  // Either may push into the other; where they leave no time at all, a week of tries ends it.
  for (let tries = 0; tries < 14; tries += 1) {
    const next = quietEnds(person, hours ? workBegins(person, hours, at) : at);
    if (next === at) return at;
    at = next;
  }
  return at;
}
