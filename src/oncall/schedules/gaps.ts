import type { ResourceSet } from '../../catalog/index.ts';
import type { PolicySpec } from '../policies/policy.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { awayOnCall, shiftsBetween } from '../shifts/shifts.ts';

/** A time when nobody is on call, or someone who is away. */
export interface Gap {
  readonly schedule: string;
  readonly team: string | null;
  readonly kind: 'nobody' | 'away';
  /** Who is away; empty where nobody is on call. */
  readonly person: string;
  readonly summary: string;
  readonly from: number;
  readonly to: number;
}

/** What is wrong with the schedules between two times; what is meant to be so is not. */
export function gapsBetween(set: ResourceSet, from: number, to: number): Gap[] {
  return set.list<ScheduleSpec>('Schedule').flatMap(({ name: schedule, spec }) => {
    const common = { schedule, team: spec.team ?? null };
    const nobody = spec.gaps === 'meant' ? [] : shiftsBetween(spec, from, to).filter(({ primary }) => primary === null);
    const away = awayOnCall(spec, from, to).filter(({ layer }) => layer === 'primary');
    return [
      ...nobody.map((one): Gap => ({ ...common, kind: 'nobody', person: '', summary: '', from: one.from, to: one.to })),
      ...away.map(({ person, summary, ...span }): Gap => ({ ...common, kind: 'away', person, summary, from: span.from, to: span.to })),
    ].sort((a, b) => a.from - b.from);
  });
}

/** The schedules by which some policy calls people. */
export const schedulesInUse = (set: ResourceSet): ReadonlySet<string> =>
  new Set(
    set
      .list<PolicySpec>('EscalationPolicy')
      .flatMap(({ spec }) => spec.steps.flatMap(({ notify }) => notify.flatMap(({ schedule }) => schedule ?? []))),
  );
