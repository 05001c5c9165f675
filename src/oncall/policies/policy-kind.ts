import { findCycle, type ResourceKind, type ResourceProblem, type ResourceReference, type ResourceSet } from '../../catalog/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { shiftsBetween } from '../shifts/shifts.ts';
import { DEFAULT_AFTER_MS, peopleOf } from './escalation.ts';
import { type PolicySpec, policySpec, type Target, targetName } from './policy.ts';

/** How far ahead it is looked whether a step ever reaches someone. */
const AHEAD_MS = 92 * 86_400_000;
/** So many at once are 'everyone': who wakes them says so. */
export const EVERYONE = 3;

type Path = ResourceProblem['path'];
const error = (path: Path, message: string, hint: string): ResourceProblem => ({ path, severity: 'error', message, hint });
const warning = (path: Path, message: string, hint: string): ResourceProblem => ({ path, severity: 'warning', message, hint });

export const policyKind: ResourceKind<PolicySpec> = {
  kind: 'EscalationPolicy',
  plural: 'EscalationPolicies',
  spec: policySpec,
  summary: 'Whom to call for a page, one step after the other, until someone acknowledges.',
  example: `apiVersion: nines/v1
kind: EscalationPolicy
metadata:
  name: payments
spec:
  team: payments
  steps:
    - notify: [{schedule: payments, layer: primary}]
    - after: 5m
      notify: [{schedule: payments, layer: secondary}]
    - after: 5m
      notify: [{team: payments}]
      roundRobin: true
    - after: 10m
      notify: [{team: payments}]
      everyone: true
      when: {days: [monday, tuesday, wednesday, thursday, friday], from: '09:00', to: '17:00', timeZone: Europe/Berlin}
  repeat: 2
  ackTimeout: 4h
  quiet: {from: '22:00', to: '07:00', timeZone: Europe/Berlin, tiers: [3, 4], firstStep: 15m}
  tickets:
    hours: {from: '09:00', to: '17:00'}
`,
  references: ({ team, steps, tickets }) => [
    ...(team === undefined ? [] : [{ path: ['spec', 'team'], kind: 'Team', name: team }]),
    ...steps.flatMap(({ notify }, i) => targetReferences(notify, ['spec', 'steps', i, 'notify'])),
    ...targetReferences(tickets.notify ?? [], ['spec', 'tickets', 'notify']),
  ],
  check({ name, spec }, all, now) {
    // What is named and missing is told by the references.
    const known = spec.steps.every(({ notify }) => targetReferences(notify, []).every((one) => all.get(one.kind, one.name) !== undefined));
    if (!known) return [];
    const circle = circular(name, all);
    if (circle.length > 0) return circle;
    const reached = spec.steps.map(({ notify }) => mostPeople(notify, all, now));
    if (reached.every((people) => people.length === 0)) {
      return [error(['spec', 'steps'], `the steps of '${name}' reach no one`, 'notify a schedule, a person, or a team that has members with a contact')];
    }
    return [...reached.flatMap((people, i) => stepProblems(spec, i, people)), ...never(spec), ...impatient(spec)];
  },
}; // prettier-ignore

function stepProblems({ steps }: PolicySpec, i: number, people: readonly string[]): ResourceProblem[] {
  const path = ['spec', 'steps', i];
  if (people.length === 0)
    return [warning([...path, 'notify'], 'this step reaches no one and is passed over', 'name someone else, or remove the step')];
  const { roundRobin, everyone } = steps[i]!;
  if (people.length < EVERYONE || roundRobin || everyone) return [];
  const names = people.length > 5 ? `${people.slice(0, 4).join(', ')} and ${people.length - 4} more` : people.join(', ');
  const message = `this step wakes ${people.length} people at once: ${names}`;
  return [error([...path, 'notify'], message, 'write `everyone: true` in the step if that is meant, or `roundRobin: true` to call one of them at a time')];
} // prettier-ignore

/** Policies that lead to each other and back, told once: at the first by name. */
function circular(name: string, all: ResourceSet): ResourceProblem[] {
  const next = (one: string): string[] =>
    (all.get<PolicySpec>('EscalationPolicy', one)?.spec.steps ?? []).flatMap(({ notify }) => notify.flatMap(({ policy }) => policy ?? []));
  const way = findCycle(name, next);
  if (way === undefined || way.some((one) => one < name)) return [];
  const target = way[1] ?? name;
  const step = (all.get<PolicySpec>('EscalationPolicy', name)?.spec.steps ?? []).findIndex(({ notify }) => notify.some(({ policy }) => policy === target)); // prettier-ignore
  const message =
    way.length === 1 ? `policy '${name}' calls itself` : `policies call each other in a circle: ${[...way, name].join(' → ')}`;
  return [error(['spec', 'steps', step, 'notify'], message, 'name a schedule, a team or a person in one of them')];
}

/** At some hours of the week nobody at all may be called, when every step has a `when`. */
const never = ({ steps }: PolicySpec): ResourceProblem[] =>
  steps.every(({ when }) => when !== undefined)
    ? [warning(['spec', 'steps'], 'every step is only for some time of the week: at others a critical page may call nobody', 'leave `when` out of one step')]
    : []; // prettier-ignore

/** A promise that is over before the second step is called is broken by whoever sleeps through the first call. */
function impatient({ steps, respond }: PolicySpec): ResourceProblem[] {
  const [, second] = steps;
  if (second === undefined) return [];
  const after = second.after === undefined ? DEFAULT_AFTER_MS : parseDuration(second.after);
  if (after < parseDuration(respond.critical)) return [];
  const message = `the second step is called ${second.after} after the first, when the promised response of ${respond.critical} is over`;
  return [warning(['spec', 'steps', 1, 'after'], message, 'call it sooner, or promise less by `respond.critical`')];
}

/** The most people whom targets reach at once in the time that is looked ahead: a schedule may begin later. */
function mostPeople(targets: readonly Target[], all: ResourceSet, now: number): string[] {
  const times = new Set([now]);
  for (const { schedule } of targets) {
    const spec = schedule === undefined ? undefined : all.get<ScheduleSpec>('Schedule', schedule)?.spec;
    for (const { from } of spec ? shiftsBetween(spec, now, now + AHEAD_MS) : []) times.add(from);
  }
  return [...times].map((at) => peopleOf(all, targets, at)).reduce((most, people) => (people.length > most.length ? people : most));
}

const targetReferences = (targets: readonly Target[], path: Path): ResourceReference[] =>
  targets.map((target, i) => {
    const { key, kind, name } = targetName(target);
    return { path: [...path, i, key], kind, name };
  });
