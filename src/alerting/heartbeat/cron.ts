/**
 * Times as crontab(5) has them: minute, hour, day of the month, month, day of the week; `*`, lists, ranges, steps, names of months
 * and days, `@daily` and its like. As in Vixie's cron, a day fits where the day of the month or that of the week does, if neither is `*`.
 */

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Whether the day of the month, or of the week, begins with `*`: then the other one decides alone. */
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
  /** Runs by the hour: it does so too in an hour that comes twice. */
  readonly anyHour: boolean;
}

export class CronError extends Error {}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 7, names: WEEKDAYS },
];

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
}; // prettier-ignore

const LONGEST = 200;
/** The longest that each month can be: `31 feb` would never come. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** @throws CronError which says which field is wrong, and what would be right */
export function parseCron(text: string): Cron {
  if (text.length > LONGEST) throw new CronError(`a cron expression has at most ${LONGEST} characters`);
  const trimmed = text.trim().toLowerCase();
  const named = trimmed.startsWith('@') ? NAMED[trimmed] : trimmed;
  if (named === undefined)
    throw new CronError(`'${trimmed.slice(0, 20)}' is none of ${Object.keys(NAMED).join(', ')}`);
  const fields = named.split(/\s+/);
  if (fields.length !== FIELDS.length)
    throw new CronError(`a cron expression has five fields (minute, hour, day, month, day of the week), this has ${fields.length}: write it as '30 2 * * *'`);
  const [minutes, hours, days, months, weekdays] = fields.map((field, i) => readField(field, FIELDS[i]!)) as [number[], number[], number[], number[], number[]];
  const [anyDay, anyWeekday] = [fields[2]!.startsWith('*'), fields[4]!.startsWith('*')];
  const shortest = Math.min(...days);
  if (anyWeekday && months.every((month) => shortest > MONTH_DAYS[month - 1]!)) throw new CronError(`there is no day ${shortest} in that month: it would never run`);
  return {
    minutes,
    hours,
    days: new Set(days),
    months: new Set(months),
    weekdays: new Set(weekdays.map((day) => day % 7)),
    anyDay,
    anyWeekday,
    anyHour: fields[1]!.startsWith('*'),
  };
} // prettier-ignore

/** The numbers that fit, in order. */
function readField(text: string, field: Field): number[] {
  const found = new Set<number>();
  for (const part of text.split(',')) for (const value of readPart(part, field)) found.add(value);
  return [...found].sort((a, b) => a - b);
}

function readPart(part: string, field: Field): number[] {
  const [range = '', step, more] = part.split('/');
  const wrong = (why: string): CronError => new CronError(`'${part.slice(0, 20)}' is no ${field.name}: ${why}`);
  if (more !== undefined || (step !== undefined && !/^[1-9]\d?$/.test(step))) throw wrong("a step is written as '*/5' or '10-50/5'");
  const [low = '', high, extra] = range === '*' ? [String(field.min), String(field.max === 7 ? 6 : field.max)] : range.split('-');
  if (extra !== undefined) throw wrong("a range is written as '1-5'");
  const from = readValue(low, field);
  // `5/10` is from 5 on, as in most crons.
  const to = high === undefined ? (step === undefined ? from : field.max === 7 ? 6 : field.max) : readValue(high, field);
  if (from === undefined || to === undefined) {
    const names = field.names === undefined ? '' : `, or ${field.names[0]!} to ${field.names.at(-1)!}`;
    throw wrong(`write ${field.min} to ${field.max}${names}`);
  }
  if (from > to) throw wrong('the range ends before it begins');
  const values: number[] = [];
  for (let value = from; value <= to; value += Number(step ?? 1)) values.push(value);
  return values;
}

function readValue(text: string, { min, max, names }: Field): number | undefined {
  const named = names?.indexOf(text) ?? -1;
  if (named >= 0) return named + min;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}
