import { z } from 'zod';
import { severity } from '../catalog/contract.ts';
import { notification } from '../delivery/contract.ts';
import { durationText } from '../platform/duration.ts';

export type { NotificationJson } from '../delivery/contract.ts';

export const personRef = z.object({ name: z.string(), title: z.string() });

/** Who is on call now: `GET /nines/v1/oncall/now?service=&team=`. */
export const onCallNow = z.object({
  at: z.iso.datetime(),
  schedules: z.array(
    z.object({
      schedule: z.string(),
      team: z.string().nullable(),
      primary: personRef.nullable(),
      secondary: personRef.nullable(),
      shadows: z.array(personRef).optional(),
      /** When this shift ends. */
      until: z.iso.datetime().nullable(),
      next: z.object({ primary: personRef.nullable(), secondary: personRef.nullable() }).nullable(),
    }),
  ),
  /** For each service, the policy that pages for it and who it would page first. */
  services: z.array(z.object({ service: z.string(), policy: z.string().nullable(), first: z.array(personRef) })),
});
export type OnCallNow = z.infer<typeof onCallNow>;

export const shift = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  primary: personRef.nullable(),
  secondary: personRef.nullable(),
  /** Told beside the primary, to learn. */
  shadows: z.array(personRef),
  /** Whose turn it would be, where an override or a holiday has someone else be primary. */
  insteadOf: personRef.nullable(),
  /** The layer of the schedule that it is of: `rotation`, or its name. */
  layer: z.string().nullable(),
});
export type Shift = z.infer<typeof shift>;

/** A page: one failure that people are called for. `GET /nines/v1/pages?state=`, `/pages/:id`. */
export const page = z.object({
  id: z.string(),
  /** Under 50 characters, says what to do. */
  subject: z.string(),
  severity,
  service: z.string().nullable(),
  team: z.string().nullable(),
  policy: z.string().nullable(),
  state: z.enum(['triggered', 'acknowledged', 'resolved']),
  /** The text that was sent, with the numbers. */
  text: z.string(),
  alerts: z.array(
    z.object({
      fingerprint: z.string(),
      rule: z.string(),
      state: z.string(),
      summary: z.string(),
      labels: z.record(z.string(), z.string()),
    }),
  ),
  /** Which step of the escalation policy it has reached, from 0, and when the next comes. */
  step: z.number().int(),
  escalatesAt: z.iso.datetime().nullable(),
  /** Since when nobody is called, because all that fires of it is held back: a silence, maintenance, another alert. */
  mutedAt: z.iso.datetime().nullable(),
  triggeredAt: z.iso.datetime(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: z.iso.datetime().nullable(),
  /** An acknowledged page that is left alone until then. */
  snoozedUntil: z.iso.datetime().nullable(),
  /** Until when its class promises an answer; null for one that waits in the queue. */
  respondBy: z.iso.datetime().nullable(),
  /** When someone first answered. */
  respondedAt: z.iso.datetime().nullable(),
  incident: z.string().nullable(),
});
export type Page = z.infer<typeof page>;
export const pageDetail = page.extend({
  notifications: z.array(notification),
  /** Who said that it is not theirs, and is called no more. */
  declined: z.array(personRef),
});
export type PageDetail = z.infer<typeof pageDetail>;

/** `GET /nines/v1/pages`: the newest first. */
export const pagesQuery = z.object({
  /** A state, or several separated by commas; `open` means all but resolved. */
  state: z.string().max(60).optional(),
  service: z.string().max(100).optional(),
  /** Only older ones than this id: where the last answer ended. */
  marker: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const pagesAnswer = z.object({ pages: z.array(page), marker: z.string().nullable() });

/** `POST /nines/v1/pages` → 201: call someone for something that no alert tells of. */
export const newPage = z
  .strictObject({
    service: z.string().min(1).max(100).optional(),
    policy: z.string().min(1).max(100).optional(),
    /** What to do; cut to 50 characters in the message. */
    subject: z.string().min(1).max(200),
    text: z.string().max(10_000).default(''),
  })
  .refine(({ service, policy }) => service !== undefined || policy !== undefined, {
    message: 'name a service or a policy: who is to be called',
  });
/** `POST /nines/v1/pages/:id/resolve`. */
export const pageResolution = z.strictObject({ reason: z.string().min(1).max(1_000) });
/** `POST /nines/v1/pages/:id/snooze`: until a time, or for as long as `30m`; seven days at most. */
export const pageSnooze = z
  .strictObject({ until: z.iso.datetime({ offset: true }).optional(), for: durationText({ max: '7d' }).optional() })
  .refine((body) => (body.until === undefined) !== (body.for === undefined), {
    message: 'say either \'until\' with a time or \'for\' with a duration, such as {"for": "30m"}',
  });
/** `POST /nines/v1/pages/:id/escalate`: the next step of the policy where nobody is named. */
export const pageEscalation = z
  .strictObject({
    person: z.string().min(1).max(100).optional(),
    team: z.string().min(1).max(100).optional(),
    schedule: z.string().min(1).max(100).optional(),
    /** Of the schedule; `primary` by default. */
    layer: z.enum(['primary', 'secondary']).optional(),
    /** Whomever another policy would call first now. */
    policy: z.string().min(1).max(100).optional(),
    /** Needed where that is three people or more at once. */
    everyone: z.boolean().optional(),
  })
  .refine(({ person, team, schedule, policy }) => [person, team, schedule, policy].filter((one) => one !== undefined).length <= 1, {
    message: 'name one of person, team, schedule or policy, or none for the next step of the policy',
  })
  .refine(({ schedule, layer }) => layer === undefined || schedule !== undefined, { message: 'a layer belongs to a schedule' });

export const onCallQuery = z.object({ service: z.string().max(100).optional(), team: z.string().max(100).optional() });
/** `GET /nines/v1/schedules/:name/shifts?from=&to=`: the coming four weeks by default, a year at most. */
export const shiftsQuery = z.object({
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export const shiftsAnswer = z.object({ schedule: z.string(), timeZone: z.string(), shifts: z.array(shift) });
