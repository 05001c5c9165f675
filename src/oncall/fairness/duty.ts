import { Temporal } from 'temporal-polyfill';
import { atTime, dateAt, startOfDay } from '../shifts/local-time.ts';

/** A stretch of being on call that is of one kind from beginning to end. */
export interface Duty {
  readonly ms: number;
  readonly night: boolean;
  readonly weekend: boolean;
  readonly holiday: boolean;
}

interface Where {
  readonly timeZone: string;
  /** Whether a local date, `2026-12-25`, is a day off there. */
  dayOff(date: string): boolean;
}

const NIGHT_ENDS = Temporal.PlainTime.from('07:00');
const NIGHT_BEGINS = Temporal.PlainTime.from('22:00');

/**
 * Divides a time on call (milliseconds) by what it is for whoever has it, in their time zone: nights are 22:00 to 07:00,
 * weekends Saturday and Sunday, holidays the days of the calendars. A night on which clocks change counts as it lasts.
 */
export function dutiesBetween(from: number, to: number, { timeZone, dayOff }: Where): Duty[] {
  const duties: Duty[] = [];
  for (let day = dateAt(from, timeZone); startOfDay(day, timeZone) < to; day = day.add({ days: 1 })) {
    const next = startOfDay(day.add({ days: 1 }), timeZone);
    const edges = [startOfDay(day, timeZone), atTime(day, NIGHT_ENDS, timeZone), atTime(day, NIGHT_BEGINS, timeZone), next];
    for (const [i, night] of [true, false, true].entries()) {
      const ms = Math.min(to, edges[i + 1]!) - Math.max(from, edges[i]!);
      if (ms > 0) duties.push({ ms, night, weekend: day.dayOfWeek >= 6, holiday: dayOff(day.toString()) });
    }
  }
  return duties;
}

/** Whether an instant is at night there. */
export function isNight(at: number, timeZone: string): boolean {
  const { hour } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return hour < 7 || hour >= 22;
}
