import type { Clock } from '../../platform/clock.ts';
import type { Channel, Outcome } from '../channel.ts';
import type { Message } from '../delivery.ts';
import { signWebhook } from './signature.ts';

export interface WebhookSettings {
  /** Shared with the receivers, who check the signature with it. */
  readonly secret: string;
}

const TIMEOUT_MS = 10_000;
/** What is read of an answer: enough to see why. */
const MAX_ANSWER_BYTES = 2_048;

/** Posts a message as signed JSON. 2xx is success; redirects are not followed: a signed body must not travel on. */
export function createWebhookChannel(
  settings: WebhookSettings,
  { clock, timeoutMs = TIMEOUT_MS }: { clock: Clock; timeoutMs?: number },
): Channel {
  return {
    name: 'webhook',
    peer: (address) => parseUrl(address)?.host ?? address,
    async send(message, signal) {
      const url = parseUrl(message.address);
      if (!url) return { kind: 'refused', error: `${message.address} is no http or https address without a password in it` };
      const body = JSON.stringify(webhookBody(message, clock.now()));
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'nines',
        'idempotency-key': message.key,
        'nines-signature': signWebhook(body, settings.secret, clock.now()),
      };
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: limit });
        return judge(response, await readStart(response), clock.now());
      } catch (error) {
        const late = error instanceof Error && error.name === 'TimeoutError';
        return { kind: 'failed', error: late ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error), channelDown: true };
      }
    },
  };
}

/** The JSON that a webhook gets. */
export function webhookBody(message: Message, now: number): Record<string, unknown> {
  const { key, reason, subject, text, person = null, about = null, service = null, action = null, data = {}, priority } = message;
  return { key, reason, subject, text, person, about, service, action, urgent: priority === 0, data, sentAt: new Date(now).toISOString() };
}

function judge(response: Response, start: string, now: number): Outcome {
  const { status, statusText } = response;
  const said = `${status} ${statusText}`.trim() + (start === '' ? '' : `: ${start.slice(0, 300)}`);
  if (response.ok) return { kind: 'accepted', answer: said };
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), now);
  if (status >= 300 && status < 400) return { kind: 'refused', error: `${said}; redirects are not followed, set the final address` };
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: 'refused', error: said };
  return { kind: 'failed', error: said, channelDown: true, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** The answer's first bytes; the rest is not waited for, and a body that breaks off does not undo its status. */
async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < MAX_ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
    await reader.cancel();
  } catch {
    return '(the answer broke off)';
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').trim();
}

function parseUrl(address: string): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined;
}

/** fetch hides the cause one level down. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return cause.message !== '' ? cause.message : code || cause.name;
}
