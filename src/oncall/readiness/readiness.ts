import type { ResourceSet } from '../../catalog/index.ts';
import { type Contact, contactsOf } from '../../delivery/index.ts';
import { waysOf } from '../calls/ways.ts';
import { personOf, titleOf } from '../desk.ts';
import { peopleInSchedule, type ScheduleSpec } from '../shifts/schedule.ts';
import { shiftsBetween } from '../shifts/shifts.ts';

/** A contact that proved to work is asked again after half a year: numbers change hands. */
export const VERIFIED_FOR_MS = 180 * 86_400_000;
const AHEAD_MS = 28 * 86_400_000;

export interface Checked {
  readonly person: string;
  readonly channel: string;
  readonly address: string;
  readonly sent_at: number;
  readonly verified_at: number | null;
}

export interface Readiness {
  readonly person: string;
  readonly title: string;
  readonly nextShift: number | null;
  readonly ready: boolean;
  readonly problem: string | null;
  readonly contacts: readonly (Contact & { readonly verifiedAt: number | null; readonly askedAt: number | null })[];
}

/** Who carries a shift soon, and whether a call would reach them: every way that a critical page would take is verified. Pure. */
export function readinessOf(set: ResourceSet, checks: readonly Checked[], now: number, team?: string): Readiness[] {
  const next = new Map<string, number>();
  for (const { spec } of set.list<ScheduleSpec>('Schedule')) {
    if (team !== undefined && spec.team !== team) continue;
    for (const person of peopleInSchedule(spec)) if (!next.has(person)) next.set(person, Number.POSITIVE_INFINITY);
    for (const { from, primary, secondary } of shiftsBetween(spec, now, now + AHEAD_MS))
      for (const person of [primary, secondary]) if (person !== null) next.set(person, Math.min(from, next.get(person) ?? from));
  }
  const all = [...next].map(([person, at]) => personReadiness(set, checks, { person, nextShift: Number.isFinite(at) ? at : null }, now));
  return all.sort((a, b) => (a.nextShift ?? Infinity) - (b.nextShift ?? Infinity) || a.person.localeCompare(b.person));
}

function personReadiness(
  set: ResourceSet,
  checks: readonly Checked[],
  { person, nextShift }: { person: string; nextShift: number | null },
  now: number,
): Readiness {
  const spec = personOf(set, person);
  const contacts = wanted(spec ? contactsOf(spec) : [], set, person).map(({ channel, address }) => {
    const check = checks.find((one) => one.person === person && one.channel === channel && one.address === address);
    const verifiedAt = check?.verified_at != null && check.verified_at > now - VERIFIED_FOR_MS ? check.verified_at : null;
    const asked = check !== undefined && (verifiedAt === null || check.sent_at > verifiedAt);
    return { channel, address, verifiedAt, askedAt: asked ? check.sent_at : null };
  });
  const ways = waysOf(set, person, 'critical').map(({ contact }) => contact);
  const missing = contacts.filter(
    ({ channel, address, verifiedAt }) => verifiedAt === null && ways.some((way) => way.channel === channel && way.address === address),
  );
  const problem =
    ways.length === 0
      ? 'has no contact, so nobody can call them: give their document an email or contacts'
      : missing.length === 0
        ? null
        : `not verified: ${missing.map(({ channel }) => channel).join(', ')}`;
  return { person, title: titleOf(set, person), nextShift, ready: problem === null, problem, contacts };
}

/** Their contacts, and those that only their rules name (the e-mail address). */
function wanted(contacts: readonly Contact[], set: ResourceSet, person: string): Contact[] {
  const ways = waysOf(set, person, 'critical').map(({ contact }) => contact);
  const all = [...contacts, ...ways];
  return all.filter((one, i) => all.findIndex(({ channel, address }) => channel === one.channel && address === one.address) === i);
}
