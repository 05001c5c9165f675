import { z } from 'zod';
import { severity } from '../../catalog/contract.ts';

const weekday = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time of day as '22:00'");

/** Certain hours of certain days of every week, in local time; over midnight where `to` is not after `from`. */
export const recurring = z.strictObject({
  days: z.array(weekday).min(1).max(7).default(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
  from: timeOfDay,
  to: timeOfDay,
  /** By its IANA name. */
  timeZone: z.string().max(100),
});

/** A matcher on a label, as Alertmanager's: `=~` and `!~` are RE2, anchored at both ends; a label that isn't there is empty. */
export const matcher = z.strictObject({
  name: z.string().min(1).max(200),
  op: z.enum(['=', '!=', '=~', '!~']),
  value: z.string().max(1_000),
});

/** Matchers, each as its parts or as text: `service=shop`, `instance=~"web-.+"`. */
const matchers = z.array(z.union([matcher, z.string().max(1_300)])).min(1).max(50); // prettier-ignore

/** What holds the page of an alert back. */
export const mute = z.object({
  by: z.enum(['silence', 'maintenance', 'inhibition', 'dependency', 'flapping']),
  /** The silence's id, the window's or rule's name, the service. */
  ref: z.string(),
  /** For a person, after 'held back by …'. */
  why: z.string(),
  /** When time alone ends it. */
  until: z.iso.datetime().nullable(),
});
export type MuteJson = z.infer<typeof mute>;

export const silence = z.object({
  id: z.string(),
  /** `pending`: not yet, or between two of its recurring hours. */
  state: z.enum(['active', 'pending', 'expired']),
  matchers: z.array(matcher),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  recurring: recurring.nullable(),
  /** When it next begins or ends. */
  nextChange: z.iso.datetime().nullable(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** How many alerts it holds back now. */
  holds: z.number().int(),
});
export type SilenceJson = z.infer<typeof silence>;

/** `POST /nines/v1/silences`, `PUT /nines/v1/silences/:id`: an end by `endsAt` or by `duration` from its beginning. */
export const newSilence = z.strictObject({
  matchers,
  /** Now by default. */
  startsAt: z.iso.datetime({ offset: true }).optional(),
  endsAt: z.iso.datetime({ offset: true }).optional(),
  /** Such as `2h`. */
  duration: z.string().max(40).optional(),
  recurring: recurring.nullable().default(null),
  reason: z.string().min(1).max(2_000),
});
export const silencesAnswer = z.object({ silences: z.array(silence) });
/** What was made, and what may not be meant. */
export const silenceAnswer = z.object({ silence, warnings: z.array(z.string()) });

/** `POST /nines/v1/silences/preview`. */
export const previewRequest = z.strictObject({
  matchers,
  recurring: recurring.nullable().default(null),
  /** How many days back. */
  days: z.int().min(1).max(90).default(7),
});
export const previewAnswer = z.object({
  /** Alerts that fire or are about to, and fit. */
  now: z.object({
    count: z.number().int(),
    alerts: z.array(
      z.object({
        fingerprint: z.string(),
        rule: z.string(),
        service: z.string().nullable(),
        severity,
        labels: z.record(z.string(), z.string()),
      }),
    ),
  }),
  /** Alerts that began to fire on past days, and fit: the newest day first. */
  past: z.object({
    from: z.iso.datetime(),
    /** How many began in all. */
    of: z.number().int(),
    hidden: z.number().int(),
    /** False where there were more than could be looked at: the oldest are left out. */
    complete: z.boolean(),
    days: z.array(
      z.object({
        day: z.string(),
        hidden: z.number().int(),
        alerts: z.array(z.object({ rule: z.string(), service: z.string().nullable(), times: z.number().int() })),
      }),
    ),
  }),
  warnings: z.array(z.string()),
});
export type PreviewAnswer = z.infer<typeof previewAnswer>;

export const maintenance = z.object({
  id: z.string(),
  state: z.enum(['active', 'pending', 'expired']),
  services: z.array(z.string()),
  startsAt: z.iso.datetime().nullable(),
  endsAt: z.iso.datetime().nullable(),
  recurring: recurring.nullable(),
  nextChange: z.iso.datetime().nullable(),
  reason: z.string(),
  /** Null for one that a document plans. */
  createdBy: z.string().nullable(),
});
export type MaintenanceJson = z.infer<typeof maintenance>;
export const maintenanceAnswer = z.object({ maintenance: z.array(maintenance) });
/** `POST /nines/v1/maintenance`. */
export const newMaintenance = z.strictObject({
  services: z.array(z.string().min(1).max(63)).min(1).max(1_000),
  startsAt: z.iso.datetime({ offset: true }).optional(),
  endsAt: z.iso.datetime({ offset: true }).optional(),
  duration: z.string().max(40).optional(),
  recurring: recurring.nullable().default(null),
  reason: z.string().min(1).max(2_000),
});
