import { Temporal } from 'temporal-polyfill';
import { handoversBetween, type LayerPlan, planLayer } from './layer-plan.ts';
import { instantOf, startOfDay } from './local-time.ts';
import { type Interval, isWithin, openHours } from './open-hours.ts';
import type { Override, Roster } from './roster.ts';
import { layersOf, type ScheduleSpec } from './schedule.ts';

/** Who is on call from `from` to `to` (milliseconds, `to` not included). */
export interface ShiftSpan {
  readonly from: number;
  readonly to: number;
  readonly primary: string | null;
  readonly secondary: string | null;
  /** Told beside the primary, to learn; never counted on. */
  readonly shadows: readonly string[];
  /** Whose turn it would be, where an override or a holiday has someone else be primary. */
  readonly insteadOf: string | null;
  /** The layer that it is of: `rotation`, or the name of one of the layers; null where there is none. */
  readonly layer: string | null;
}

/** Someone who is on call though their calendar says that they are away. */
export interface AwayOnCall {
  readonly person: string;
  readonly layer: 'primary' | 'secondary';
  readonly from: number;
  readonly to: number;
  readonly summary: string;
}

const DAY_MS = 86_400_000;

/**
 * The shifts between two times, without a hole: where nobody is on call, `primary` is null. A handover keeps its local
 * time over changes of the clocks; a local time that a change skips is the next that exists, one that comes twice is
 * the first. Of the layers, the last one that is open counts. Pure: the same schedule gives the same shifts, three
 * months ahead or back.
 */
export function shiftsBetween(schedule: ScheduleSpec, from: number, to: number): ShiftSpan[] {
  const view = viewOf(planOf(schedule), from, to);
  const points = [...new Set(view.edges)].filter((at) => at >= from && at < to).sort((a, b) => a - b);
  const spans: ShiftSpan[] = [];
  let before: Moment | undefined;
  for (const [i, at] of points.entries()) {
    const next = points[i + 1] ?? to;
    const found = onCallAt(view, at);
    if (before !== undefined && sameAs(before, found)) spans[spans.length - 1] = { ...spans.at(-1)!, to: next };
    else {
      const { primary, secondary, shadows, insteadOf, layer } = found;
      spans.push({ from: at, to: next, primary, secondary, shadows, insteadOf, layer });
    }
    before = found;
  }
  return spans;
}

export interface OnCall {
  readonly primary: string | null;
  readonly secondary: string | null;
  readonly shadows: readonly string[];
  /** When somebody else is on call. */
  readonly until: number;
  readonly next: { readonly primary: string | null; readonly secondary: string | null };
}

/** The last answer for a schedule: it stands until the shift ends, and a page asks for it again and again. */
const answers = new WeakMap<ScheduleSpec, { from: number; answer: OnCall }>();

export function whoIsOnCall(schedule: ScheduleSpec, now: number): OnCall {
  const known = answers.get(schedule);
  if (known && known.from <= now && now < known.answer.until) return known.answer;
  // A shift may be lengthened by a day at its start, and an hour when clocks change.
  const days = Math.max(...planOf(schedule).layers.map((one) => one.days)) + 2;
  const [current, next] = shiftsBetween(schedule, now, now + days * DAY_MS);
  const { primary = null, secondary = null, shadows = [], to = now } = current ?? {};
  const answer = { primary, secondary, shadows, until: to, next: { primary: next?.primary ?? null, secondary: next?.secondary ?? null } };
  answers.set(schedule, { from: now, answer });
  return answer;
}

/** Where someone is on call while they are away, since nobody else could be or the schedule only reports it. */
export function awayOnCall(schedule: ScheduleSpec, from: number, to: number): AwayOnCall[] {
  const absences = schedule.roster?.absences ?? [];
  if (absences.length === 0) return [];
  const found: AwayOnCall[] = [];
  for (const span of shiftsBetween(schedule, from, to)) {
    for (const layer of ['primary', 'secondary'] as const) {
      for (const { person, summary, ...away } of absences) {
        const [begin, end] = [Math.max(span.from, away.from), Math.min(span.to, away.to)];
        if (person === span[layer] && begin < end) found.push({ person, layer, from: begin, to: end, summary });
      }
    }
  }
  return found;
}

/** Whether a day, as `2026-12-25`, counts as a Sunday: for hours, for fairness and for pay. */
export const isDayOff = (schedule: ScheduleSpec, date: string, calendars: readonly string[] = schedule.holidays): boolean =>
  calendars.some((name) => schedule.roster?.daysOff.get(name)?.has(date) === true);

/** All overrides of a schedule, those that are written first: the last one that fits counts. */
export const overridesOf = (schedule: ScheduleSpec): readonly Override[] => planOf(schedule).overrides;

interface Plan {
  readonly schedule: ScheduleSpec;
  readonly layers: readonly LayerPlan[];
  readonly overrides: readonly Override[];
  readonly shadows: readonly { person: string; with: string | undefined; from: number; to: number }[];
  readonly roster: Roster | undefined;
}

const plans = new WeakMap<ScheduleSpec, Plan>();

function planOf(schedule: ScheduleSpec): Plan {
  let plan = plans.get(schedule);
  if (plan === undefined) plans.set(schedule, (plan = readPlan(schedule)));
  return plan;
}

function readPlan(schedule: ScheduleSpec): Plan {
  const { timeZone, roster } = schedule;
  const written = schedule.overrides.map((one) => ({ ...one, from: instantOf(one.from, timeZone), to: instantOf(one.to, timeZone) }));
  return {
    schedule,
    layers: layersOf(schedule).map((layer) => planLayer(layer, schedule)),
    overrides: [...written, ...(roster?.overrides ?? [])],
    shadows: schedule.shadows.map((one) => ({
      person: one.person,
      with: one.with,
      from: one.from === undefined ? -Infinity : startOfDay(one.from, timeZone),
      to: one.to === undefined ? Infinity : startOfDay(Temporal.PlainDate.from(one.to).add({ days: 1 }), timeZone),
    })),
    roster,
  };
}

/** A plan as far as it matters between two times. */
interface View {
  readonly plan: Plan;
  /** When each layer is open; undefined for always. */
  readonly open: readonly (readonly Interval[] | undefined)[];
  readonly overrides: readonly Override[];
  readonly absences: Roster['absences'];
  /** Where something may change. */
  readonly edges: readonly number[];
}

function viewOf(plan: Plan, from: number, to: number): View {
  const touches = (one: Interval): boolean => one.from < to && one.to > from;
  const overrides = plan.overrides.filter(touches);
  const absences = plan.schedule.whenAway === 'next' ? (plan.roster?.absences ?? []).filter(touches) : [];
  const shadows = plan.shadows.filter(touches);
  const open = plan.layers.map((one) => {
    if (one.layer.hours === undefined) return undefined;
    const calendars = one.layer.holidays ?? plan.schedule.holidays;
    const dayOff = (date: string): boolean => isDayOff(plan.schedule, date, calendars);
    return openHours(one.layer.hours, one.timeZone, { from, to, dayOff });
  });
  const edges = [
    from,
    ...plan.layers.flatMap((one) => [one.startsAt, one.endsAt, ...handoversBetween(one, from, to).map(({ at }) => at)]),
    ...[...overrides, ...absences, ...shadows, ...open.flatMap((one) => one ?? [])].flatMap((one) => [one.from, one.to]),
  ];
  return { plan, open, overrides, absences, edges };
}

type Moment = Pick<ShiftSpan, 'primary' | 'secondary' | 'shadows' | 'insteadOf' | 'layer'> & {
  /** Tells one shift from the next, also where the same person has both. */
  readonly turn: string;
};

const sameAs = (one: Moment, other: Moment): boolean =>
  one.turn === other.turn &&
  one.primary === other.primary &&
  one.secondary === other.secondary &&
  one.insteadOf === other.insteadOf &&
  one.shadows.join() === other.shadows.join();

function onCallAt(view: View, at: number): Moment {
  const standIn = (layer: Override['layer']): string | undefined =>
    view.overrides.findLast((one) => one.layer === layer && one.from <= at && at < one.to)?.person;
  const turns = turnsAt(view, at);
  // The highest layer that has someone who is there; where all are away, the highest.
  const turn = turns.find(({ away }) => !away) ?? turns[0];
  const scheduled = turn?.primary ?? null;
  const primary = standIn('primary') ?? scheduled;
  const meant = turns[0]?.meant ?? null;
  const below = turn === undefined ? [] : turns.slice(turns.indexOf(turn) + 1).flatMap((one) => (one.away ? [] : one.primary));
  const others = turn === undefined ? [] : [...turn.secondaries, ...(turn.alone ? [] : below)];
  const secondary = [standIn('secondary'), ...others].find((person) => person !== undefined && person !== primary) ?? null;
  const shadowing = view.plan.shadows.filter((one) => one.from <= at && at < one.to && (one.with === undefined || one.with === primary));
  const asked = view.overrides.filter((one) => one.layer === 'shadow' && one.from <= at && at < one.to);
  const shadows = primary === null ? [] : [...shadowing, ...asked].map(({ person }) => person);
  return {
    primary,
    secondary,
    shadows: [...new Set(shadows)].filter((person) => person !== primary && person !== secondary).sort(),
    insteadOf: meant === primary ? null : meant,
    layer: turn?.name ?? null,
    turn: turn === undefined ? '' : `${turn.name} ${turn.shift}`,
  };
}

interface Turn {
  readonly name: string;
  readonly shift: number;
  /** Whose turn it is by the rotation, away or not. */
  readonly meant: string;
  readonly primary: string;
  /** Nobody of the layer is there: its primary is, all the same. */
  readonly away: boolean;
  /** Who may be secondary, the likeliest first: the caller takes the first who is not primary. */
  readonly secondaries: readonly string[];
  /** It is said that nobody, or only certain people, are secondary. */
  readonly alone: boolean;
}

/** The layers that are open at a time, the highest first, and whose turn it is in each. */
function turnsAt(view: View, at: number): Turn[] {
  const isAway = (person: string): boolean => view.absences.some((one) => one.person === person && one.from <= at && at < one.to);
  const turns: Turn[] = [];
  for (const [i, one] of view.plan.layers.entries()) {
    const open = view.open[i];
    if (at < one.startsAt || at >= one.endsAt || (open !== undefined && !isWithin(open, at))) continue;
    turns.unshift(turnOf(view.plan, one, { shift: one.shiftAt(at), isAway }));
  }
  return turns;
}

function turnOf({ schedule }: Plan, one: LayerPlan, { shift, isAway }: { shift: number; isAway: (person: string) => boolean }): Turn {
  const { people, name, secondary = schedule.secondary } = one.layer;
  const order = people.map((_, i) => people[(shift + i) % people.length]!);
  const learns = (person: string): boolean => shift < one.learnsUntil(person);
  const meant = order.find((person) => !learns(person)) ?? order[0]!;
  const there = order.find((person) => !learns(person) && !isAway(person));
  const primary = there ?? meant;
  // A newcomer whose turn it is has it as secondary; else it is whoever comes next.
  const next = learns(order[0]!) ? order : [...order.slice(1), order[0]!];
  const second =
    typeof secondary === 'object' ? secondary.people.map((_, i) => secondary.people[(shift + i) % secondary.people.length]!) : next;
  const secondaries = secondary === 'none' ? [] : second.filter((person) => !isAway(person));
  return { name, shift, meant, primary, away: there === undefined, secondaries, alone: secondary !== 'next' };
}
