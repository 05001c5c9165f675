import { z } from 'zod';
import { resourceName, timeZoneName } from '../../catalog/index.ts';
import { durationText } from '../../platform/duration.ts';
import { timeOfDay, WEEKDAYS } from '../shifts/schedule.ts';

const target = z
  .strictObject({
    schedule: resourceName.optional().describe('Whoever is on call in this schedule.'),
    layer: z.enum(['primary', 'secondary']).optional().describe('Of the schedule; `primary` by default.'),
    person: resourceName.optional(),
    team: resourceName.optional().describe('Everyone in it.'),
    policy: resourceName.optional().describe('Whomever this other policy would call first at that time: the on-call of another team, or of another site.'),
  })
  .refine(({ schedule, person, team, policy }) => [schedule, person, team, policy].filter((one) => one !== undefined).length === 1, {
    message: 'name one of schedule, person, team or policy',
  })
  .refine(({ schedule, layer }) => layer === undefined || schedule !== undefined, {
    message: 'a layer belongs to a schedule',
    path: ['layer'],
  }); // prettier-ignore
export type Target = z.output<typeof target>;

/** The document that a target names. */
export function targetName({ schedule, person, team, policy }: Target): {
  key: 'schedule' | 'person' | 'team' | 'policy';
  kind: string;
  name: string;
} {
  if (schedule !== undefined) return { key: 'schedule', kind: 'Schedule', name: schedule };
  if (person !== undefined) return { key: 'person', kind: 'Person', name: person };
  if (team !== undefined) return { key: 'team', kind: 'Team', name: team };
  return { key: 'policy', kind: 'EscalationPolicy', name: policy ?? '' };
}

const DAYS = z.array(z.enum(WEEKDAYS)).min(1).max(7);

/** A time of the week in a time zone. Where it ends at or before it begins, it ends on the next day. */
const weekTime = {
  days: DAYS.optional().describe('The days that it begins on; every day by default.'),
  from: timeOfDay,
  to: timeOfDay.describe("When it ends; the next day where that is not after `from`, so '00:00' is midnight."),
  timeZone: timeZoneName.default('UTC').describe('In which the times are written.'),
};

const step = z
  .strictObject({
    after: durationText({ max: '1d' }).optional().describe('How long after the step before; 5m by default, and at once for the first.'),
    notify: z.array(target).min(1).max(20),
    when: z.strictObject(weekTime).optional().describe('Only at this time of the week; at others it is passed over.'),
    roundRobin: z.boolean().default(false).describe('Call only one of them: whoever has not been called by this step for the longest time.'),
    everyone: z.boolean().default(false).describe('Say so where a step calls three people or more at once: it wakes all of them.'),
  })
  .refine(({ roundRobin, everyone }) => !(roundRobin && everyone), { message: 'one at a time, or everyone: leave out `roundRobin` or `everyone`', path: ['everyone'] }); // prettier-ignore
export type PolicyStep = z.output<typeof step>;

const hours = z
  .strictObject({
    from: timeOfDay.default('09:00'),
    to: timeOfDay.default('17:00'),
    days: z.array(z.enum(WEEKDAYS)).min(1).default(['monday', 'tuesday', 'wednesday', 'thursday', 'friday']),
  })
  .refine(({ from, to }) => from < to, { message: 'working hours end after they begin', path: ['to'] });

const quiet = z.strictObject({
  ...weekTime,
  tiers: z.array(z.int().min(1).max(4)).min(1).max(4).default([3, 4]).describe('Only for services of these tiers.'),
  firstStep: durationText({ min: '1m', max: '1d' }).default('15m').describe('How long whom the first step calls has to answer, before anyone else is woken.'),
  critical: durationText({ min: '1m', max: '7d' }).default('1h').describe('The response that is promised for a critical page then.'),
}); // prettier-ignore

export const policySpec = z.strictObject({
  team: resourceName.optional().describe("The team whose services it serves, where they don't name a policy."),
  steps: z.array(step).min(1).max(10).describe('Whom to call, one step after the other, until someone acknowledges.'),
  repeat: z.int().min(0).max(9).default(2).describe('How many times more to go through the steps when no one acknowledges.'),
  ackTimeout: durationText({ max: '7d' })
    .default('4h')
    .describe('A page that still fires this long after it was acknowledged is called again; 0 to leave it.'),
  respond: z
    .strictObject({
      critical: durationText({ min: '1m', max: '1d' }).default('30m').describe('From the first call of a critical page.'),
      today: durationText({ min: '1h', max: '14d' })
        .default('24h')
        .describe('From the telling of a page for today. Not answered by then, it is told again, to the secondary too, `repeat` times at most.'),
    })
    .default({ critical: '30m', today: '24h' })
    .describe('Until when an answer is promised; met and missed are counted.'),
  quiet: quiet.optional().describe('A time of the week in which services that may wait have a longer first step and a longer promise. Critical pages still leave at once.'),
  tickets: z
    .strictObject({
      notify: z.array(target).min(1).max(20).optional().describe("Whom to write to; by default the first step's."),
      hours: hours.optional().describe("Only in these hours, in the person's time zone; without, whenever quiet hours allow."),
    })
    .default({}),
}); // prettier-ignore
export type PolicySpec = z.output<typeof policySpec>;
