import { Temporal } from 'temporal-polyfill';
import { type Desk, personOf } from '../desk.ts';
import { localTime } from '../pages/render-page.ts';
import { tellPeople } from '../schedules/tell-people.ts';
import { listChecks, noteWarned } from './check-store.ts';
import { readinessOf } from './readiness.ts';

const HOUR_MS = 3_600_000;
/** Days before a shift, while there is time to mend it. */
const WARN_BEFORE_MS = 3 * 24 * HOUR_MS;

/** The job READINESS: whoever has a shift within three days and could not be called is told so, once a day, by day. */
export async function warnUnready(desk: Desk): Promise<{ again: number }> {
  const now = desk.clock.now();
  await desk.rosters.refresh(desk.sql);
  const people = readinessOf(desk.catalog.current(), await listChecks(desk.sql), now);
  const soon = people.filter(({ ready, nextShift }) => !ready && nextShift !== null && nextShift <= now + WARN_BEFORE_MS);
  for (const { person, title, problem, nextShift } of soon) {
    const timeZone = personOf(desk.catalog.current(), person)?.timeZone ?? 'UTC';
    const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
    if (local.hour < 9 || local.hour >= 17) continue;
    await desk.sql.transaction(async (tx) => {
      if (!(await noteWarned(tx, person, local.toPlainDate().toString()))) return;
      const begins = nextShift! <= now ? 'You are on call now' : `Your shift begins ${localTime(nextShift!, timeZone, true)}`;
      const text = `${begins}, and your contacts are ${problem}.\n\nAsk for a message to each of them, and answer it: ${desk.url}/oncall/ready (or: nines oncall ready --check ${person}).`;
      const key = `ready:${local.toPlainDate().toString()}`;
      await tellPeople(desk, tx, [
        { person, subject: 'Verify your contacts before your shift', text: () => text, key, about: `person/${person}` },
      ]);
      const data = { person, problem, nextShift: new Date(nextShift!).toISOString() };
      await desk.ledger.append(tx, [{ kind: 'oncall.not-ready', title: `${title} has a shift soon, and is ${problem}`, actor: 'nines', service: null, subject: `person/${person}`, data }]); // prettier-ignore
    });
  }
  return { again: now + HOUR_MS };
}
