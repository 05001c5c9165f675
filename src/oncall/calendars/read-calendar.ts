import type { Temporal } from 'temporal-polyfill';
import { type IcalLine, icalLines, unescapeIcal } from './ical-lines.ts';
import { type IcalTime, icalTime, parseIcalDuration } from './ical-time.ts';
import { civil, dayNumber, parseRecurrence, recurrenceDays } from './recurrence.ts';

/**
 * An event. Each end is a day (`2026-12-25`, the last one not included), a local time wherever the reader is
 * (`2026-12-25T09:00:00`), or an instant (with `Z`).
 */
export interface CalendarEvent {
  readonly from: string;
  readonly to: string;
  readonly summary: string;
}

export interface CalendarContent {
  readonly events: readonly CalendarEvent[];
  /** What was left out, and why: the first few, for a person; `skipped` counts all. */
  readonly problems: readonly string[];
  readonly skipped: number;
}

const MOST_EVENTS = 20_000;
const MOST_OCCURRENCES = 5_000;
const MOST_DAYS_LOOKED_AT = 150_000;
const MOST_PROBLEMS = 5;
const LONGEST_SUMMARY = 200;

/** What is written of an event in its lines. */
interface Written {
  readonly line: number;
  readonly lines: readonly IcalLine[];
}

/**
 * The events of an iCalendar text (RFC 5545) that touch the days from `from` to `to`, repeated ones each time. An event that can't
 * be read is left out, its neighbours are kept. Throws an Error for a text that is no calendar at all.
 */
export function readCalendar(text: string, window: { from: Temporal.PlainDate; to: Temporal.PlainDate }): CalendarContent {
  const written = [...eventsOf(text)];
  const moved = new Set(written.flatMap(({ lines }) => movedKey(lines) ?? []));
  const [from, to] = [window.from, window.to].map(({ year, month, day }) => dayNumber(year, month, day)) as [number, number];
  const budget = { left: MOST_DAYS_LOOKED_AT };
  const events: CalendarEvent[] = [];
  const problems: string[] = [];
  let skipped = 0;
  for (const one of written) {
    try {
      const found = occurrences(one.lines, { from, to, budget, moved });
      if (events.length + found.length > MOST_OCCURRENCES) throw new Error(`is one too many: ${MOST_OCCURRENCES} are kept`);
      events.push(...found);
    } catch (error) {
      skipped += 1;
      const summary = summaryOf(one.lines);
      const which = `the event of line ${one.line}${summary === '' ? '' : ` ('${summary.slice(0, 60)}')`}`;
      if (problems.length < MOST_PROBLEMS) problems.push(`${which} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  events.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  return { events, problems, skipped };
}

function* eventsOf(text: string): Generator<Written> {
  let [calendar, depth, count] = [false, 0, 0];
  let event: { line: number; lines: IcalLine[] } | undefined;
  for (const one of icalLines(text)) {
    if (one.name === 'BEGIN') {
      const what = one.value.toUpperCase().trim();
      if (what === 'VCALENDAR') calendar = true;
      else if (!calendar) break;
      if (event !== undefined) depth += 1;
      else if (what === 'VEVENT') event = { line: one.line, lines: [] };
    } else if (one.name === 'END' && event !== undefined) {
      if (depth > 0) depth -= 1;
      else {
        count += 1;
        if (count > MOST_EVENTS) throw new Error(`it has more than ${MOST_EVENTS} events`);
        yield event;
        event = undefined;
      }
      // An alarm within the event has lines of the same names.
    } else if (event !== undefined && depth === 0) event.lines.push(one);
  }
  if (!calendar) throw new Error("it is no calendar: it should begin with 'BEGIN:VCALENDAR'");
}

const find = (lines: readonly IcalLine[], name: string): IcalLine | undefined => lines.find((one) => one.name === name);
const summaryOf = (lines: readonly IcalLine[]): string =>
  unescapeIcal(find(lines, 'SUMMARY')?.value ?? '')
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_SUMMARY);

/** Which occurrence of a repeated event an event stands for. */
function movedKey(lines: readonly IcalLine[]): string | undefined {
  const [id, uid] = [find(lines, 'RECURRENCE-ID'), find(lines, 'UID')];
  if (id === undefined) return undefined;
  try {
    return `${uid?.value ?? ''} ${icalTime(id).key}`;
  } catch {
    return undefined;
  }
}

interface Search {
  readonly from: number;
  readonly to: number;
  readonly budget: { left: number };
  readonly moved: ReadonlySet<string>;
}

function occurrences(lines: readonly IcalLine[], { from, to, budget, moved }: Search): CalendarEvent[] {
  if (find(lines, 'STATUS')?.value.toUpperCase() === 'CANCELLED') return [];
  const startLine = find(lines, 'DTSTART');
  if (startLine === undefined) throw new Error('has no DTSTART');
  const start = icalTime(startLine);
  const length = lengthOf(lines, start);
  const first = dayNumber(start.date.year, start.date.month, start.date.day);
  // A day more on each side: a local time may be another day in UTC.
  const [early, late] = [from - Math.ceil(length.days) - 1, to + 1];
  const alone = find(lines, 'RECURRENCE-ID') !== undefined;
  const rules = alone ? [] : lines.filter(({ name }) => name === 'RRULE');
  const days = new Set<number>(first >= early && first < late ? [first] : []);
  for (const { value } of rules) {
    const rule = parseRecurrence(value);
    const until = rule.until === undefined ? undefined : icalTime({ name: 'UNTIL', parameters: new Map(), value: rule.until, line: 0 });
    const isOver = (day: number): boolean => until !== undefined && isAfter(start.on(civil(day)), until);
    for (const day of recurrenceDays(rule, first, { from: early, to: late, isOver, budget })) days.add(day);
  }
  const uid = find(lines, 'UID')?.value ?? '';
  const excluded = new Set(lines.filter(({ name }) => name === 'EXDATE').flatMap(timesOf).map(({ key }) => key)); // prettier-ignore
  const starts = [...days].map((day) => start.on(civil(day)));
  const extra = alone ? [] : lines.filter(({ name }) => name === 'RDATE').flatMap(timesOf).filter((one) => inside(one, early, late)); // prettier-ignore
  const kept = [...starts, ...extra].filter((one) => alone || !(excluded.has(one.key) || excluded.has(one.date.toString()) || moved.has(`${uid} ${one.key}`))); // prettier-ignore
  const summary = summaryOf(lines);
  return kept.map((one) => ({ from: one.key, to: length.after(one), summary })).filter((one) => one.from < one.to);
}

const inside = ({ date: { year, month, day } }: IcalTime, from: number, to: number): boolean => {
  const number = dayNumber(year, month, day);
  return number >= from && number < to;
};

/** Whether an occurrence is past UNTIL, which may be a day or an instant, whatever the event is. */
const isAfter = (one: IcalTime, until: IcalTime): boolean =>
  one.key.length === until.key.length ? one.key > until.key : one.date.toString() > until.date.toString();

const timesOf = (line: IcalLine): IcalTime[] => {
  const values = line.value.split(',').slice(0, 1_000);
  return values.map((value) => icalTime({ ...line, value: value.split('/')[0]! }));
};

interface Length {
  /** Days, rounded up. */
  readonly days: number;
  /** The end of what begins then. */
  after(start: IcalTime): string;
}

const DAY_MS = 86_400_000;

function lengthOf(lines: readonly IcalLine[], start: IcalTime): Length {
  const [end, duration] = [find(lines, 'DTEND'), find(lines, 'DURATION')];
  if (start.time === undefined) {
    const until = end === undefined ? undefined : icalTime(end).date;
    const days = until === undefined ? Math.max(1, Math.ceil((duration ? parseIcalDuration(duration.value) : DAY_MS) / DAY_MS)) : start.date.until(until).days; // prettier-ignore
    // An event that ends on the day on which it begins is that day, whatever the standard says of the end.
    const whole = Math.max(1, days);
    return { days: whole, after: ({ date }) => date.add({ days: whole }).toString() };
  }
  const ms = end === undefined ? parseIcalDuration(duration?.value ?? 'PT0S') : icalTime(end).epoch - start.epoch;
  if (ms <= 0) throw new Error('ends no later than it begins');
  return { days: ms / DAY_MS, after: (one) => one.later(ms) };
}
