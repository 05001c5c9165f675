import type { Shift } from '../../../../src/oncall/contract.ts';

/** A day of a calendar on the reader's clock, and the shifts of it. */
export interface CalendarDay {
  readonly start: number;
  readonly end: number;
  readonly dayOfMonth: number;
  /** Of the month that the calendar is of; others fill its first and last week. */
  readonly inMonth: boolean;
  readonly weekend: boolean;
  readonly parts: readonly DayPart[];
}

export interface DayPart {
  readonly shift: Shift;
  /** It begins on this day, and did not at its midnight. */
  readonly begins: boolean;
}

export interface CalendarMonth {
  /** The first day of the month. */
  readonly start: number;
  readonly weeks: readonly (readonly CalendarDay[])[];
}

const addDays = (date: Date, days: number): Date => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);

/** The months from that of `from` on, in weeks that begin on Monday. Days are local: on some of them clocks change. */
export function calendarMonths(shifts: readonly Shift[], from: number, count: number): CalendarMonth[] {
  const first = new Date(from);
  return Array.from({ length: count }, (_, i) => monthOf(shifts, new Date(first.getFullYear(), first.getMonth() + i, 1)));
}

/** From when to when shifts are needed for so many months. */
export function calendarSpan(from: number, count: number): { from: number; to: number } {
  const first = new Date(from);
  const last = new Date(first.getFullYear(), first.getMonth() + count, 1);
  return { from: mondayOf(new Date(first.getFullYear(), first.getMonth(), 1)).getTime(), to: addDays(last, 7).getTime() };
}

const mondayOf = (date: Date): Date => addDays(date, -((date.getDay() + 6) % 7));

function monthOf(shifts: readonly Shift[], start: Date): CalendarMonth {
  const weeks: CalendarDay[][] = [];
  const next = new Date(start.getFullYear(), start.getMonth() + 1, 1);
  for (let monday = mondayOf(start); monday < next; monday = addDays(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, i) => dayOf(shifts, addDays(monday, i), start.getMonth())));
  }
  return { start: start.getTime(), weeks };
}

function dayOf(shifts: readonly Shift[], date: Date, month: number): CalendarDay {
  const [start, end] = [date.getTime(), addDays(date, 1).getTime()];
  const parts = shifts
    .filter(({ from, to }) => Date.parse(from) < end && Date.parse(to) > start)
    .map((shift) => ({ shift, begins: Date.parse(shift.from) > start }));
  return { start, end, dayOfMonth: date.getDate(), inMonth: date.getMonth() === month, weekend: date.getDay() % 6 === 0, parts };
}
