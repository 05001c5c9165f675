import type { ResourceKind, ResourceProblem, ResourceReference, ResourceSet } from '../catalog/index.ts';
import { calendarKind } from './calendars/calendar.ts';
import { payKind } from './pay/pay-kind.ts';
import { contactOf } from './policies/escalation.ts';
import { policyKind } from './policies/policy-kind.ts';
import type { PolicySpec } from './policies/policy.ts';
import { layersOf, type ScheduleSpec, scheduleSpec } from './shifts/schedule.ts';
import { shiftsBetween } from './shifts/shifts.ts';

/** How far ahead a schedule is looked through for a time when nobody is on call. */
const AHEAD_MS = 92 * 86_400_000;

type Path = ResourceProblem['path'];
const error = (path: Path, message: string, hint: string): ResourceProblem => ({ path, severity: 'error', message, hint });
const warning = (path: Path, message: string, hint: string): ResourceProblem => ({ path, severity: 'warning', message, hint });

const PEOPLE = ['spec', 'rotation', 'people'];

/** Where each of a schedule's rotations is written. */
const rotationsOf = (
  spec: ScheduleSpec,
): {
  path: Path;
  people: readonly string[];
  holidays?: readonly string[] | undefined;
  secondary?: ScheduleSpec['secondary'] | undefined;
}[] => [
  ...(spec.rotation === undefined ? [] : [{ path: ['spec', 'rotation'], ...spec.rotation }]),
  ...spec.layers.map((one, i) => ({ path: ['spec', 'layers', i], ...one })),
];
const namesAt = (path: Path, kind: string, names: readonly string[] = []): ResourceReference[] =>
  names.map((name, i) => ({ path: [...path, i], kind, name }));
const secondariesAt = (path: Path, secondary: ScheduleSpec['secondary'] | undefined): ResourceReference[] =>
  namesAt([...path, 'secondary', 'people'], 'Person', typeof secondary === 'object' ? secondary.people : []);

const schedule: ResourceKind<ScheduleSpec> = {
  kind: 'Schedule',
  spec: scheduleSpec,
  summary: 'Who is on call when: a rotation that is handed over at the same local time, and who stands in.',
  example: `apiVersion: nines/v1
kind: Schedule
metadata:
  name: payments
spec:
  team: payments
  timeZone: Europe/Berlin
  rotation:
    people: [ana, ben, cleo]
    start: '2026-11-23'
    handover: {day: monday, time: '09:00'}
    length: 1w
  secondary: next
  overrides:
    - {person: cleo, from: '2026-12-24T09:00', to: '2026-12-27T09:00'}
`,
  references: (spec) => [
    ...(spec.team === undefined ? [] : [{ path: ['spec', 'team'], kind: 'Team', name: spec.team }]),
    ...rotationsOf(spec).flatMap(({ path, people, secondary }) => [...namesAt([...path, 'people'], 'Person', people), ...secondariesAt(path, secondary)]),
    ...secondariesAt(['spec'], spec.secondary),
    ...spec.overrides.map(({ person }, i) => ({ path: ['spec', 'overrides', i, 'person'], kind: 'Person', name: person })),
    ...spec.newcomers.map(({ person }, i) => ({ path: ['spec', 'newcomers', i, 'person'], kind: 'Person', name: person })),
    ...namesAt(['spec', 'holidays'], 'Calendar', spec.holidays),
    ...rotationsOf(spec).flatMap(({ path, holidays }) => namesAt([...path, 'holidays'], 'Calendar', holidays)),
    ...spec.shadows.map(({ person }, i) => ({ path: ['spec', 'shadows', i, 'person'], kind: 'Person', name: person })),
  ],
  check: ({ name, spec }, all, now) => [
    ...gaps(name, spec, all, now),
    ...alone(spec, now),
    ...rotationsOf(spec).flatMap(({ path, people }) => unreachable(people, [...path, 'people'], all)),
    ...learning(spec),
  ],
}; // prettier-ignore

/** Only an error once a policy calls by it: a schedule may be written ahead of its first day. */
function gaps(name: string, spec: ScheduleSpec, all: ResourceSet, now: number): ResourceProblem[] {
  const gap = spec.gaps === 'meant' ? undefined : shiftsBetween(spec, now, now + AHEAD_MS).find(({ primary }) => primary === null);
  if (!gap) return [];
  const used = all.list<PolicySpec>('EscalationPolicy').some(({ spec: { steps } }) => steps.some(({ notify }) => notify.some((one) => one.schedule === name)));
  const day = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
  const message = `nobody is on call from ${day(gap.from)} to ${day(gap.to)}`;
  const hint = layersOf(spec).some(({ hours }) => hours !== undefined)
    ? 'add a rotation for that time, or write `gaps: meant` to say that nobody is to be called then'
    : 'begin the rotation on an earlier day, or write an override for that time';
  const path = spec.rotation === undefined ? ['spec', 'layers', 0, 'start'] : ['spec', 'rotation', 'start'];
  return [(used ? error : warning)(path, message, hint)];
} // prettier-ignore

function alone(spec: ScheduleSpec, now: number): ResourceProblem[] {
  if (spec.secondary === 'none' || layersOf(spec).some(({ secondary }) => secondary === 'none')) return [];
  const gap = shiftsBetween(spec, now, now + AHEAD_MS).find(({ primary, secondary }) => primary !== null && secondary === null);
  if (!gap) return [];
  const message = `when ${gap.primary} is on call there is no secondary: if ${gap.primary} sleeps on, the schedule has nobody else`;
  return [
    warning(
      spec.rotation === undefined ? ['spec', 'layers', 0, 'people'] : PEOPLE,
      message,
      'add a second person, or write `secondary: none` to say that it is meant',
    ),
  ];
}

function unreachable(people: readonly string[], path: Path, all: ResourceSet): ResourceProblem[] {
  return people.flatMap((name, i) =>
    all.get('Person', name) === undefined || contactOf(all, name) !== undefined
      ? []
      : [error([...path, i], `${name} has no contact, so can't be called`, `give the Person '${name}' an email or contacts`)],
  );
}

/** Someone who is to learn in a rotation that they are not in, or with nobody to learn from. */
function learning(spec: ScheduleSpec): ResourceProblem[] {
  return spec.newcomers.flatMap(({ person }, i) => {
    const mine = layersOf(spec).filter(({ people }) => people.includes(person));
    const path = ['spec', 'newcomers', i, 'person'];
    if (mine.length === 0)
      return [warning(path, `${person} is in no rotation of this schedule`, 'add them to its people, or remove them here')];
    const learners = new Set(spec.newcomers.map((one) => one.person));
    if (mine.every(({ people }) => people.some((one) => !learners.has(one)))) return [];
    return [warning(path, `${person} has nobody to learn from: all people of the rotation are newcomers`, 'add someone who knows it')];
  });
}

/** The kinds that belong to on-call. */
export const oncallKinds: ResourceKind[] = [schedule, policyKind, calendarKind, payKind];
