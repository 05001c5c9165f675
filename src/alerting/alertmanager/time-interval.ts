/** Alertmanager's time intervals: https://prometheus.io/docs/alerting/latest/configuration/#time_interval */
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { timeZoneName } from '../../catalog/index.ts';

interface Range {
  readonly from: number;
  readonly to: number;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december',
]; // prettier-ignore

/** `a:b` or `a` as a range, each end read by `read`; what `read` doesn't know is refused with `known`. */
const range = (read: (text: string) => number | undefined, known: string, problem: (range: Range) => string | undefined) =>
  z.union([z.string().max(60), z.number()]).transform((given, context): Range => {
    const parts = String(given).split(':');
    const [from, to = from] = parts.map((part) => read(part.trim().toLowerCase()));
    const fail = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (parts.length > 2 || from === undefined || to === undefined) return fail(`'${given}' is not ${known}`);
    const wrong = problem({ from, to });
    return wrong === undefined ? { from, to } : fail(`'${given}': ${wrong}`);
  });

const indexIn = (names: readonly string[], first: number) => (text: string) => {
  const index = names.indexOf(text);
  return index < 0 ? undefined : index + first;
};
const whole = (text: string): number | undefined => (/^-?\d{1,4}$/.test(text) ? Number(text) : undefined);
const inOrder = ({ from, to }: Range): string | undefined => (from > to ? 'it ends before it begins' : undefined);

const weekday = range(indexIn(WEEKDAYS, 0), "a weekday or two, such as 'monday:friday'", inOrder);
const month = range(
  (text) => indexIn(MONTHS, 1)(text) ?? whole(text),
  "a month or two, such as 'january:march' or '1:3'",
  (one) => (one.from < 1 || one.to > 12 ? 'months are 1 to 12' : inOrder(one)),
);
const year = range(whole, "a year or two, such as '2026:2028'", (one) => (one.from < 1 ? 'years are positive' : inOrder(one)));
const dayOfMonth = range(whole, "a day of the month or two, such as '1:5' or '-3:-1'", ({ from, to }) => {
  if ([from, to].some((day) => day === 0 || Math.abs(day) > 31)) return 'days are 1 to 31, or -31 to -1 from the end';
  if (from > 0 && to < 0) return to < -28 ? inOrder({ from, to: 31 + to + 1 }) : undefined;
  if (from < 0 && to > 0) return 'a range that begins with a day from the end must end with one, too';
  return inOrder({ from, to });
});

/** Minutes since midnight; `24:00` is the end of the day. */
const timeOfDay = z.union([z.string().max(20), z.number()]).transform((given, context): number => {
  const [, hours, minutes] = /^((?:[01]?\d)|(?:2[0-4])):([0-5]\d)$/.exec(String(given)) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (hours !== undefined && total <= 1_440) return total;
  context.addIssue({ code: 'custom', message: `'${given}' is not a time of day: write it as '09:00', in quotes` });
  return z.NEVER;
});

const list = <T extends z.ZodType>(item: T) => z.array(item).max(1_000).nullish();

export const timeRange = z
  .looseObject({ start_time: timeOfDay, end_time: timeOfDay })
  .refine(({ start_time: from, end_time: to }) => from < to, { message: 'it ends before it begins; write what passes midnight as two' });

export const timeInterval = z.looseObject({
  times: list(timeRange),
  weekdays: list(weekday),
  days_of_month: list(dayOfMonth),
  months: list(month),
  years: list(year),
  location: z
    .string()
    .max(100)
    // Of the machine that Alertmanager ran on: nines doesn't know it.
    .refine((location) => location !== 'Local', { message: "write a zone's name in place of 'Local', such as 'Europe/Berlin'" })
    .pipe(timeZoneName)
    .nullish(),
});
export type TimeInterval = z.output<typeof timeInterval>;

/** Whether a moment, in milliseconds, lies in one of the intervals. Days and times are local ones of the interval's location, UTC by default. */
export const inAnyInterval = (intervals: readonly TimeInterval[], at: number): boolean => intervals.some((one) => contains(one, at));

function contains(interval: TimeInterval, at: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(interval.location ?? 'UTC');
  const within = (ranges: readonly Range[] | null | undefined, value: number): boolean =>
    !ranges?.length || ranges.some(({ from, to }) => value >= from && value <= to);
  const minutes = local.hour * 60 + local.minute;
  const { times } = interval;
  return (
    (!times?.length || times.some(({ start_time: from, end_time: to }) => minutes >= from && minutes < to)) &&
    inDays(interval.days_of_month, local.day, local.daysInMonth) &&
    within(interval.months, local.month) &&
    within(interval.weekdays, local.dayOfWeek % 7) &&
    within(interval.years, local.year)
  );
}

/** -1 is the last day; what lies beyond the month's end is cut there. */
function inDays(ranges: readonly Range[] | null | undefined, day: number, daysInMonth: number): boolean {
  if (!ranges?.length) return true;
  const inMonth = (given: number): number => (given < 0 ? daysInMonth + given + 1 : given);
  return ranges.some(({ from, to }) => day >= Math.max(1, inMonth(from)) && day <= Math.min(daysInMonth, inMonth(to)));
}
