import { z } from 'zod';
import { resourceName, timeZoneName } from '../catalog/index.ts';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
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
    layer: z.enum(['primary', 'secondary']).default('primary').describe('Whom the person stands in for.'),
  })
  .refine(({ from, to }) => from < to || /[Z+]|-\d\d:/.test(from.slice(16)), { message: 'an override ends after it begins', path: ['to'] });

export const scheduleSpec = z.strictObject({
  team: resourceName.optional().describe('The team whose schedule it is.'),
  timeZone: timeZoneName.describe('In which the handover and the overrides are written; the handover keeps its local time all year.'),
  rotation: z.strictObject({
    people: z.array(resourceName).min(1).max(100).describe('Who takes a shift, in this order, round and round.'),
    start: date.describe('The day of the first shift, which is that of the first person.'),
    handover: z
      .strictObject({ day: z.enum(WEEKDAYS).default('monday'), time: timeOfDay.default('09:00') })
      .default({ day: 'monday', time: '09:00' })
      .describe('When one shift ends and the next begins. The day counts where shifts are whole weeks.'),
    length: z
      .string()
      .regex(/^([1-9]\d?)[dw]$/, "write the length of a shift as whole days or weeks, such as '1w'")
      .default('1w'),
  }),
  secondary: z
    .union([z.enum(['next', 'none']), z.strictObject({ people: z.array(resourceName).min(1).max(100) })])
    .default('next')
    .describe('Who is called when the primary does not answer: the next in the rotation, nobody, or a rotation of other people. Never the primary.'),
  overrides: z.array(override).max(1_000).default([]).describe('Someone stands in: the last one that fits counts.'),
}); // prettier-ignore
export type ScheduleSpec = z.output<typeof scheduleSpec>;
