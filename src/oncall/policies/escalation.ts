import type { PersonSpec, ResourceSet, ServiceSpec, TeamSpec } from '../../catalog/index.ts';
import { type Contact, contactsOf } from '../../delivery/index.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { whoIsOnCall } from '../shifts/shifts.ts';
import { isWithinWeekTime } from '../shifts/week-time.ts';
import type { PolicySpec, PolicyStep, Target } from './policy.ts';

export const DEFAULT_AFTER_MS = 5 * 60_000;
/** Between two rounds however short the steps are: people need a moment to answer. */
const SHORTEST_ROUND_PAUSE = 60_000;

const NOBODY: ReadonlySet<string> = new Set();

export interface ChosenPolicy {
  readonly name: string;
  readonly spec: PolicySpec;
}

/** The policy that a service names, else its team's, else the one named `default`, else the only one there is. */
export function policyFor(set: ResourceSet, service: string | null): ChosenPolicy | null {
  const spec = service === null ? undefined : set.get<ServiceSpec>('Service', service)?.spec;
  const policies = set.list<PolicySpec>('EscalationPolicy');
  return (
    policies.find(({ name }) => name === spec?.escalation) ??
    policies.find(({ spec: { team } }) => team !== undefined && team === spec?.owner) ??
    policies.find(({ name }) => name === 'default') ??
    (policies.length === 1 ? policies[0]! : null)
  );
}

/** The policy that a page follows; where that is gone, the one that it would follow now. */
export function policyOf(set: ResourceSet, page: { readonly policy: string | null; readonly service: string | null }): ChosenPolicy | null {
  const spec = page.policy === null ? undefined : set.get<PolicySpec>('EscalationPolicy', page.policy)?.spec;
  return spec && page.policy !== null ? { name: page.policy, spec } : policyFor(set, page.service);
}

/** The people whom targets mean at a time, each once, in order. Someone without a document or a contact can't be called. */
export function peopleOf(set: ResourceSet, targets: readonly Target[], now: number, without: ReadonlySet<string> = NOBODY): string[] {
  const names = targets.flatMap((target) => namesOf(set, target, now));
  return [...new Set(names)].filter((name) => !without.has(name) && contactOf(set, name) !== undefined);
}

/** `within`: the policies that were followed to get here, so that a circle ends. */
function namesOf(set: ResourceSet, target: Target, now: number, within: readonly string[] = []): string[] {
  const { schedule, layer = 'primary', person, team, policy } = target;
  if (person !== undefined) return [person];
  if (team !== undefined) return set.get<TeamSpec>('Team', team)?.spec.members ?? [];
  if (policy !== undefined) return firstOf(set, policy, now, within);
  const spec = schedule === undefined ? undefined : set.get<ScheduleSpec>('Schedule', schedule)?.spec;
  const name = spec && whoIsOnCall(spec, now)[layer];
  return typeof name === 'string' ? [name] : [];
}

/** Whom another policy would call first: of a step that calls one of several, all of them. */
function firstOf(set: ResourceSet, policy: string, now: number, within: readonly string[]): string[] {
  const spec = within.includes(policy) ? undefined : set.get<PolicySpec>('EscalationPolicy', policy)?.spec;
  for (const { notify, when } of spec?.steps ?? []) {
    if (when !== undefined && !isWithinWeekTime(when, now)) continue;
    const names = notify.flatMap((target) => namesOf(set, target, now, [...within, policy]));
    if (names.some((name) => contactOf(set, name) !== undefined)) return names;
  }
  return [];
}

/** The people whom a step calls at a time: none at a time that it is not for. */
export const peopleOfStep = (set: ResourceSet, step: PolicyStep, now: number, without: ReadonlySet<string> = NOBODY): string[] =>
  step.when !== undefined && !isWithinWeekTime(step.when, now) ? [] : peopleOf(set, step.notify, now, without);

/** Who learns beside those who are primary: told with them, and never counted on. */
export function shadowsOf(set: ResourceSet, targets: readonly Target[], now: number): string[] {
  const names = targets.flatMap(({ schedule, layer = 'primary' }) => {
    const spec = schedule === undefined || layer !== 'primary' ? undefined : set.get<ScheduleSpec>('Schedule', schedule)?.spec;
    return spec === undefined ? [] : whoIsOnCall(spec, now).shadows;
  });
  return [...new Set(names)].filter((name) => contactOf(set, name) !== undefined);
}

/** Where a person is called: the first contact. */
export function contactOf(set: ResourceSet, person: string): Contact | undefined {
  const spec = set.get<PersonSpec>('Person', person)?.spec;
  return spec && contactsOf(spec)[0];
}

/** The next way to try when `failed` did not work, and which of the person's contacts it is. */
export function contactAfter(
  set: ResourceSet,
  person: string,
  failed: { readonly channel: string; readonly address: string },
): { contact: Contact; number: number } | undefined {
  const spec = set.get<PersonSpec>('Person', person)?.spec;
  const contacts = spec ? contactsOf(spec) : [];
  const number = contacts.findIndex(({ channel, address }) => channel === failed.channel && address === failed.address) + 1;
  const contact = number === 0 ? undefined : contacts[number];
  return contact && { contact, number };
}

export interface Position {
  /** From 0; -1 before the first. */
  readonly step: number;
  /** Counts on over the page's life, so that no two calls share a key. */
  readonly round: number;
  /** The round in which this run through the policy began: later than 0 for a page that was called again. */
  readonly firstRound: number;
}

/** A policy as it is at a time for a service of a tier: in its quiet time, whom it calls first has longer to answer. */
export function policyAt(policy: ChosenPolicy, tier: number, now: number): ChosenPolicy {
  const { quiet, steps, respond } = policy.spec;
  if (quiet === undefined || !quiet.tiers.includes(tier) || !isWithinWeekTime(quiet, now)) return policy;
  // A policy of one step wakes nobody else: there is nothing to wait longer for.
  const [first, second, ...others] = steps;
  const after = second?.after === undefined ? DEFAULT_AFTER_MS : parseDuration(second.after);
  const waiting = second && after < parseDuration(quiet.firstStep) ? [first!, { ...second, after: quiet.firstStep }, ...others] : steps;
  return { ...policy, spec: { ...policy.spec, steps: waiting, respond: { ...respond, critical: quiet.critical } } };
}

/** The step after this one and how long to wait for it; null when everyone was called as often as the policy says. */
export function stepAfter(policy: PolicySpec, { step, round, firstRound }: Position): (Position & { waitMs: number }) | null {
  const last = step >= policy.steps.length - 1;
  if (last && round - firstRound >= policy.repeat) return null;
  const next = last ? { step: 0, round: round + 1, firstRound } : { step: step + 1, round, firstRound };
  const { after } = policy.steps[next.step]!;
  if (step === -1) return { ...next, waitMs: after === undefined ? 0 : parseDuration(after) };
  const waitMs = after === undefined ? DEFAULT_AFTER_MS : parseDuration(after);
  return { ...next, waitMs: last ? Math.max(SHORTEST_ROUND_PAUSE, waitMs || DEFAULT_AFTER_MS) : waitMs };
}

/** The next step that reaches someone: one that reaches nobody is passed over at once; each is looked at only once. */
export function nextWithPeople(
  set: ResourceSet,
  { spec }: ChosenPolicy,
  from: Position,
  now: number,
  without: ReadonlySet<string> = NOBODY,
): (Position & { people: string[] }) | undefined {
  let next = stepAfter(spec, from);
  for (let looked = 0; next !== null && looked < spec.steps.length; looked += 1) {
    const people = peopleOfStep(set, spec.steps[next.step]!, now, without);
    if (people.length > 0) return { step: next.step, round: next.round, firstRound: next.firstRound, people };
    next = stepAfter(spec, next);
  }
  return undefined;
}

export interface PlannedStep extends Position {
  readonly at: number;
  readonly people: readonly string[];
  /** Only one of them is called, whose turn it is by then. */
  readonly oneOf: boolean;
}

/** What follows a position, if nobody acknowledges: one round of it, with the people who are on call at each step's time. */
export function escalationSteps(
  policy: PolicySpec,
  set: ResourceSet,
  from: Position,
  now: number,
  without: ReadonlySet<string> = NOBODY,
): PlannedStep[] {
  const planned: PlannedStep[] = [];
  let at = now;
  for (let next = stepAfter(policy, from); next !== null && planned.length < policy.steps.length; next = stepAfter(policy, next)) {
    const step = policy.steps[next.step]!;
    const people = peopleOfStep(set, step, at + next.waitMs, without);
    // A step that reaches nobody is not waited for.
    if (people.length > 0) at += next.waitMs;
    planned.push({
      step: next.step,
      round: next.round,
      firstRound: next.firstRound,
      at,
      people,
      oneOf: step.roundRobin && people.length > 1,
    });
  }
  return planned.filter(({ people }) => people.length > 0);
}
