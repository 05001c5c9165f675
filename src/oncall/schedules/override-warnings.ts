import type { ResourceSet } from '../../catalog/index.ts';
import { titleOf } from '../desk.ts';
import type { Override, OverrideLayer } from '../shifts/roster.ts';
import type { ScheduleSpec } from '../shifts/schedule.ts';
import { overridesOf, shiftsBetween } from '../shifts/shifts.ts';
import { describeSpan, type Span } from './spans.ts';

interface Wanted {
  readonly schedule: string;
  readonly spec: ScheduleSpec;
  readonly layer: OverrideLayer;
  readonly person: string;
  readonly span: Span;
}

const MOST_TOLD = 10;
const overlap = (one: Span, other: Span): Span => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) });
const isSome = ({ from, to }: Span): boolean => from < to;

/** What whoever makes an override should know of, in sentences. Nothing of it forbids it: they may know better. */
export function overrideWarnings(set: ResourceSet, wanted: Wanted): string[] {
  return [...earlier(set, wanted), ...bothAtOnce(set, wanted), ...away(set, wanted), ...elsewhere(set, wanted)].slice(0, MOST_TOLD);
}

/** Other overrides that it stands over from now on: the later one counts. */
function earlier(set: ResourceSet, { spec, layer, person, span }: Wanted): string[] {
  return overridesOf(spec)
    .filter((one) => one.layer === layer && one.person !== person && isSome(overlap(one, span)))
    .map((one) => `It stands over the override by which ${titleOf(set, one.person)} is ${layer} ${describeSpan(overlap(one, span), spec.timeZone)}.`); // prettier-ignore
}

/** Someone who is primary and secondary at once is primary, and another is secondary. */
function bothAtOnce(set: ResourceSet, { spec, layer, person, span }: Wanted): string[] {
  if (layer === 'shadow') return [];
  const asked: Override = { layer, person, ...span };
  const roster = spec.roster ?? { overrides: [], absences: [], daysOff: new Map() };
  const after = { ...spec, roster: { ...roster, overrides: [...roster.overrides, asked] } };
  const who = titleOf(set, person);
  if (layer === 'secondary') {
    const both = shiftsBetween(after, span.from, span.to).filter(({ primary }) => primary === person);
    return both.map((one) => `${who} is primary ${describeSpan(one, spec.timeZone)}, so someone else is secondary then.`);
  }
  const secondaryBefore = shiftsBetween(spec, span.from, span.to).filter(({ secondary }) => secondary === person);
  return secondaryBefore.map((one) => {
    const [instead] = shiftsBetween(after, one.from, one.to);
    const now = instead?.secondary ? `${titleOf(set, instead.secondary)} is secondary instead` : 'nobody is secondary then';
    return `${who} was to be secondary ${describeSpan(one, spec.timeZone)}: ${now}.`;
  });
}

function away(set: ResourceSet, { spec, person, span }: Wanted): string[] {
  const absences = spec.roster?.absences ?? [];
  return absences
    .filter((one) => one.person === person && isSome(overlap(one, span)))
    .map((one) => `${titleOf(set, person)} is away ${describeSpan(overlap(one, span), spec.timeZone)}${one.summary === '' ? '' : ` (${one.summary})`}.`); // prettier-ignore
}

function elsewhere(set: ResourceSet, { schedule, spec, layer, person, span }: Wanted): string[] {
  if (layer === 'shadow') return [];
  const others = set.list<ScheduleSpec>('Schedule').filter(({ name }) => name !== schedule);
  return others.flatMap((other) => {
    const [first] = shiftsBetween(other.spec, span.from, span.to).filter(({ primary }) => primary === person);
    return first ? [`${titleOf(set, person)} is also primary of ${other.name} ${describeSpan(first, spec.timeZone)}.`] : [];
  });
}
