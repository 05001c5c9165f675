import { isDeepStrictEqual } from 'node:util';
import type { ResourceSet } from '../../catalog/index.ts';
import type { Job } from '../../platform/jobs/index.ts';
import type { CalendarSpec } from '../calendars/calendar.ts';
import { fetchCalendar, sourceOf } from '../calendars/fetch-calendar.ts';
import { readCalendar } from '../calendars/read-calendar.ts';
import type { Desk } from '../desk.ts';
import { storableText } from '../pages/storable.ts';
import { type CalendarCopy, dropCalendarCopy, findCalendarCopy, listCalendarCopies, putCalendarCopy } from '../shifts/calendar-store.ts';
import { dateAt } from '../shifts/local-time.ts';
import { changeRoster } from '../shifts/roster-store.ts';
import { GAPS } from './gap-watch.ts';

/** Gets a calendar, once a day and when its document changes; the key is its name. */
export const CALENDAR = 'oncall.calendar';

const DAY_MS = 86_400_000;
/** After a try that brought nothing. */
const RETRY_MS = 3_600_000;
/** Who was away matters to pay and fairness for a while; who will be, to the three months ahead. */
const BEHIND_DAYS = 120;
const AHEAD_DAYS = 460;

/** Has those calendars got that are new, named anew, gone, or that nobody has looked at for a day. */
export async function syncCalendars(desk: Desk, set: ResourceSet): Promise<void> {
  const wanted = set.list<CalendarSpec>('Calendar');
  const copies = new Map((await listCalendarCopies(desk.sql)).map((one) => [one.name, one]));
  const old = desk.clock.now() - DAY_MS;
  const due = wanted.filter(({ name, spec }) => copies.get(name)?.source !== sourceOf(spec) || copies.get(name)!.tried_at < old);
  const gone = [...copies.keys()].filter((name) => !wanted.some((one) => one.name === name));
  if (due.length === 0 && gone.length === 0) return;
  await desk.sql.transaction(async (tx) => {
    for (const { name } of due) await desk.jobs.enqueue(tx, { kind: CALENDAR, key: name });
    for (const name of gone) await desk.jobs.enqueue(tx, { kind: CALENDAR, key: name });
  });
}

/** The job CALENDAR. What can't be got leaves the last copy in force, and says so. */
export async function getCalendar(
  desk: Desk & { folder: string | undefined },
  { key: name }: Job,
  signal: AbortSignal,
): Promise<{ again: number } | void> {
  const spec = desk.catalog.current().get<CalendarSpec>('Calendar', name)?.spec;
  const now = desk.clock.now();
  const known = await findCalendarCopy(desk.sql, name);
  if (spec === undefined) {
    if (known) await replace(desk, known, null);
    return;
  }
  const source = sourceOf(spec);
  const before = known?.source === source ? known : undefined;
  const base = { name, source, tried_at: now };
  try {
    const { text, etag } = await fetchCalendar(spec, desk.folder, before?.etag ?? null, signal);
    const body = text === null ? (before?.body ?? '') : storableText(text);
    const today = dateAt(now, 'UTC');
    const { events, problems, skipped } = readCalendar(body, {
      from: today.subtract({ days: BEHIND_DAYS }),
      to: today.add({ days: AHEAD_DAYS }),
    });
    const problem = skipped === 0 ? null : `${skipped} left out: ${problems.join('; ')}`;
    await replace(desk, known, { ...base, body, etag, events, problem, skipped, fetched_at: now });
    return { again: now + DAY_MS };
  } catch (error) {
    if (signal.aborted) throw error;
    const problem = storableText(error instanceof Error ? error.message : String(error));
    const kept = before ?? { body: '', etag: null, events: [], skipped: 0, fetched_at: null };
    await replace(desk, known, { ...kept, ...base, problem });
    return { again: now + RETRY_MS };
  }
}

async function replace(desk: Desk, before: CalendarCopy | undefined, copy: CalendarCopy | null): Promise<void> {
  const name = copy?.name ?? before?.name ?? '';
  // The database has an order of its own for the fields of what it keeps.
  const changed = !isDeepStrictEqual(before?.events ?? [], copy?.events ?? []);
  const failed = copy !== null && copy.problem !== null && copy.problem !== before?.problem;
  await desk.sql.transaction(async (tx) => {
    if (copy === null) await dropCalendarCopy(tx, name);
    else await putCalendarCopy(tx, copy);
    // Its document may have changed whose it is, with the same events.
    await changeRoster(tx);
    if (changed) await desk.jobs.enqueue(tx, { kind: GAPS, key: 'all' });
    if (!changed && !failed) return;
    const title = failed ? `Calendar ${name}: ${copy.problem}` : `Calendar ${name} has ${copy?.events.length ?? 0} events now`;
    await desk.ledger.append(tx, [{ kind: failed ? 'calendar.failed' : 'calendar.changed', title: title.slice(0, 500), actor: 'nines', subject: `calendar/${name}`, data: { events: copy?.events.length ?? 0 } }]); // prettier-ignore
  });
  await reportCalendars(desk);
}

/** Says in health which calendars could not be got for days. */
export async function reportCalendars(desk: Desk): Promise<void> {
  const old = desk.clock.now() - 3 * DAY_MS;
  const stale = (await listCalendarCopies(desk.sql)).filter(
    (one) => one.problem !== null && one.skipped === 0 && (one.fetched_at ?? 0) < old,
  );
  const [first] = stale;
  if (first === undefined) return desk.health.report('calendars', 'ok');
  const more = stale.length === 1 ? '' : ` And ${stale.length - 1} more.`;
  const since = first.fetched_at === null ? 'has never been read' : 'has not been read for days, and its last copy counts';
  desk.health.report('calendars', 'degraded', `The calendar '${first.name}' ${since}: ${first.problem}.${more}`);
}
