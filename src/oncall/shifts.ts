import { Temporal } from 'temporal-polyfill';
import { type ScheduleSpec, WEEKDAYS } from './schedule.ts';

/** Who is on call from `from` to `to` (milliseconds, `to` not included). */
export interface ShiftSpan {
  readonly from: number;
  readonly to: number;
  readonly primary: string | null;
  readonly secondary: string | null;
}

const DAY_MS = 86_400_000;

/**
 * The shifts between two times, without a hole: where nobody is on call, `primary` is null. A handover keeps its local
 * time over changes of the clocks; a local time that a change skips is the next that exists, one that comes twice is
 * the first. Pure: the same schedule gives the same shifts, three months ahead or back.
 */
export function shiftsBetween(schedule: ScheduleSpec, from: number, to: number): ShiftSpan[] {
  const plan = readPlan(schedule);
  const handovers = handoversBetween(plan, from, to);
  const edges = [from, plan.startsAt, ...handovers, ...plan.overrides.flatMap((one) => [one.from, one.to])];
  const points = [...new Set(edges)].filter((at) => at >= from && at < to).sort((a, b) => a - b);
  const spans: ShiftSpan[] = [];
  for (const [i, at] of points.entries()) {
    const next = points[i + 1] ?? to;
    const { primary, secondary } = onCallAt(plan, at);
    const last = spans.at(-1);
    const same = last?.primary === primary && last.secondary === secondary && !handovers.includes(at);
    if (same) spans[spans.length - 1] = { ...last, to: next };
    else spans.push({ from: at, to: next, primary, secondary });
  }
  return spans;
}

export interface OnCall {
  readonly primary: string | null;
  readonly secondary: string | null;
  /** When somebody else is on call. */
  readonly until: number;
  readonly next: { readonly primary: string | null; readonly secondary: string | null };
}

export function whoIsOnCall(schedule: ScheduleSpec, now: number): OnCall {
  // A shift may be lengthened by a day at its start, and an hour when clocks change.
  const [current, next] = shiftsBetween(schedule, now, now + (lengthDays(schedule) + 2) * DAY_MS);
  const { primary = null, secondary = null, to = now } = current ?? {};
  return { primary, secondary, until: to, next: { primary: next?.primary ?? null, secondary: next?.secondary ?? null } };
}

interface Plan {
  readonly schedule: ScheduleSpec;
  readonly days: number;
  /** Nobody is on call before. */
  readonly startsAt: number;
  /** The handover that began shift 0. */
  readonly anchor: Temporal.PlainDate;
  readonly time: Temporal.PlainTime;
  readonly overrides: readonly { from: number; to: number; person: string; layer: 'primary' | 'secondary' }[];
}

function readPlan(schedule: ScheduleSpec): Plan {
  const { rotation, timeZone } = schedule;
  const start = Temporal.PlainDate.from(rotation.start);
  const days = lengthDays(schedule);
  // Shifts of whole weeks change hands on the given day: one that starts midweek is the shorter for it.
  const back = rotation.length.endsWith('w') ? (start.dayOfWeek - 1 - WEEKDAYS.indexOf(rotation.handover.day) + 7) % 7 : 0;
  return {
    schedule,
    days,
    startsAt: start.toZonedDateTime({ timeZone }).epochMilliseconds,
    anchor: start.subtract({ days: back }),
    time: Temporal.PlainTime.from(rotation.handover.time),
    overrides: schedule.overrides.map(({ person, layer, ...one }) => ({
      person,
      layer,
      from: instantOf(one.from, timeZone),
      to: instantOf(one.to, timeZone),
    })),
  };
}

const lengthDays = ({ rotation: { length } }: ScheduleSpec): number => Number.parseInt(length, 10) * (length.endsWith('w') ? 7 : 1);

const instantOf = (text: string, timeZone: string): number =>
  /(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Temporal.Instant.from(text).epochMilliseconds
    : Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;

const handover = ({ anchor, days, time, schedule }: Plan, shift: number): number =>
  anchor.add({ days: shift * days }).toZonedDateTime({ timeZone: schedule.timeZone, plainTime: time }).epochMilliseconds;

/** The number of the shift at a time, from 0. Elapsed time says it to within a day; the neighbouring handovers say it exactly. */
function shiftAt(plan: Plan, at: number): number {
  let shift = Math.floor((at - handover(plan, 0)) / (plan.days * DAY_MS));
  while (handover(plan, shift) > at) shift -= 1;
  while (handover(plan, shift + 1) <= at) shift += 1;
  return Math.max(0, shift);
}

function handoversBetween(plan: Plan, from: number, to: number): number[] {
  const found: number[] = [];
  for (let shift = shiftAt(plan, Math.max(from, plan.startsAt)) + 1; ; shift += 1) {
    const at = handover(plan, shift);
    if (at >= to) return found;
    if (at >= from && at > plan.startsAt) found.push(at);
  }
}

function onCallAt(plan: Plan, at: number): { primary: string | null; secondary: string | null } {
  const standIn = (layer: 'primary' | 'secondary'): string | undefined =>
    plan.overrides.findLast((one) => one.layer === layer && one.from <= at && at < one.to)?.person;
  const { people } = plan.schedule.rotation;
  const begun = at >= plan.startsAt;
  const shift = begun ? shiftAt(plan, at) : 0;
  const primary = standIn('primary') ?? (begun ? people[shift % people.length]! : null);
  const candidates = [standIn('secondary'), ...(begun ? secondaries(plan.schedule, shift) : [])];
  return { primary, secondary: candidates.find((person) => person !== undefined && person !== primary) ?? null };
}

/** Who may be secondary in a shift, the likeliest first: the caller takes the first who is not primary. */
function secondaries({ secondary, rotation }: ScheduleSpec, shift: number): string[] {
  if (secondary === 'none') return [];
  const people = secondary === 'next' ? rotation.people : secondary.people;
  const first = secondary === 'next' ? shift + 1 : shift;
  return people.map((_, i) => people[(first + i) % people.length]!);
}
