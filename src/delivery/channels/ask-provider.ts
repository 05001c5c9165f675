import type { Clock } from '../../platform/clock.ts';
import { type Outcome, STOPPED } from './channel.ts';
import { withoutSecrets } from './secrets.ts';
import { withinTime } from './time-limit.ts';

/** What a provider answered. */
export interface Answer {
  readonly status: number;
  /** `404 Not Found: no such channel`: at most 300 characters of the body. */
  readonly said: string;
  /** The body's start, up to `maxBytes`. */
  readonly text: string;
  readonly retryAfterMs?: number;
}

export interface Asked {
  readonly url: string | URL;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** What is read of the answer: enough to see why. */
  readonly maxBytes?: number;
}

export interface Asking {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What the provider may repeat, and nobody is to read: see secrets.ts. What is sent as `authorization` is one anyway. */
  readonly secrets?: readonly string[];
}

/** What channels over HTTP are made with. */
export interface HttpDeps {
  readonly clock: Clock;
  /** How long one request may take. */
  readonly timeoutMs?: number;
}

export const PROVIDER_TIMEOUT_MS = 10_000;

/** One HTTP request, answered or failed. Redirects are not followed: what is sent must not travel on. Never throws. */
export async function askProvider(asked: Asked, asking: Asking): Promise<Answer | Extract<Outcome, { kind: 'failed' }>> {
  const { url, method = 'POST', headers = {}, body, maxBytes = 64 * 1024 } = asked;
  const secrets = [...(asking.secrets ?? []), ...(headers['authorization'] ?? '').split(/[\s,]+/).slice(1)];
  const ask = async (limit: AbortSignal) => {
    const init = { method, headers: { 'user-agent': 'nines', ...headers }, redirect: 'manual', signal: limit } as const;
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    return { response, text: withoutSecrets(await readStart(response, maxBytes), secrets) };
  };
  try {
    const { response, text } = await withinTime(asking.signal, asking.timeoutMs, ask);
    const said = `${response.status} ${response.statusText}`.trim() + (text === '' ? '' : `: ${text.slice(0, 300)}`);
    const retryAfterMs = retryAfter(response.headers.get('retry-after'), asking.clock.now());
    return { status: response.status, said, text, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    if (late) return { kind: 'failed', error: `no answer within ${asking.timeoutMs / 1000} s`, channelDown: true };
    if (asking.signal.aborted) return STOPPED;
    return { kind: 'failed', error: withoutSecrets(reasonOf(error), secrets), channelDown: true };
  }
}

/** The same with a JSON body. */
export const postJson = (url: string | URL, body: unknown, asking: Asking, headers: Readonly<Record<string, string>> = {}) =>
  askProvider({ url, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }, asking);

/**
 * What an answer's status means: 2xx is success; 408, 429 and 5xx may work later, and so may what `ours` lists (401 where
 * the token is a setting, which someone will mend); anything else is final.
 */
export function judgeAnswer(answer: Answer | Extract<Outcome, { kind: 'failed' }>, ours: readonly number[] = []): Outcome {
  if ('kind' in answer) return answer;
  const { status, said, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted', answer: said };
  if (status >= 300 && status < 400) return { kind: 'refused', error: `${said}; redirects are not followed, set the final address` };
  const later = status >= 500 || status === 408 || status === 429 || ours.includes(status);
  if (!later) return { kind: 'refused', error: said };
  return { kind: 'failed', error: said, channelDown: true, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/**
 * Success only where the answer is the provider's: `said` finds in it what to keep. A proxy, a captive portal or a parked
 * domain says 200 to anything.
 */
export function confirmed(
  answer: Answer | Extract<Outcome, { kind: 'failed' }>,
  outcome: Outcome,
  said: (json: Record<string, unknown>) => string | { readonly answer: string; readonly ref: string } | undefined,
): Outcome {
  if ('kind' in answer || outcome.kind !== 'accepted') return outcome;
  const found = said(jsonOf(answer.text));
  if (typeof found === 'string') return { kind: 'accepted', answer: found.slice(0, 300) };
  if (found !== undefined) return { kind: 'accepted', answer: found.answer.slice(0, 300), ref: found.ref.slice(0, 300) };
  return { kind: 'failed', error: `not what this provider answers: ${answer.said}`, channelDown: true };
}

/** The same for incoming webhooks of chats, which say `ok`, or something short of their own: anything but a web page. */
export function confirmedHook(answer: Answer | Extract<Outcome, { kind: 'failed' }>): Outcome {
  const outcome = judgeAnswer(answer);
  if ('kind' in answer || outcome.kind !== 'accepted' || !answer.text.startsWith('<')) return outcome;
  return { kind: 'failed', error: `a web page answered: ${answer.said}`, channelDown: true };
}

/** The body as a JSON object; an empty one where it is none. */
export function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What is wrong with an address that `parseUrl` does not take: it is not repeated, for there may be a password in it. */
export const NO_URL = 'the address is no http or https address without a password in it';

/** An http or https address without a password in it. */
export function parseUrl(address: string): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** The answer's first bytes; the rest is not waited for, and a body that breaks off does not undo its status. */
async function readStart(response: Response, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < maxBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
    await reader.cancel();
  } catch {
    return '(the answer broke off)';
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8').trim();
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return cause.message !== '' ? cause.message : code || cause.name;
}
