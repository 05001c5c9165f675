/**
 * Recurrence rules of iCalendar (RFC 5545, 3.3.10), by whole days: DAILY to YEARLY with BYMONTH, BYMONTHDAY, BYYEARDAY, BYDAY and
 * BYSETPOS. Days are numbers, counted from 1970-01-01. What calendars of holidays don't use (hours, weeks by number) is refused
 * by name, and work is bounded: some rules never come true, and would be looked for until the end of time.
 */
export interface Recurrence {
  readonly frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  readonly count: number | undefined;
  /** As it is written. */
  readonly until: string | undefined;
  /** From 1. */
  readonly months: readonly number[];
  /** From 1, or from the end with -1. */
  readonly monthDays: readonly number[];
  readonly yearDays: readonly number[];
  /** From 0, Monday; `nth` of its month or year, 0 for each. */
  readonly weekdays: readonly { readonly day: number; readonly nth: number }[];
  readonly positions: readonly number[];
  readonly weekStart: number;
}

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Throws an Error that says what is not understood. */
export function parseRecurrence(text: string): Recurrence {
  const parts = new Map(text.slice(0, 2_000).toUpperCase().split(';').map((part): [string, string] => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)])); // prettier-ignore
  const take = (name: string): string | undefined => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const numbers = (name: string, most: number, negative = true): number[] =>
    (take(name) ?? '').split(',').filter((one) => one !== '').map((one) => wholeNumber(name, one, { min: negative ? -most : 1, max: most })); // prettier-ignore
  const frequency = take('FREQ') ?? '';
  if (!isFrequency(frequency)) throw new Error(`repeats ${frequency === '' ? 'without FREQ' : frequency}: only DAILY, WEEKLY, MONTHLY and YEARLY are read`); // prettier-ignore
  const count = take('COUNT');
  const weekStart = take('WKST');
  const rule: Recurrence = {
    frequency,
    interval: wholeNumber('INTERVAL', take('INTERVAL') ?? '1', { min: 1, max: 10_000 }),
    count: count === undefined ? undefined : wholeNumber('COUNT', count, { min: 1, max: 1_000_000 }),
    until: take('UNTIL'),
    months: numbers('BYMONTH', 12, false),
    monthDays: numbers('BYMONTHDAY', 31),
    yearDays: numbers('BYYEARDAY', 366),
    weekdays: (take('BYDAY') ?? '').split(',').filter((one) => one !== '').map(weekday),
    positions: numbers('BYSETPOS', 366),
    weekStart: weekStart === undefined ? 0 : weekday(weekStart).day,
  }; // prettier-ignore
  const [unknown] = [...parts.keys()].filter((name) => name !== '');
  if (unknown !== undefined) throw new Error(`repeats by ${unknown.slice(0, 20)}, which is not read`);
  if (rule.monthDays.includes(0) || rule.yearDays.includes(0) || rule.positions.includes(0)) throw new Error('repeats on a day 0');
  return rule;
}

const isFrequency = (text: string): text is Recurrence['frequency'] => ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'].includes(text);

function wholeNumber(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (!/^[+-]?\d{1,7}$/.test(text) || value < min || value > max) throw new Error(`repeats with ${name}=${text.slice(0, 20)}`);
  return value;
}

function weekday(text: string): { day: number; nth: number } {
  const [, nth = '0', name = ''] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text) ?? [];
  const day = DAYS.indexOf(name);
  if (day === -1 || Math.abs(Number(nth)) > 53) throw new Error(`repeats on ${text.slice(0, 20)}, which is no day`);
  return { day, nth: Number(nth) };
}

export interface DayWindow {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** Whether a day is past the rule's UNTIL. */
  readonly isOver: (day: number) => boolean;
  /** Days that may still be looked at, for all rules of a calendar: taken from. */
  readonly budget: { left: number };
}

/** The days of a rule that begins on `start`, as far as they are in a window, in order. Throws where the budget is used up. */
export function recurrenceDays(rule: Recurrence, start: number, window: DayWindow): number[] {
  const found: number[] = [];
  let counted = 0;
  for (let period = rule.count === undefined ? firstPeriod(rule, start, window.from) : 0; ; period += 1) {
    const begins = periodBegins(rule, start, period);
    if (begins >= window.to) return found;
    const days = daysOfPeriod(rule, begins);
    window.budget.left -= days.length + 1;
    if (window.budget.left < 0) throw new Error('repeats more often than is looked at');
    const fitting = days.filter((day) => fits(rule, start, day));
    for (const day of positioned(rule, fitting)) {
      if (day < start) continue;
      counted += 1;
      if (window.isOver(day) || (rule.count !== undefined && counted > rule.count)) return found;
      if (day >= window.from && day < window.to) found.push(day);
    }
  }
}

export const dayNumber = (year: number, month: number, day: number): number => Math.floor(Date.UTC(year, month - 1, day) / 86_400_000);
/** Monday is 0. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function civil(day: number): Civil {
  const date = new Date(day * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The first day of the period that is so many intervals after that of the start. */
function periodBegins({ frequency, interval, weekStart }: Recurrence, start: number, period: number): number {
  const { year, month } = civil(start);
  if (frequency === 'DAILY') return start + period * interval;
  if (frequency === 'WEEKLY') return start - ((weekdayOf(start) - weekStart + 7) % 7) + period * interval * 7;
  return frequency === 'MONTHLY' ? dayNumber(year, month + period * interval, 1) : dayNumber(year + period * interval, 1, 1);
}

/** A period at or before a day, so that a birthday of 1970 is not followed through all its years. */
function firstPeriod(rule: Recurrence, start: number, day: number): number {
  const longest = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }[rule.frequency] * rule.interval;
  return Math.max(0, Math.floor((day - start) / longest) - 1);
}

function daysOfPeriod({ frequency }: Recurrence, begins: number): number[] {
  const { year, month } = civil(begins);
  const length = { DAILY: 1, WEEKLY: 7, MONTHLY: dayNumber(year, month + 1, 1) - begins, YEARLY: dayNumber(year + 1, 1, 1) - begins }[frequency]; // prettier-ignore
  return Array.from({ length }, (_, i) => begins + i);
}

function fits(rule: Recurrence, start: number, day: number): boolean {
  const { frequency, months, monthDays, yearDays, weekdays } = rule;
  const at = civil(day);
  if (months.length > 0 && !months.includes(at.month)) return false;
  const monthEnds = dayNumber(at.year, at.month + 1, 1);
  if (monthDays.length > 0 && !monthDays.includes(at.day) && !monthDays.includes(day - monthEnds)) return false;
  const [yearBegins, yearEnds] = [dayNumber(at.year, 1, 1), dayNumber(at.year + 1, 1, 1)];
  if (yearDays.length > 0 && !yearDays.includes(day - yearBegins + 1) && !yearDays.includes(day - yearEnds)) return false;
  if (weekdays.length > 0) {
    // The nth Monday is of the month, or of the year where no month is named.
    const ofYear = frequency === 'YEARLY' && months.length === 0;
    const [begins, ends] = ofYear ? [yearBegins, yearEnds] : [dayNumber(at.year, at.month, 1), monthEnds];
    const nth = Math.floor((day - begins) / 7) + 1;
    const last = -Math.floor((ends - 1 - day) / 7) - 1;
    return weekdays.some((one) => one.day === weekdayOf(day) && (one.nth === 0 || one.nth === nth || one.nth === last));
  }
  if (monthDays.length > 0 || yearDays.length > 0 || frequency === 'DAILY') return true;
  if (frequency === 'WEEKLY') return weekdayOf(day) === weekdayOf(start);
  const begun = civil(start);
  return at.day === begun.day && (frequency === 'MONTHLY' || months.length > 0 || at.month === begun.month);
}

function positioned({ positions }: Recurrence, days: readonly number[]): readonly number[] {
  if (positions.length === 0) return days;
  return days.filter((_, i) => positions.includes(i + 1) || positions.includes(i - days.length));
}
