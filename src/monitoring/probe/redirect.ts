import { withoutCredentials } from './credentials.ts';
import type { HopAnswer, HopRequest } from './http-hop.ts';
import type { Hop } from './probe-result.ts';

/** The request that a redirect asks for, or undefined where the answer is none. */
export function redirectOf(asked: HopRequest, { response }: HopAnswer, hop: Hop): HopRequest | undefined {
  const status = response.statusCode!;
  const { location } = response.headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (!URL.canParse(location, asked.url.href))
    throw new Error(`redirect: to ${JSON.stringify(location.slice(0, 120))}, which is no address`);
  const url = new URL(location, asked.url);
  hop.location = url.href;
  if (!/^https?:$/.test(url.protocol)) throw new Error(`redirect: to ${url.href.slice(0, 120)}, which is not http`);
  const turnsToGet = status === 303 ? asked.method !== 'HEAD' : status <= 302 && asked.method === 'POST';
  return {
    url,
    method: turnsToGet ? 'GET' : asked.method,
    body: turnsToGet ? undefined : asked.body,
    headers: url.origin === asked.url.origin ? asked.headers : withoutCredentials(asked.headers),
    tls: asked.tls,
  };
}
