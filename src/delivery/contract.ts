import { z } from 'zod';

/** A message that went, or is to go, to one person by one channel. */
export const notification = z.object({
  id: z.string(),
  person: z.string().nullable(),
  channel: z.string(),
  address: z.string(),
  /** Why it was sent: `page`, `escalation`, `resolved`, `incident-reminder`, … */
  reason: z.string(),
  /** What it is about: `page/<id>`. */
  about: z.string().nullable(),
  subject: z.string(),
  state: z.enum(['queued', 'sent', 'failed', 'dropped']),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
});
export type NotificationJson = z.infer<typeof notification>;

/** `GET /nines/v1/notifications`: the newest first, at most `limit`. */
export const notificationsQuery = z.object({
  about: z.string().max(200).optional(),
  state: z.enum(['queued', 'sent', 'failed', 'dropped']).optional(),
  /** Only older ones than this id: where the last answer ended. */
  marker: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const notificationsAnswer = z.object({ notifications: z.array(notification), marker: z.string().nullable() });

/** `POST /nines/v1/notifications/test` → 201 with what was queued: one message for each of the person's contacts. */
export const testNotification = z.strictObject({ person: z.string().min(1).max(100) });
export const testAnswer = z.object({ notifications: z.array(notification) });

/** `GET /nines/v1/mailbox`: the local mailbox, where there is one. */
export const mailboxMessage = z.object({
  id: z.string(),
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullable(),
  receivedAt: z.iso.datetime(),
});
export type MailboxMessage = z.infer<typeof mailboxMessage>;
export const mailboxAnswer = z.object({ messages: z.array(mailboxMessage) });
