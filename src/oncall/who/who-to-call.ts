import type { ResourceSet, ServiceSpec, TeamSpec } from '../../catalog/index.ts';
import { describeService, personOf, titleOf } from '../desk.ts';
import { type ChosenPolicy, escalationSteps, policyAt, policyFor } from '../policies/escalation.ts';
import { type PolicySpec, policySpec } from '../policies/policy.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { whoIsOnCall } from '../shifts/shifts.ts';
import type { OnCallWho, WhoFound } from './contract.ts';
import { findSubject } from './find-subject.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** Whom to call about something: a service, a team, a schedule, a policy, a person, or words that are near one. Pure. */
export function whoToCall(set: ResourceSet, about: string, now: number): OnCallWho {
  const [found = null, ...alternatives] = findSubject(set, about);
  const chosen = found && policyAbout(set, found);
  const tier = found?.kind === 'service' ? (describeService(set, found.name)?.tier ?? 3) : 1;
  const policy = chosen && policyAt(chosen, tier, now);
  const steps = policy === null ? [] : escalationSteps(policy.spec, set, { step: -1, round: 0, firstRound: 0 }, now);
  return {
    at: iso(now),
    about,
    found,
    alternatives,
    policy: found?.kind === 'schedule' || found?.kind === 'person' ? null : (policy?.name ?? null),
    team: found && teamAbout(set, found, policy),
    steps: steps.map(({ at, people, oneOf }) => ({
      at: iso(at),
      oneOf,
      people: people.map((name) => ({ name, title: titleOf(set, name), timeZone: personOf(set, name)?.timeZone ?? 'UTC' })),
    })),
    until: policy && steps[0] ? endOfShift(set, policy.spec, steps[0].step, now) : null,
    problem: steps.length > 0 ? null : problemOf(about, found, policy),
  };
}

function problemOf(about: string, found: WhoFound | null, policy: ChosenPolicy | null): string {
  if (found === null) return `Nothing is called '${about}', and nothing is near it.`;
  if (policy === null) return `There is no escalation policy for the ${found.kind} '${found.name}': name one in its document, or name one 'default'.`;
  return `The policy '${policy.name}' reaches nobody now.`;
} // prettier-ignore

/** What is called for it. For a schedule or a person, as if a policy named just that. */
function policyAbout(set: ResourceSet, { kind, name }: WhoFound): ChosenPolicy | null {
  const own = (steps: object[]): ChosenPolicy => ({ name, spec: policySpec.parse({ steps, repeat: 0 }) });
  if (kind === 'service') return policyFor(set, name);
  if (kind === 'person') return own([{ notify: [{ person: name }] }]);
  if (kind === 'schedule') return own([{ notify: [{ schedule: name }] }, { notify: [{ schedule: name, layer: 'secondary' }] }]);
  const policies = set.list<PolicySpec>('EscalationPolicy');
  if (kind === 'policy') return policies.find((one) => one.name === name) ?? null;
  // Of a team: its own policy, else that of a service it owns.
  const service = set.list<ServiceSpec>('Service').find(({ spec }) => spec.owner === name);
  return policies.find(({ spec }) => spec.team === name) ?? policyFor(set, service?.name ?? null);
}

function teamAbout(set: ResourceSet, { kind, name }: WhoFound, policy: ChosenPolicy | null): OnCallWho['team'] {
  const owner = {
    service: () => set.get<ServiceSpec>('Service', name)?.spec.owner,
    team: () => name,
    schedule: () => set.get<ScheduleSpec>('Schedule', name)?.spec.team,
    policy: () => policy?.spec.team,
    person: () => set.list<TeamSpec>('Team').find(({ spec }) => spec.members.includes(name))?.name,
  }[kind]();
  const team = owner === undefined ? undefined : set.get<TeamSpec>('Team', owner);
  return team ? { name: team.name, title: team.title, channel: team.spec.channel ?? null } : null;
}

/** When the first of the schedules that a step calls by is handed over. */
function endOfShift(set: ResourceSet, { steps }: PolicySpec, step: number, now: number): string | null {
  const ends = steps[step]!.notify.flatMap(({ schedule }) => {
    const spec = schedule === undefined ? undefined : set.get<ScheduleSpec>('Schedule', schedule)?.spec;
    return spec ? [whoIsOnCall(spec, now).until] : [];
  });
  return ends.length === 0 ? null : iso(Math.min(...ends));
}
