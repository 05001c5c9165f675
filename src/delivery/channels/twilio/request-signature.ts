import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What Twilio signs its requests with: HMAC-SHA1, in base 64, of the address that it calls followed by the names and
 * values of the form, sorted by name (https://www.twilio.com/docs/usage/security).
 */
export function requestSignature(authToken: string, url: string, form: URLSearchParams): string {
  const fields = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([name, value]) => name + value);
  return createHmac('sha1', authToken).update(url + fields.join('')).digest('base64'); // prettier-ignore
}

/** Whether one of these accounts signed the request. */
export function isSigned(header: unknown, authTokens: readonly string[], url: string, form: URLSearchParams): boolean {
  if (typeof header !== 'string') return false;
  const given = Buffer.from(header);
  return authTokens.some((token) => {
    const right = Buffer.from(requestSignature(token, url, form));
    return right.length === given.length && timingSafeEqual(right, given);
  });
}
