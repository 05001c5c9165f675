import { z } from 'zod';

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
});
export type Shift = z.infer<typeof shift>;

/** A message that went, or is to go, to one person by one channel. */
export const notification = z.object({
  id: z.string(),
  person: z.string().nullable(),
  channel: z.string(),
  address: z.string(),
  /** Why it was sent: `page`, `escalation`, `resolved`, `incident-reminder`, … */
  reason: z.string(),
  subject: z.string(),
  state: z.enum(['queued', 'sent', 'failed', 'dropped']),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
});
export type NotificationJson = z.infer<typeof notification>;

/** A page: one failure that people are called for. `GET /nines/v1/pages?state=`, `/pages/:id`. */
export const page = z.object({
  id: z.string(),
  /** Under 50 characters, says what to do. */
  subject: z.string(),
  severity: z.enum(['critical', 'ticket']),
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
  triggeredAt: z.iso.datetime(),
  acknowledgedAt: z.iso.datetime().nullable(),
  acknowledgedBy: z.string().nullable(),
  resolvedAt: z.iso.datetime().nullable(),
  incident: z.string().nullable(),
});
export type Page = z.infer<typeof page>;
export const pageDetail = page.extend({ notifications: z.array(notification) });
export type PageDetail = z.infer<typeof pageDetail>;
