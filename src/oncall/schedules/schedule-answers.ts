import type { ResourceSet } from '../../catalog/index.ts';
import { titleOf } from '../desk.ts';
import { instantOf } from '../shifts/local-time.ts';
import type { OverrideRow } from '../shifts/roster-store.ts';
import { peopleInSchedule, type ScheduleSpec } from '../shifts/schedule.ts';
import { shiftsBetween } from '../shifts/shifts.ts';
import type { OverrideJson, PersonShift, ScheduleJson } from './contract.ts';
import { iso, type Span } from './spans.ts';

export const refTo = (set: ResourceSet, name: string): { name: string; title: string } => ({ name, title: titleOf(set, name) });

export const schedulesJson = (set: ResourceSet): ScheduleJson[] =>
  set.list<ScheduleSpec>('Schedule').map(({ name, spec, file }) => ({
    name,
    team: spec.team ?? null,
    timeZone: spec.timeZone,
    people: peopleInSchedule(spec).map((person) => refTo(set, person)),
    file,
  }));

export const overrideJson = (set: ResourceSet, row: OverrideRow): OverrideJson => ({
  id: row.id,
  schedule: row.schedule,
  layer: row.layer,
  person: refTo(set, row.person),
  from: iso(row.from_at),
  to: iso(row.to_at),
  reason: row.reason,
  swap: row.swap,
  createdAt: iso(row.created_at),
  createdBy: row.created_by,
});

/** Those that are written in the document. */
export const writtenOverrides = (set: ResourceSet, schedule: string, { overrides, timeZone }: ScheduleSpec): OverrideJson[] =>
  overrides.map(({ person, layer, from, to }) => ({
    id: null,
    schedule,
    layer,
    person: refTo(set, person),
    from: iso(instantOf(from, timeZone)),
    to: iso(instantOf(to, timeZone)),
    reason: '',
    swap: null,
    createdAt: null,
    createdBy: null,
  }));

/** A person's shifts in all schedules, by when they begin. */
export function personShifts(set: ResourceSet, person: string, { from, to }: Span): PersonShift[] {
  const found = set.list<ScheduleSpec>('Schedule').flatMap(({ name, spec }) =>
    shiftsBetween(spec, from, to).flatMap((span): PersonShift[] => {
      const role = span.primary === person ? 'primary' : span.secondary === person ? 'secondary' : 'shadow';
      if (role === 'shadow' && !span.shadows.includes(person)) return [];
      const other = role === 'primary' ? span.secondary : span.primary;
      const times = { from: iso(span.from), to: iso(span.to) };
      return [{ schedule: name, team: spec.team ?? null, role, ...times, with: other === null ? null : refTo(set, other) }];
    }),
  );
  return joined(found).sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/** A shift that goes on with the same people is one to its person, whoever's turn it is by the rotation. */
function joined(shifts: readonly PersonShift[]): PersonShift[] {
  const result: PersonShift[] = [];
  for (const one of shifts) {
    const last = result.at(-1);
    const same = last?.schedule === one.schedule && last.role === one.role && last.to === one.from && last.with?.name === one.with?.name;
    if (same) result[result.length - 1] = { ...last, to: one.to };
    else result.push(one);
  }
  return result;
}
