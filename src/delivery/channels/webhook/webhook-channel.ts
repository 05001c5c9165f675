import { askProvider, type HttpDeps, judgeAnswer, NO_URL, parseUrl, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel } from '../channel.ts';
import type { Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';
import { signWebhook } from './signature.ts';

export interface WebhookSettings {
  /** Shared with the receivers, who check the signature with it. */
  readonly secret: string;
}

/** What is read of an answer: enough to see why. */
const MAX_ANSWER_BYTES = 2_048;

/** Posts a message as signed JSON. 2xx is success; redirects are not followed: a signed body must not travel on. */
export function createWebhookChannel(settings: WebhookSettings, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'webhook',
    manyPeers: true,
    peer: (address) => parseUrl(address)?.host ?? address,
    async send(message, signal) {
      const url = parseUrl(message.address);
      if (!url) return { kind: 'refused', error: NO_URL };
      const body = JSON.stringify(message.bare === true ? message.data : webhookBody(message, clock.now()));
      const headers = { 'idempotency-key': message.key, 'nines-signature': signWebhook(body, settings.secret, clock.now()) };
      const asked = {
        url,
        headers: { 'content-type': 'application/json', ...headers, ...message.headers },
        body,
        maxBytes: MAX_ANSWER_BYTES,
      };
      const outcome = judgeAnswer(await askProvider(asked, { clock, timeoutMs, signal, secrets: secretsOf(message) }));
      return outcome.kind === 'accepted' ? { ...outcome, delivered: true } : outcome;
    },
  };
}

/** The JSON that a webhook gets. */
export function webhookBody(message: Message, now: number): Record<string, unknown> {
  const { key, reason, subject, text, person = null, about = null, service = null, action = null, data = {}, priority } = message;
  // Half a character is none that every receiver can read.
  const said = { subject: subject.toWellFormed(), text: text.toWellFormed() };
  return { key, reason, ...said, person, about, service, action, urgent: priority === 0, data, sentAt: new Date(now).toISOString() };
}
