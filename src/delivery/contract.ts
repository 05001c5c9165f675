import { z } from 'zod';

/**
 * How far a message has come. `sent`: the provider has it. `delivered`: the provider says that it reached the device.
 * `seen`: it was opened, or its link. `acknowledged`: its page was, by whom it was for. `dropped`: taken back before it left.
 */
export const progress = z.enum(['queued', 'sent', 'delivered', 'seen', 'acknowledged', 'failed', 'dropped']);
export type Progress = z.infer<typeof progress>;

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
  state: progress,
  attempts: z.number().int(),
  lastError: z.string().nullable(),
  createdAt: z.iso.datetime(),
  sentAt: z.iso.datetime().nullable(),
  deliveredAt: z.iso.datetime().nullable(),
  seenAt: z.iso.datetime().nullable(),
  acknowledgedAt: z.iso.datetime().nullable(),
  /** Who took it: the mail server, the host. */
  provider: z.string().nullable(),
  /** The notification that told of it, with others, where a storm was told in one message. */
  bundle: z.string().nullable(),
});
export type NotificationJson = z.infer<typeof notification>;

/** `GET /nines/v1/notifications/:id`: one message, with each attempt and what its provider answered, the first first. */
export const notificationDetail = notification.extend({
  key: z.string(),
  /** What the provider answered to the attempt that it accepted. */
  answer: z.string().nullable(),
  tries: z.array(
    z.object({
      attempt: z.number().int(),
      at: z.iso.datetime(),
      tookMs: z.number().int(),
      provider: z.string(),
      outcome: z.enum(['accepted', 'failed', 'refused']),
      answer: z.string(),
    }),
  ),
  /** Where it is a bundle: what it told of, the oldest first, at most 500. */
  told: z.array(notification),
});
export type NotificationDetail = z.infer<typeof notificationDetail>;

/** `GET /nines/v1/notifications`: the newest first, at most `limit`. */
export const notificationsQuery = z.object({
  about: z.string().max(200).optional(),
  person: z.string().max(100).optional(),
  channel: z.string().max(40).optional(),
  state: progress.optional(),
  /** Only older ones than this id: where the last answer ended. */
  marker: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export const notificationsAnswer = z.object({ notifications: z.array(notification), marker: z.string().nullable() });

/** `GET /nines/v1/devices`: my browsers and phones that notify me. */
export const pushDevice = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
});
export const pushAnswer = z.object({
  /** The Person that this account stands for; null: nobody can be notified. */
  person: z.string().nullable(),
  /** What browsers subscribe with (`applicationServerKey`), in base64url. */
  publicKey: z.string(),
  devices: z.array(pushDevice),
});
export type PushAnswer = z.infer<typeof pushAnswer>;
/** `POST /nines/v1/devices`: a browser's PushSubscription, and what to call it. */
export const pushSubscription = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).max(2_000),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[\w-]{80,100}={0,2}$/, "the browser's public key in base64url"),
    auth: z.string().regex(/^[\w-]{16,40}={0,2}$/, "the subscription's secret in base64url"),
  }),
  label: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^[^\p{C}]+$/u, 'one line'),
});
/** `POST /nines/v1/devices/receipts/:token`. */
export const pushReceipt = z.strictObject({ state: z.enum(['delivered', 'seen']) });

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

/** `GET /nines/v1/notifications/providers`: those that are in trouble, the oldest trouble first. */
export const providersAnswer = z.object({
  providers: z.array(
    z.object({
      channel: z.string(),
      provider: z.string(),
      /** `open`: nothing is sent to it before `retryAt`; `half-open`: one message sees whether it works again. */
      state: z.enum(['closed', 'open', 'half-open']),
      failures: z.number().int(),
      error: z.string(),
      since: z.iso.datetime(),
      retryAt: z.iso.datetime().nullable(),
      waiting: z.number().int(),
    }),
  ),
});
export type ProvidersAnswer = z.infer<typeof providersAnswer>;
