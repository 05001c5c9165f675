import { Temporal } from 'temporal-polyfill';
import type { DailyReportSpec } from './daily-report-kind.ts';

/** When a report is due. Times are milliseconds. */
export interface Due {
  /** The one that is to be sent now, by the local day that it is of. */
  readonly now: { readonly day: string; readonly at: number } | null;
  readonly next: number;
}

/** A report that comes later than this is no morning's any more. */
const LATE_MS = 6 * 3_600_000;
type Times = Pick<DailyReportSpec, 'at' | 'days'> & { readonly timeZone: string };

/**
 * Once a local day, whatever the clocks do: a time that a change skips is the next that exists, one that comes twice is the first.
 * `sent` is the last day (`2026-03-29`) that was sent: one that was missed, while nines was down, is sent up to six hours late.
 */
export function dueReport(times: Times, sent: string | null, now: number): Due {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(times.timeZone).toPlainDate();
  const due = [today.subtract({ days: 1 }), today].map((day) => occurrence(times, day)).findLast((one) => one !== null && one.at <= now);
  const open = due && now - due.at <= LATE_MS && (sent === null || due.day > sent) ? due : null;
  for (let ahead = 0; ; ahead += 1) {
    const one = occurrence(times, today.add({ days: ahead }));
    if (one !== null && one.at > now) return { now: open, next: one.at };
  }
}

function occurrence({ at, timeZone, days }: Times, day: Temporal.PlainDate): { day: string; at: number } | null {
  const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
  if (!days.includes(WEEK[day.dayOfWeek - 1]!)) return null;
  return { day: day.toString(), at: day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(at) }).epochMilliseconds };
}
