import { createHmac } from 'node:crypto';
import { FRESH_SECONDS, headerOf, same } from '../way.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Whether exactly these bytes were sent by Slack, lately (https://docs.slack.dev/authentication/verifying-requests-from-slack):
 * `v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>` under the app's signing secret.
 */
export function isFromSlack(headers: Headers, body: Buffer, secret: string, now: number): boolean {
  const stamp = headerOf(headers, 'x-slack-request-timestamp');
  if (!/^\d{1,12}$/.test(stamp) || Math.abs(now / 1000 - Number(stamp)) > FRESH_SECONDS) return false;
  return same(headerOf(headers, 'x-slack-signature'), signSlack(stamp, body, secret));
}

export const signSlack = (stamp: string, body: Buffer | string, secret: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest('hex')}`;
