/**
 * Delivery: gets a message to a person, durably, at least once, never twice for one key.
 *
 * - A message is a row and a job, written in the sender's transaction. Pages and the rest go in lanes of their own, and
 *   each channel too, so that no pile and no hanging server of one delays the other.
 * - Failed attempts are repeated after 5 s, doubling to a minute (pages) or five (the rest), for a day. A refusal (5xx to
 *   the recipient or the message, 4xx of a webhook but 408 and 429) is final.
 * - What leaves carries its key, for a receiver to drop a second copy after a crash between 'taken' and 'written down':
 *   mail in Message-ID and X-Nines-Key, webhooks in Idempotency-Key, Matrix in its transaction, ntfy, PagerDuty and
 *   Opsgenie in a key of theirs. Other chats show a second copy.
 * - Each channel is a folder with one file that sends, and the strict double that it is tested against. Hosts that answer
 *   anything with 200 are not taken for the provider.
 * - Webhooks are signed: `Nines-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`; see `verifySignature`.
 * - The text of a message is forgotten once it has left: it may hold a secret link.
 */
export { contactsOf, type Contact, type PersonContacts } from './contacts.ts';
export type { Attachment, Delivery, DeliveryRecord, Message, PagingDelivery } from './delivery.ts';
export type { Channel, Outcome } from './channel.ts';
export { providerSettings } from './provider-settings.ts';
export { createDeadMansSwitch } from './dead-mans-switch/dead-mans-switch.ts';
export { switchSettings } from './dead-mans-switch/settings.ts';
export { deliveryMigrations } from './migrations.ts';
export { createDelivery, type DeliveryDeps, type DeliveryModule, type DeliverySettings } from './module.ts';
export { toNotification } from './routes.ts';
export { escapeHtml, textHtml } from './email/mail-html.ts';
export type { SmtpSettings } from './email/email-channel.ts';
export { verifySignature } from './webhook/signature.ts';
export type { WebhookSettings } from './webhook/webhook-channel.ts';
export { mailboxMigrations, startMailbox, type Mailbox } from './mailbox/mailbox.ts';
