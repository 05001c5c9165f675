import { Temporal } from 'temporal-polyfill';
import { badRequest } from '../../platform/problem.ts';

/** A week of ISO 8601, from Monday to Monday in a time zone. Times are milliseconds. */
export interface Week {
  /** `2026-W47`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function weekFrom(monday: Temporal.PlainDate, timeZone: string): Week {
  const start = (date: Temporal.PlainDate): number => date.toZonedDateTime({ timeZone }).epochMilliseconds;
  const name = `${monday.yearOfWeek}-W${String(monday.weekOfYear).padStart(2, '0')}`;
  return { name, from: start(monday), to: start(monday.add({ days: 7 })) };
}

const mondayOf = (date: Temporal.PlainDate): Temporal.PlainDate => date.subtract({ days: date.dayOfWeek - 1 });
const dateAt = (at: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

/** The week that a time lies in. */
export const weekAt = (at: number, timeZone: string): Week => weekFrom(mondayOf(dateAt(at, timeZone)), timeZone);

/** @throws Problem 400 for a week that its year does not have */
export function weekNamed(name: string, timeZone: string): Week {
  const [year = 0, week = 0] = name.split('-W').map(Number);
  // The 4th of January is in week 1.
  const monday = mondayOf(Temporal.PlainDate.from({ year, month: 1, day: 4 })).add({ days: (week - 1) * 7 });
  const found = weekFrom(monday, timeZone);
  if (found.name !== name) throw badRequest(`There is no week ${name}: a year has 52 or 53, from W01.`);
  return found;
}

export const weekBefore = (week: Week, timeZone: string): Week => weekAt(week.from - 3 * 86_400_000, timeZone);
export const weekAfter = (week: Week, timeZone: string): Week => weekAt(week.to + 3 * 86_400_000, timeZone);

/** When the review of the week before is told: on Monday of the week that `at` lies in, at a local time that daylight saving does not move. */
export function reviewTime(at: number, timeZone: string, timeOfDay: string): number {
  const monday = mondayOf(dateAt(at, timeZone));
  return monday.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(timeOfDay) }).epochMilliseconds;
}

/** From 22:00 to 07:00. */
export function isNight(at: number, timeZone: string): boolean {
  const { hour } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return hour >= 22 || hour < 7;
}
