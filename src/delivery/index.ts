/**
 * Delivery: gets a message to a person, durably, at least once, never twice for one key.
 *
 * - A message is a row and a job, written in the sender's transaction. Each channel has places of its own, which pages and
 *   the rest share five to one; where each address is a server of its own, one that hangs takes only some of them.
 * - Each provider has a breaker, kept in PostgreSQL: three failures in a row, or a wish for patience, open it; then nothing
 *   goes to it but a probe now and then. A channel of several providers goes to the next at once. A page that can't leave
 *   goes by the person's next contact as well; whatever waits leaves as soon as the provider works again.
 * - More than five pages to one person by one channel within a minute are told in one message, which says how many.
 * - 'sent': the provider has it. 'delivered': it says that the device has it. 'seen': it, or its link, was opened.
 *   'acknowledged': its page was, by whom it was for.
 * - Failed attempts are repeated after 5 s, doubling to a minute (pages) or five (the rest), for a day. A refusal (5xx to
 *   the recipient or the message, 4xx of a webhook but 408 and 429) is final.
 * - What leaves carries its key, for a receiver to drop a second copy after a crash between 'taken' and 'written down':
 *   mail in Message-ID and X-Nines-Key, webhooks in Idempotency-Key, Matrix in its transaction, ntfy, PagerDuty and
 *   Opsgenie in a key of theirs. Other chats show a second copy.
 * - Each channel is a folder of channels/ with one file that sends, and the strict double that it is tested against. Hosts that answer
 *   anything with 200 are not taken for the provider.
 * - Webhooks are signed: `Nines-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`; see `verifySignature`.
 * - The text of a message is forgotten once it has left: it may hold a secret link.
 */
export type { AddressBook } from './channels/address-book.ts';
export { contactsOf, type Contact, type PersonContacts } from './contacts.ts';
export type { Delivery, DeliveryRecord, PagingDelivery } from './deliveries/index.ts';
export type { Attachment, Message } from './messages/index.ts';
export type { Channel, Outcome } from './channels/channel.ts';
export { createDeadMansSwitch } from './dead-mans-switch/dead-mans-switch.ts';
export { switchSettings } from './dead-mans-switch/settings.ts';
export { NO_PROVIDERS, providerSettings, type ProviderSettings } from './channels/provider-settings.ts';
export type { Picture } from './channels/email/with-picture.ts';
export { watchBreakers } from './breakers/index.ts';
export type { Answers } from './answers/index.ts';
export { deliveryMigrations } from './migrations.ts';
export { createDelivery, type DeliveryDeps, type DeliveryModule, type DeliverySettings } from './module.ts';
export { toNotification } from './routes.ts';
export { escapeHtml, textHtml } from './channels/email/mail-html.ts';
export type { SmtpSettings } from './channels/email/email-channel.ts';
export { verifySignature } from './channels/webhook/signature.ts';
export type { WebhookSettings } from './channels/webhook/webhook-channel.ts';
export { mailboxMigrations, startMailbox, type Mailbox } from './mailbox/mailbox.ts';
export { askProvider, jsonOf, PROVIDER_TIMEOUT_MS } from './channels/ask-provider.ts';
export { signCommand } from './answers/index.ts';
export { withinTime } from './channels/time-limit.ts';
export type { IrcSettings } from './channels/irc/irc-channel.ts';
export { connectIrc, type IrcConnection, type IrcLine } from './channels/irc/irc-connection.ts';
export { IrcRefusal, logIn } from './channels/irc/irc-login.ts';
