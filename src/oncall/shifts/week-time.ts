import { Temporal } from 'temporal-polyfill';
import { type Weekday, WEEKDAYS } from './schedule.ts';

/** A time of the week, in local time: `22:00` to `07:00` ends on the morning after each of its days. */
export interface WeekTime {
  readonly days?: readonly Weekday[] | undefined;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

/**
 * Whether an instant lies within it, `to` not included. By the clock on the wall: in a night on which clocks change it
 * is an hour longer or shorter, and its edges stay where they are written.
 */
export function isWithinWeekTime({ days = WEEKDAYS, from, to, timeZone }: WeekTime, at: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const time = local.toPlainTime();
  const afterFrom = Temporal.PlainTime.compare(time, Temporal.PlainTime.from(from)) >= 0;
  const beforeTo = Temporal.PlainTime.compare(time, Temporal.PlainTime.from(to)) < 0;
  const begins = (daysAgo: number): boolean => days.includes(WEEKDAYS[local.subtract({ days: daysAgo }).dayOfWeek - 1]!);
  if (from < to) return afterFrom && beforeTo && begins(0);
  return (afterFrom && begins(0)) || (beforeTo && begins(1));
}
