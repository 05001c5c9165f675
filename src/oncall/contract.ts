import { z } from 'zod';
import { notification } from '../delivery/contract.ts';

export { notification, type NotificationJson } from '../delivery/contract.ts';

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
