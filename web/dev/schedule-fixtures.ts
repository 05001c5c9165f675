import type { Shift } from '../../src/oncall/contract.ts';
import type { GapJson, OverrideJson, PersonShift, ScheduleJson } from '../../src/oncall/schedules/contract.ts';
import { type ScheduleSpec, scheduleSpec } from '../../src/oncall/shifts/schedule.ts';
import { shiftsBetween } from '../../src/oncall/shifts/shifts.ts';
import { problem } from './fixture-port.ts';
import type { World } from './world.ts';

type Answer = [status: number, body?: unknown];
type Handler = (context: { world: World }, call: { id: string; query: URLSearchParams; body: Readonly<Record<string, unknown>> }) => Answer;

const TITLES: Readonly<Record<string, string>> = { ana: 'Ana Lima', ben: 'Ben Okafor', chen: 'Chen Wei' };
const ref = (name: string) => ({ name, title: TITLES[name] ?? name });
const refOrNull = (name: string | null) => (name === null ? null : ref(name));
const iso = (at: number): string => new Date(at).toISOString();
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const DAY = 86_400_000;

const SCHEDULES: readonly { name: string; team: string; rotation: Record<string, unknown> }[] = [
  { name: 'links-primary', team: 'links', rotation: { people: ['ana', 'ben', 'chen'], start: '2026-01-05' } },
  { name: 'data', team: 'data', rotation: { people: ['chen', 'ana'], start: '2026-01-05', split: [{ from: 'monday' }, { from: 'friday', time: '17:00' }] } },
]; // prettier-ignore

/** The schedules of the made-up world, computed as the real ones are. */
function specOf({ rotation, name }: (typeof SCHEDULES)[number], world: World): ScheduleSpec {
  const overrides = world.overrides
    .filter((one) => one.schedule === name)
    .map((one) => ({ person: one.person.name, layer: one.layer, from: Date.parse(one.from), to: Date.parse(one.to) }));
  return { ...scheduleSpec.parse({ timeZone: 'Europe/Lisbon', rotation }), roster: { overrides, absences: [], daysOff: new Map() } };
}

function shiftsOf(world: World, name: string, from: number, to: number): Shift[] {
  const schedule = SCHEDULES.find((one) => one.name === name);
  if (schedule === undefined) return [];
  return shiftsBetween(specOf(schedule, world), from, to).map((span) => ({
    from: iso(span.from),
    to: iso(span.to),
    primary: refOrNull(span.primary),
    secondary: refOrNull(span.secondary),
    shadows: span.shadows.map(ref),
    insteadOf: refOrNull(span.insteadOf),
    layer: span.layer,
  }));
}

function personShifts(world: World, person: string): PersonShift[] {
  const now = Date.now();
  const found = SCHEDULES.flatMap(({ name, team }) =>
    shiftsOf(world, name, now - 14 * DAY, now + 92 * DAY)
      .filter(({ to }) => Date.parse(to) > now)
      .flatMap((one): PersonShift[] => {
        const role = one.primary?.name === person ? 'primary' : one.secondary?.name === person ? 'secondary' : null;
        const other = role === 'primary' ? one.secondary : one.primary;
        return role === null ? [] : [{ schedule: name, team, role, from: one.from, to: one.to, with: other }];
      }),
  );
  return found.sort((a, b) => (a.from < b.from ? -1 : 1));
}

const gaps = (world: World): GapJson[] => {
  if (world.onCall.schedules.length === 0) return [];
  const from = Date.now() + 33 * DAY;
  const gap = { schedule: 'data', team: 'data', kind: 'away', person: ref('chen'), summary: 'Skiing', announcedAt: null } as const;
  return [{ ...gap, from: iso(from), to: iso(from + 5 * DAY) }];
};

export const SCHEDULE_HANDLERS: Readonly<Record<string, Handler>> = {
  'GET /nines/v1/schedules': ({ world }) => [
    200,
    {
      schedules: world.onCall.schedules.map(({ schedule, team }): ScheduleJson => {
        const people = (SCHEDULES.find((one) => one.name === schedule)?.rotation['people'] ?? []) as string[];
        return { name: schedule, team, timeZone: 'Europe/Lisbon', people: people.map(ref), file: 'team.yaml' };
      }),
    },
  ],
  'GET /nines/v1/schedules/:id/shifts': ({ world }, { id, query }) => {
    const from = Date.parse(query.get('from') ?? '') || Date.now();
    const to = Date.parse(query.get('to') ?? '') || from + 28 * DAY;
    return [200, { schedule: id, timeZone: 'Europe/Lisbon', shifts: shiftsOf(world, id, from, to) }];
  },
  'GET /nines/v1/schedules/:id/overrides': ({ world }, { id }) => [
    200,
    { overrides: world.overrides.filter(({ schedule }) => schedule === id) },
  ],
  'POST /nines/v1/schedules/:id/overrides': ({ world }, { id, body }) => {
    const made: OverrideJson = {
      id: `ov-${world.overrides.length + 1}`,
      schedule: id,
      layer: 'primary',
      person: ref(text(body['person'])),
      from: text(body['from']),
      to: text(body['to']),
      reason: text(body['reason']),
      swap: null,
      createdAt: iso(Date.now()),
      createdBy: 'person:ana',
    };
    world.overrides.push(made);
    return [201, { override: made, warnings: ['Ben Okafor was to be secondary from 09:00 on Mon 23 Nov to 09:00 on Mon 30 Nov (Europe/Lisbon): Chen Wei is secondary instead.'] }]; // prettier-ignore
  },
  'GET /nines/v1/oncall/shifts': ({ world }, { query }) => {
    const person = query.get('person') ?? world.me.person ?? '';
    return [200, { person: ref(person), shifts: personShifts(world, person) }];
  },
  'GET /nines/v1/oncall/gaps': ({ world }) => [200, { gaps: gaps(world) }],
  'POST /nines/v1/oncall/calendar-links': (_, { body }) => [200, { kind: body['kind'], name: text(body['name']) || 'ana', url: 'https://nines.links.example/shifts/k3v9c0example.ics' }], // prettier-ignore
  'GET /nines/v1/swaps': ({ world }) => [200, { swaps: world.swaps }],
  'POST /nines/v1/swaps': () => [409, problem(409, "ana can't give that away: ben is primary of links-primary.")],
  'POST /nines/v1/swaps/:id/accept': ({ world }, { id }) => {
    const swap = world.swaps.find((one) => one.id === id);
    if (swap === undefined) return [404, problem(404, 'There is no such swap.')];
    swap.state = 'accepted';
    world.swaps = world.swaps.filter((one) => one !== swap);
    return [200, swap];
  },
};
