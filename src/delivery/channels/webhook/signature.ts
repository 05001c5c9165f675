import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs a webhook: `Nines-Signature: t=<unix seconds>,v1=<hex>`, where `v1` is the HMAC-SHA256 of `<t>.<body>` under
 * the shared secret. The time is signed too, so that an old request can't be played back.
 */
export function signWebhook(body: string, secret: string, now: number): string {
  const time = Math.floor(now / 1000);
  return `t=${time},v1=${digest(time, body, secret)}`;
}

/**
 * Whether `header` is the signature of exactly this body, made within `toleranceSeconds` of `now` (milliseconds).
 * What a receiver does, in any language; the body must be the bytes as they came, before any parsing.
 */
export function verifySignature(
  header: string | undefined,
  body: string,
  secret: string,
  { now = Date.now(), toleranceSeconds = 300 }: { now?: number; toleranceSeconds?: number } = {},
): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '');
  if (match === null) return false;
  const time = Number(match[1]);
  const right = Buffer.from(digest(time, body, secret));
  const fresh = Math.abs(now / 1000 - time) <= toleranceSeconds;
  return timingSafeEqual(right, Buffer.from(match[2]!)) && fresh;
}

const digest = (time: number, body: string, secret: string): string => createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
