import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { resourceName, timeZoneName, type ResourceKind, type ResourceSet } from '../../catalog/index.ts';
import type { MaintenanceWindow } from './maintenance-window.ts';
import { recurrence, spanAt, type Recurrence, type Times } from './recurrence.ts';

const LOCAL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?$/;
const when = z.string().check((context) => {
  if (!LOCAL_TIME.test(context.value) || readTime(context.value, 'UTC') === undefined)
    context.issues.push({ code: 'custom', message: "write a date and time as '2026-12-24T22:00', in quotes", input: context.value });
});

const maintenanceSpec = z
  .strictObject({
    services: z.array(resourceName).min(1).max(1_000).describe('Nobody is paged for these while it lasts.'),
    reason: z.string().min(1).max(2_000).describe('What is done.'),
    timeZone: timeZoneName.default('UTC').describe('In which `from` and `to` are written, where they have no offset.'),
    from: when.optional().describe("When it begins, or when the first of the recurring hours may: '2026-12-24T22:00'."),
    to: when.optional().describe('When it ends; of recurring hours, when the last of them do.'),
    recurring: recurrence.optional().describe('At certain hours of every week.'),
  })
  .refine(({ from, to, recurring }) => recurring !== undefined || (from !== undefined && to !== undefined), {
    message: 'say from when to when, or at which hours of the week (recurring)',
    path: ['from'],
  })
  .refine((spec) => timesOf(spec).startsAt < timesOf(spec).endsAt, { message: 'maintenance ends after it begins', path: ['to'] });
type MaintenanceSpec = z.output<typeof maintenanceSpec>;

const LAST_TIME = 253_402_300_799_000;

interface Written {
  readonly timeZone: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly recurring?: Recurrence | undefined;
}

const timesOf = ({ from, to, timeZone, recurring }: Written): Times => ({
  startsAt: (from === undefined ? undefined : readTime(from, timeZone)) ?? 0,
  endsAt: (to === undefined ? undefined : readTime(to, timeZone)) ?? LAST_TIME,
  recurring: recurring ?? null,
});

/** Milliseconds; undefined where there is no such day or time. */
function readTime(text: string, timeZone: string): number | undefined {
  try {
    if (/[Z+]|-\d\d:/.test(text.slice(16))) return Temporal.Instant.from(text).epochMilliseconds;
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return undefined;
  }
}

export const maintenanceKind: ResourceKind<MaintenanceSpec> = {
  kind: 'Maintenance',
  plural: 'Maintenance',
  spec: maintenanceSpec,
  summary: 'Planned work on services: nobody is paged for them, and objectives may leave the time out.',
  example: `apiVersion: nines/v1
kind: Maintenance
metadata:
  name: stock-vacuum
spec:
  services: [stock]
  reason: The tables are rewritten, queries wait.
  recurring: {days: [sunday], from: '02:00', to: '03:30', timeZone: Europe/Berlin}
`,
  references: ({ services }) => services.map((name, i) => ({ path: ['spec', 'services', i], kind: 'Service', name })),
  check({ spec }, _, now) {
    if (spanAt(timesOf(spec), now) !== undefined) return [];
    return [{ path: ['spec', spec.to === undefined ? 'recurring' : 'to'], severity: 'warning', message: 'the maintenance is over', hint: 'remove the document' }]; // prettier-ignore
  },
};

export const documentedMaintenance = (set: ResourceSet): MaintenanceWindow[] =>
  set
    .list<MaintenanceSpec>(maintenanceKind.kind)
    .map(({ name, spec }) => ({ ...timesOf(spec), id: name, services: spec.services, reason: spec.reason, createdBy: null }));
