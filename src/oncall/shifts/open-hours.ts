import { Temporal } from 'temporal-polyfill';
import { atTime, dateAt } from './local-time.ts';
import { type HoursSpec, WEEKDAYS } from './schedule.ts';

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * When hours are open between two times, merged and in order. They begin and end at local times, so that a night on
 * which clocks change is an hour longer or shorter. A day off is a Sunday.
 */
export function openHours(
  hours: readonly HoursSpec[],
  timeZone: string,
  { from, to, dayOff }: Interval & { dayOff: (date: string) => boolean },
): Interval[] {
  const windows = hours.map((one) => ({
    days: one.days ?? WEEKDAYS,
    begins: Temporal.PlainTime.from(one.from),
    ends: Temporal.PlainTime.from(one.to),
    nextDay: one.to <= one.from,
  }));
  const found: Interval[] = [];
  const last = dateAt(to, timeZone);
  for (let day = dateAt(from, timeZone).subtract({ days: 1 }); Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const weekday = dayOff(day.toString()) ? 'sunday' : WEEKDAYS[day.dayOfWeek - 1]!;
    for (const { days, begins, ends, nextDay } of windows) {
      if (!days.includes(weekday)) continue;
      found.push({ from: atTime(day, begins, timeZone), to: atTime(nextDay ? day.add({ days: 1 }) : day, ends, timeZone) });
    }
  }
  return merged(found.filter((one) => one.from < one.to && one.to > from && one.from < to));
}

/** Intervals that touch or overlap, as one. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}

/** Whether one of some intervals, which are in order and don't overlap, holds an instant. */
export function isWithin(intervals: readonly Interval[], at: number): boolean {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (intervals[middle]!.from <= at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at < intervals[low - 1]!.to;
}
