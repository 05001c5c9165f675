import { z } from 'zod';
import { resourceName } from '../catalog/index.ts';
import { durationText } from '../platform/duration.ts';
import { timeOfDay, WEEKDAYS } from './schedule.ts';

const target = z
  .strictObject({
    schedule: resourceName.optional().describe('Whoever is on call in this schedule.'),
    layer: z.enum(['primary', 'secondary']).optional().describe('Of the schedule; `primary` by default.'),
    person: resourceName.optional(),
    team: resourceName.optional().describe('Everyone in it.'),
  })
  .refine(({ schedule, person, team }) => [schedule, person, team].filter((one) => one !== undefined).length === 1, {
    message: 'name one of schedule, person or team',
  })
  .refine(({ schedule, layer }) => layer === undefined || schedule !== undefined, {
    message: 'a layer belongs to a schedule',
    path: ['layer'],
  });
export type Target = z.output<typeof target>;

/** The document that a target names. */
export function targetName({ schedule, person, team }: Target): { kind: 'Schedule' | 'Person' | 'Team'; name: string } {
  if (schedule !== undefined) return { kind: 'Schedule', name: schedule };
  return person === undefined ? { kind: 'Team', name: team ?? '' } : { kind: 'Person', name: person };
}

const step = z.strictObject({
  after: durationText({ max: '1d' }).optional().describe('How long after the step before; 5m by default, and at once for the first.'),
  notify: z.array(target).min(1).max(20),
});

const hours = z
  .strictObject({
    from: timeOfDay.default('09:00'),
    to: timeOfDay.default('17:00'),
    days: z.array(z.enum(WEEKDAYS)).min(1).default(['monday', 'tuesday', 'wednesday', 'thursday', 'friday']),
  })
  .refine(({ from, to }) => from < to, { message: 'working hours end after they begin', path: ['to'] });

export const policySpec = z.strictObject({
  team: resourceName.optional().describe("The team whose services it serves, where they don't name a policy."),
  steps: z.array(step).min(1).max(10).describe('Whom to call, one step after the other, until someone acknowledges.'),
  repeat: z.int().min(0).max(9).default(2).describe('How many times more to go through the steps when no one acknowledges.'),
  ackTimeout: durationText({ max: '7d' })
    .default('4h')
    .describe('A page that still fires this long after it was acknowledged is called again; 0 to leave it.'),
  tickets: z
    .strictObject({
      notify: z.array(target).min(1).max(20).optional().describe("Whom to write to, once; by default the first step's."),
      hours: hours.optional().describe("Only in these hours, in the person's time zone; without, whenever quiet hours allow."),
    })
    .default({}),
});
export type PolicySpec = z.output<typeof policySpec>;
