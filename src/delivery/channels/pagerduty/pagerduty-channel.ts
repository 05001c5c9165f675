import { confirmed, type HttpDeps, judgeAnswer, parseUrl, postJson, PROVIDER_TIMEOUT_MS } from '../ask-provider.ts';
import type { Channel } from '../channel.ts';
import { cutText, inBytes, messageParts, nativeOf, nativePart, type Message } from '../../messages/index.ts';
import { secretsOf } from '../secrets.ts';

export interface PagerDutySettings {
  /** Without a slash at the end: https://events.eu.pagerduty.com for Europe. */
  readonly url: string;
}

/** https://developer.pagerduty.com/docs/send-alert-event */
const LIMITS = { summary: 1_024, dedupKey: 255, details: 64 * 1024 };

/** Sends an event to PagerDuty's Events API v2: a page triggers, its end resolves; they have one deduplication key. */
export function createPagerDutyChannel(settings: PagerDutySettings, { clock, timeoutMs = PROVIDER_TIMEOUT_MS }: HttpDeps): Channel {
  return {
    name: 'pagerduty',
    peer: () => parseUrl(settings.url)?.host ?? 'PagerDuty',
    async send(message, signal) {
      // Whoever has the integration's key may send to it.
      const asking = { clock, timeoutMs, signal, secrets: secretsOf(message, message.address) };
      const answer = await postJson(`${settings.url}/v2/enqueue`, pagerDutyEvent(message, clock.now()), asking);
      return confirmed(answer, judgeAnswer(answer), ({ status, dedup_key: key }) =>
        status === 'success' ? `success, ${String(key)}` : undefined,
      );
    },
  };
}

function pagerDutyEvent(message: Message, now: number): Record<string, unknown> {
  const { title, body, links } = messageParts(message);
  const native = nativeOf(message);
  const known = { routing_key: message.address, dedup_key: cutText(`nines/${message.about ?? message.key}`, LIMITS.dedupKey) };
  if (message.reason === 'resolved') return { ...known, event_action: 'resolve' };
  return {
    ...known,
    event_action: 'trigger',
    client: 'nines',
    ...(links.length > 0 && { client_url: links.at(-1)!.url, links: links.map(({ label, url }) => ({ href: url, text: label })) }),
    ...native,
    payload: {
      summary: cutText(title, LIMITS.summary),
      source: message.service ?? 'nines',
      severity: message.priority === 0 ? 'critical' : message.priority <= 2 ? 'warning' : 'info',
      timestamp: new Date(now).toISOString(),
      ...(message.service && { component: message.service }),
      custom_details: { text: cutText(body, LIMITS.details, inBytes) },
      ...nativePart(native, 'payload'),
    },
  };
}
