import { Temporal } from 'temporal-polyfill';
import type { Cron } from './cron.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A 29th of February may be eight years away, across a century that has none. */
const MOST_DAYS = 366 * 8 + 2;

/**
 * The first run after `after`, in milliseconds; null where there is none within eight years. A local time that a change of the
 * clocks skips is run as long after the change as it was written after it; one that comes twice is run the first time, but what runs
 * every hour (`*`) runs in both.
 */
export function nextRun(cron: Cron, timeZone: string, after: number): number | null {
  let date = Temporal.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(timeZone).toPlainDate();
  // A run of the day before that a change of the clocks moved past midnight.
  date = date.subtract({ days: 1 });
  for (let days = 0; days < MOST_DAYS; days++) {
    if (fits(cron, date)) {
      const next = firstOf(runsOn(cron, timeZone, date), after);
      if (next !== undefined) return next;
    }
    date = cron.months.has(date.month) ? date.add({ days: 1 }) : date.with({ day: 1 }).add({ months: 1 });
  }
  return null;
}

function fits({ days, months, weekdays, anyDay, anyWeekday }: Cron, date: Temporal.PlainDate): boolean {
  if (!months.has(date.month)) return false;
  const [day, weekday] = [days.has(date.day), weekdays.has(date.dayOfWeek % 7)];
  return anyDay || anyWeekday ? day && weekday : day || weekday;
}

function firstOf(runs: Iterable<number>, after: number): number | undefined {
  let first: number | undefined;
  for (const run of runs) if (run > after && (first === undefined || run < first)) first = run;
  return first;
}

function* runsOn({ hours, minutes, anyHour }: Cron, timeZone: string, date: Temporal.PlainDate): Generator<number> {
  const begins = date.toZonedDateTime(timeZone).epochMilliseconds;
  const changes = date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds - begins !== DAY_MS;
  for (const hour of hours) {
    for (const minute of minutes) {
      if (!changes) {
        yield begins + (hour * 60 + minute) * MINUTE_MS;
        continue;
      }
      const local = date.toPlainDateTime({ hour, minute });
      yield local.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
      if (!anyHour) continue;
      const again = local.toZonedDateTime(timeZone, { disambiguation: 'later' });
      // In a gap, 'later' is the same as 'compatible'.
      yield again.epochMilliseconds;
    }
  }
}
