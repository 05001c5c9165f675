import { z } from 'zod';
import { resourceName, timeZoneName } from '../../catalog/index.ts';
import type { Roster } from './roster.ts';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as '09:00', in quotes");

const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?$/;
const when = z.string().regex(LOCAL_TIME, "write a date and time as '2026-12-24T18:00', in the schedule's time zone");
const date = z.string().check((context) => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(context.value) ?? [];
  const real =
    year !== undefined && new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).toISOString().startsWith(context.value);
  if (!real)
    context.issues.push({ code: 'custom', message: `'${context.value}' is no date: write it as '2026-11-23'`, input: context.value });
});

const override = z
  .strictObject({
    person: resourceName,
    from: when,
    to: when,
    layer: z.enum(['primary', 'secondary', 'shadow']).default('primary').describe('Whom the person stands in for, or `shadow`: told beside them.'),
  })
  .refine(({ from, to }) => from < to || /[Z+]|-\d\d:/.test(from.slice(16)), { message: 'an override ends after it begins', path: ['to'] }); // prettier-ignore

const part = z.strictObject({
  from: z.enum(WEEKDAYS).optional().describe('The day it begins on; left out by all parts, they divide each day.'),
  time: timeOfDay.default('09:00').describe('When it begins.'),
});

const hours = z
  .strictObject({
    days: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional().describe('On which days they begin; every day by default.'),
    from: timeOfDay,
    to: timeOfDay.describe("When they end; the next day where that is not after `from`, so '00:00' is midnight."),
  })
  .describe('A time of the week.');

const secondary = z.union([z.enum(['next', 'none']), z.strictObject({ people: z.array(resourceName).min(1).max(100) })]);

const rotation = {
  people: z.array(resourceName).min(1).max(100).describe('Who takes a shift, in this order, round and round.'),
  start: date.describe('The day of the first shift, which is that of the first person.'),
  end: date.optional().describe('Its last day.'),
  handover: z
    .strictObject({ day: z.enum(WEEKDAYS).default('monday'), time: timeOfDay.default('09:00') })
    .default({ day: 'monday', time: '09:00' })
    .describe('When one shift ends and the next begins. The day counts where shifts are whole weeks.'),
  length: z
    .string()
    .regex(/^([1-9]\d?)[dw]$/, "write the length of a shift as whole days or weeks, such as '1w'")
    .default('1w'),
  split: z
    .array(part)
    .min(2)
    .max(24)
    .optional()
    .describe('The parts that a week, or a day, is divided into: each is a shift, and the next person takes the next. Instead of `handover` and `length`.'),
  hours: z.array(hours).min(1).max(50).optional().describe('Only at these times; always by default.'),
  timeZone: timeZoneName.optional().describe("In which its times are written; the schedule's by default."),
  holidays: z.array(resourceName).max(20).optional().describe("Calendars whose days count as Sundays here; the schedule's by default."),
}; // prettier-ignore

const layer = z
  .strictObject({
    name: resourceName,
    ...rotation,
    secondary: secondary.optional().describe("Who is secondary in this layer; as the schedule says by default."),
  })
  .check(partsInOrder); // prettier-ignore

const newcomer = z.strictObject({
  person: resourceName,
  from: date.describe('The first day of learning.'),
  secondaryShifts: z.int().min(1).max(52).default(2).describe('So many of their shifts they are secondary, and the next in the rotation is primary.'),
}); // prettier-ignore

const shadow = z.strictObject({
  person: resourceName,
  with: resourceName.optional().describe('Only while this person is primary; whoever is by default.'),
  from: date.optional().describe('The first day.'),
  to: date.optional().describe('The last day.'),
});

/** Parts are told apart and sorted by when they begin: out of order, a shift would end before it begins. */
function partsInOrder(context: z.core.ParsePayload<{ split?: readonly z.output<typeof part>[] | undefined }>): void {
  const { split } = context.value;
  if (split === undefined) return;
  const named = split.filter(({ from }) => from !== undefined).length;
  if (named !== 0 && named !== split.length)
    context.issues.push({ code: 'custom', message: 'give the day of each part, or of none', input: split, path: ['split'] });
  const first = split[0]?.from === undefined ? 0 : WEEKDAYS.indexOf(split[0].from);
  const order = split.map(({ from, time }) => `${from === undefined ? 0 : (WEEKDAYS.indexOf(from) - first + 7) % 7} ${time}`);
  const wrong = order.findIndex((one, i) => i > 0 && one <= order[i - 1]!);
  if (wrong !== -1) {
    const message = 'the parts follow each other: each begins after the one before, within a week (or a day)';
    context.issues.push({ code: 'custom', message, input: split[wrong], path: ['split', wrong] });
  }
}

export const scheduleSpec = z
  .strictObject({
    team: resourceName.optional().describe('The team whose schedule it is.'),
    timeZone: timeZoneName.describe('In which the handover and the overrides are written; the handover keeps its local time all year.'),
    rotation: z.strictObject(rotation).check(partsInOrder).optional().describe('The lowest layer, and the only one most schedules need.'),
    layers: z.array(layer).max(20).default([]).describe('More rotations, each standing over those before it while its hours last: sites that follow the sun, nights, weekends.'),
    secondary: secondary
      .default('next')
      .describe('Who is called when the primary does not answer: the next in the rotation, nobody, or a rotation of other people. Never the primary.'),
    newcomers: z.array(newcomer).max(100).default([]).describe('People of the rotation who are secondary first, and primary later.'),
    shadows: z.array(shadow).max(100).default([]).describe('People who are told beside the primary, to learn. Nobody counts on them to answer.'),
    holidays: z.array(resourceName).max(20).default([]).describe('Calendars whose days count as Sundays, for `hours` and for who worked when.'),
    whenAway: z
      .enum(['next', 'report'])
      .default('next')
      .describe('When a calendar says that someone is away: the next in the rotation who is there takes over meanwhile, or it is only reported.'),
    gaps: z.enum(['mistake', 'meant']).default('mistake').describe('What a time without anyone on call is. A mistake is announced ahead of time.'),
    overrides: z.array(override).max(1_000).default([]).describe('Someone stands in: the last one that fits counts. Those made in the UI, by API or by command count after these.'),
  })
  .check(({ value, issues }) => {
    if (value.rotation === undefined && value.layers.length === 0)
      issues.push({ code: 'custom', message: 'write a rotation, or layers', input: value, path: ['rotation'] });
    const twice = value.layers.findIndex(({ name }, i) => value.layers.some((other, j) => j < i && other.name === name));
    if (twice !== -1)
      issues.push({ code: 'custom', message: `two layers have the name '${value.layers[twice]!.name}'`, input: value, path: ['layers', twice, 'name'] });
  }); // prettier-ignore

/** A Schedule document; with `roster`, what is in force beside it: see `roster.ts`. */
export type ScheduleSpec = z.output<typeof scheduleSpec> & { readonly roster?: Roster };
export type RotationSpec = NonNullable<ScheduleSpec['rotation']>;
export type LayerSpec = ScheduleSpec['layers'][number];
export type HoursSpec = NonNullable<RotationSpec['hours']>[number];

/** The rotations of a schedule, the lowest first; that of `rotation` is called so. */
export const layersOf = ({ rotation, layers }: Pick<ScheduleSpec, 'rotation' | 'layers'>): LayerSpec[] =>
  rotation === undefined ? layers : [{ name: 'rotation', ...rotation }, ...layers];

/** Everyone whom a schedule can put on call by itself, each once: its rotations and their secondaries. */
export function peopleInSchedule(spec: ScheduleSpec): string[] {
  const of = (secondary: ScheduleSpec['secondary'] | undefined): readonly string[] =>
    typeof secondary === 'object' ? secondary.people : [];
  return [...new Set([...layersOf(spec).flatMap(({ people, secondary }) => [...people, ...of(secondary)]), ...of(spec.secondary)])];
}
