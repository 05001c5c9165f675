import type { Catalog, PersonSpec, Resource, ResourceSet } from '../../catalog/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Queryable, Sql, Tx } from '../../platform/sql/index.ts';
import { absencesOf, daysOffOf, type CalendarCopy, listCalendarCopies } from './calendar-store.ts';
import { listOverrides, rosterVersion } from './roster-store.ts';
import type { Absence, Override } from './roster.ts';
import { peopleInSchedule, type ScheduleSpec } from './schedule.ts';

/**
 * The documents as they are in force: each Schedule has what people said by hand and what calendars tell beside it, in
 * `spec.roster`. So whoever asks a schedule who is on call asks for overrides, swaps and holidays too.
 */
export interface Rosters extends Catalog {
  /**
   * Looks whether the roster changed, here or in another process, and takes it up. `current()` is right from then on:
   * whoever decides asks first, in the transaction in which they decide.
   */
  refresh(queryable: Queryable): Promise<void>;
  /** Other documents, such as those of the past, with the same beside them. */
  beside(set: ResourceSet): ResourceSet;
}

/** How long ago an override may have ended and still be known: what shifts were is asked for by pay and fairness. */
const HISTORY_MS = 400 * 86_400_000;

interface Known {
  readonly version: number;
  readonly overrides: ReadonlyMap<string, readonly Override[]>;
  readonly calendars: readonly CalendarCopy[];
}

export function createRosters(catalog: Catalog, clock: Clock): Rosters {
  let known: Known = { version: -1, overrides: new Map(), calendars: [] };
  let last: { from: ResourceSet; known: Known; set: ResourceSet } | undefined;
  return {
    current() {
      const from = catalog.current();
      if (last?.from !== from || last.known !== known) last = { from, known, set: inForce(from, known) };
      return last.set;
    },
    onChange: (listener) => catalog.onChange(listener),
    beside: (set) => inForce(set, known),
    async refresh(queryable) {
      const version = await rosterVersion(queryable);
      // What another transaction took up meanwhile may be newer, but not older: versions are committed in their order.
      if (version <= known.version) return;
      const rows = await listOverrides(queryable, clock.now() - HISTORY_MS);
      const overrides = new Map<string, Override[]>();
      for (const { schedule, person, layer, from_at, to_at } of rows) {
        const one = { person, layer, from: from_at, to: to_at };
        const list = overrides.get(schedule);
        if (list === undefined) overrides.set(schedule, [one]);
        else list.push(one);
      }
      const calendars = await listCalendarCopies(queryable);
      if (version > known.version) known = { version, overrides, calendars };
    },
  };
}

/** A database whose every transaction begins with a look at the roster, so that nothing decides by an old one. */
export function withRosters(sql: Sql, rosters: Rosters): Sql {
  return {
    db: <Tables>() => sql.db<Tables>(),
    get urgent() {
      return withRosters(sql.urgent, rosters);
    },
    exclusive: sql.exclusive,
    close: () => sql.close(),
    transaction: <T>(run: (tx: Tx) => Promise<T>) =>
      sql.transaction(async (tx) => {
        await rosters.refresh(tx);
        return run(tx);
      }),
  };
}

function inForce(set: ResourceSet, { overrides, calendars }: Known): ResourceSet {
  const daysOff = daysOffOf(set, calendars);
  const absences = absencesOf(set, calendars, (person) => set.get<PersonSpec>('Person', person)?.spec.timeZone ?? 'UTC');
  const schedules = new Map<string, Resource<ScheduleSpec>>();
  for (const one of set.list<ScheduleSpec>('Schedule')) {
    const mine = overrides.get(one.name) ?? [];
    const away = awayIn(one.spec, absences);
    const changed = mine.length > 0 || away.length > 0 || daysOff.size > 0;
    // One that nothing is beside stays the same object: what was found out about it stays known.
    schedules.set(one.name, changed ? { ...one, spec: { ...one.spec, roster: { overrides: mine, absences: away, daysOff } } } : one);
  }
  const list = [...schedules.values()];
  return {
    version: set.version,
    list: <Spec>(kind: string) => (kind === 'Schedule' ? list : set.list(kind)) as readonly Resource<Spec>[],
    get: <Spec>(kind: string, name: string) =>
      (kind === 'Schedule' ? schedules.get(name) : set.get(kind, name)) as Resource<Spec> | undefined,
  };
}

function awayIn(spec: ScheduleSpec, absences: readonly Absence[]): Absence[] {
  if (absences.length === 0) return [];
  const people = new Set(peopleInSchedule(spec));
  return absences.filter(({ person }) => people.has(person));
}
