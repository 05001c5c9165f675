import { Temporal } from 'temporal-polyfill';
import { atTime, startOfDay } from './local-time.ts';
import { type LayerSpec, type ScheduleSpec, WEEKDAYS } from './schedule.ts';

/** A rotation, read once: its shifts have numbers from 0, that of the first person. */
export interface LayerPlan {
  readonly layer: LayerSpec;
  readonly timeZone: string;
  /** The days that are a cycle: a shift, or a week or day of parts. */
  readonly days: number;
  /** Nobody is on call before, nor from `endsAt` on. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** When a shift begins; that of shift 0 may be before `startsAt`. */
  handover(shift: number): number;
  /** The number of the shift at a time; 0 before the first. */
  shiftAt(at: number): number;
  /** From this shift on, someone who learns is primary like all others; 0 for everyone else. */
  learnsUntil(person: string): number;
}

const DAY_MS = 86_400_000;
/** More remembered handovers than this are forgotten: it is a few years of days. */
const MOST_REMEMBERED = 4_000;

interface Part {
  /** Days after the cycle's first. */
  readonly days: number;
  readonly time: Temporal.PlainTime;
}

export function planLayer(layer: LayerSpec, schedule: Pick<ScheduleSpec, 'timeZone' | 'newcomers'>): LayerPlan {
  const { timeZone = schedule.timeZone, start, end } = layer;
  const { days, anchor, parts } = cycleOf(layer);
  const first = Temporal.PlainDate.from(start);
  const since = anchor.until(first).days;
  // The first person has the part that begins on the first day, or else the one in which that day is.
  const beginning = parts.findIndex((part) => part.days === since);
  const base = beginning === -1 ? parts.findLastIndex((part) => part.days < since) : beginning;
  const known = new Map<number, number>();
  const handover = (shift: number): number => {
    let at = known.get(shift);
    if (at !== undefined) return at;
    const index = shift + base;
    const cycle = Math.floor(index / parts.length);
    const part = parts[index - cycle * parts.length]!;
    at = atTime(anchor.add({ days: cycle * days + part.days }), part.time, timeZone);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(shift, at);
    return at;
  };
  const shiftAt = (at: number): number => {
    // Elapsed time says it to within a day or a cycle; the neighbouring handovers say it exactly.
    let shift = Math.floor((at - handover(0)) / (days * DAY_MS)) * parts.length;
    while (handover(shift) > at) shift -= 1;
    while (handover(shift + 1) <= at) shift += 1;
    return Math.max(0, shift);
  };
  const plan = {
    layer,
    timeZone,
    days,
    startsAt: startOfDay(first, timeZone),
    endsAt: end === undefined ? Infinity : startOfDay(Temporal.PlainDate.from(end).add({ days: 1 }), timeZone),
    handover,
    shiftAt,
  };
  const learners = new Map(schedule.newcomers.map(({ person, from, secondaryShifts }) => [person, endOfLearning(plan, { person, at: startOfDay(from, timeZone), secondaryShifts })])); // prettier-ignore
  return { ...plan, learnsUntil: (person) => learners.get(person) ?? 0 };
}

/** How long a cycle is, the day that begins the first one, and what it is divided into. */
function cycleOf({ start, handover, length, split }: LayerSpec): { days: number; anchor: Temporal.PlainDate; parts: Part[] } {
  const first = Temporal.PlainDate.from(start);
  const back = (day: (typeof WEEKDAYS)[number]): number => (first.dayOfWeek - 1 - WEEKDAYS.indexOf(day) + 7) % 7;
  if (split === undefined) {
    const days = Number.parseInt(length, 10) * (length.endsWith('w') ? 7 : 1);
    // Shifts of whole weeks change hands on the given day: one that starts midweek is the shorter for it.
    const anchor = first.subtract({ days: length.endsWith('w') ? back(handover.day) : 0 });
    return { days, anchor, parts: [{ days: 0, time: Temporal.PlainTime.from(handover.time) }] };
  }
  const day = split[0]!.from;
  const parts = split.map(({ from, time }) => ({
    days: from === undefined ? 0 : (WEEKDAYS.indexOf(from) - WEEKDAYS.indexOf(day!) + 7) % 7,
    time: Temporal.PlainTime.from(time),
  }));
  // The parts of a day: the first person has the first of them.
  if (day === undefined) return { days: 1, anchor: first, parts };
  return { days: 7, anchor: first.subtract({ days: back(day) }), parts };
}

/** The shift after a newcomer's last one as secondary: their turns are counted from the first that begins once they learn. */
function endOfLearning(
  plan: Pick<LayerPlan, 'layer' | 'shiftAt' | 'handover' | 'startsAt'>,
  { person, at, secondaryShifts }: { person: string; at: number; secondaryShifts: number },
): number {
  const { people } = plan.layer;
  if (!people.includes(person)) return 0;
  let shift = at <= plan.startsAt ? 0 : plan.shiftAt(at);
  if (at > plan.startsAt && plan.handover(shift) < at) shift += 1;
  for (let turns = 0; ; shift += 1) {
    if (people[shift % people.length] === person) turns += 1;
    if (turns === secondaryShifts) return shift + 1;
  }
}

/** The handovers of a layer between two times, `from` included, and not its start. */
export function handoversBetween(plan: LayerPlan, from: number, to: number): { at: number; shift: number }[] {
  const found: { at: number; shift: number }[] = [];
  const [begin, end] = [Math.max(from, plan.startsAt), Math.min(to, plan.endsAt)];
  if (begin >= end) return found;
  let shift = plan.shiftAt(begin);
  if (plan.handover(shift) < begin || plan.handover(shift) <= plan.startsAt) shift += 1;
  for (; plan.handover(shift) < end; shift += 1) found.push({ at: plan.handover(shift), shift });
  return found;
}
