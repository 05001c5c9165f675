import { createHash } from 'node:crypto';
import { parse as parseCookies } from 'cookie';
import { Problem } from '../platform/problem.ts';

export const SESSION_COOKIE = 'nines_session';

/** Secrets have 160 random bits, so one pass of SHA-256 keeps them safe at rest; passwords go through scrypt. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

export interface Credential {
  readonly from: 'token' | 'session';
  readonly secret: string;
}

interface Headers {
  readonly [name: string]: string | string[] | undefined;
}

/**
 * What a request shows: `Authorization: Bearer <token>`, or Basic with the token as password (remote write and Grafana can
 * send that), or the session cookie. Throws 401 for an Authorization header that is neither.
 */
export function credentialOf(headers: Headers): Credential | undefined {
  const authorization = single(headers['authorization']);
  if (authorization !== undefined) {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (bearer !== undefined) return { from: 'token', secret: bearer };
    const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
    if (basic !== undefined)
      return {
        from: 'token',
        secret: Buffer.from(basic, 'base64')
          .toString('utf8')
          .replace(/^[^:]*:/, ''),
      };
    throw new Problem(401, 'bad-credential', 'The Authorization header is neither Bearer nor Basic.');
  }
  const session = parseCookies(single(headers['cookie']) ?? '')[SESSION_COOKIE];
  return session === undefined ? undefined : { from: 'session', secret: session };
}

/**
 * What senders of InfluxDB's protocol show besides: `Authorization: Token <token>` (version 2), or the token as the parameter `p`
 * beside a user's name `u` (version 1). Only where samples are taken: an address with a secret in it is kept by proxies and browsers.
 */
export function intakeCredentialOf(headers: Headers, search: URLSearchParams): Credential | undefined {
  const authorization = single(headers['authorization']);
  const secret = authorization === undefined ? search.get('p') : /^Token +(\S+)$/i.exec(authorization)?.[1];
  return secret ? { from: 'token', secret } : undefined;
}

/**
 * Refuses a change that another site made a signed-in browser send (CSRF). Browsers say where a request comes from in
 * Sec-Fetch-Site, older ones in Origin; a program sends neither, and no other site can make it send our cookie.
 */
export function refuseForeignOrigin(method: string, headers: Headers): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = single(headers['sec-fetch-site']);
  const origin = single(headers['origin']);
  const foreign =
    site !== undefined ? site !== 'same-origin' && site !== 'none' : origin !== undefined && hostOf(origin) !== single(headers['host']);
  if (foreign) throw new Problem(403, 'foreign-origin', 'A page of another site asked for this change; open nines itself and do it there.');
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
