import { z } from 'zod';
import { contact, type ResourceKind, resourceName, type ResourceSet, type ServiceSpec, timeZoneName } from '../../catalog/index.ts';
import type { ScheduleSpec } from '../../oncall/index.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const dailyReportSpec = z.strictObject({
  team: resourceName.describe('The team that it is about.'),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as '08:30', in quotes").default('08:30').describe('When it is sent.'),
  timeZone: timeZoneName.optional().describe("The time zone of `at` and of all times in the picture, by its IANA name; that of the team's schedule by default, else UTC."),
  days: z.array(z.enum(WEEKDAYS)).min(1).max(7).default([...WEEKDAYS]).describe('On which days.'),
  services: z.array(resourceName).max(50).optional().describe("The services in it; the team's by default."),
  to: z.array(contact).min(1).max(10).describe('Where it goes.'),
}); // prettier-ignore
export type DailyReportSpec = z.output<typeof dailyReportSpec>;

/** Where the team is: as the report says, else as its first schedule does. */
export const zoneOf = ({ timeZone, team }: Pick<DailyReportSpec, 'timeZone' | 'team'>, set: ResourceSet): string =>
  timeZone ?? set.list<ScheduleSpec>('Schedule').find(({ spec }) => spec.team === team)?.spec.timeZone ?? 'UTC';

export const dailyReportKind: ResourceKind<DailyReportSpec> = {
  kind: 'DailyReport',
  spec: dailyReportSpec,
  summary: "A team's day in one picture, sent every morning: budgets, graphs, yesterday's pages, who is on call.",
  example: `apiVersion: nines/v1
kind: DailyReport
metadata:
  name: payments-morning
spec:
  team: payments
  at: '08:30'
  timeZone: Europe/Berlin
  days: [monday, tuesday, wednesday, thursday, friday]
  to:
    - {channel: slack, address: '#payments'}
`,
  references: ({ team, services = [] }) => [
    { path: ['spec', 'team'], kind: 'Team', name: team },
    ...services.map((name, i) => ({ path: ['spec', 'services', i], kind: 'Service', name })),
  ],
  check({ spec: { team, services } }, all) {
    const has = services !== undefined || all.list<ServiceSpec>('Service').some(({ spec }) => spec.owner === team);
    const message = `The team '${team}' owns no service`;
    return has ? [] : [{ path: ['spec', 'team'], severity: 'warning', message, hint: 'name services, or there is little to see' }];
  },
};
