import { createHmac, timingSafeEqual } from 'node:crypto';

/** What an address for answers says: whose page it is about, or that nobody signed it. */
export type AnswerAddress = { readonly page: string } | 'unsigned';

const PAGE = /^page\/([0-9a-z]{20})$/;

/**
 * The address that answers to a page's mail go to: `answers+<page>-<signature>@example.org`. Whoever knows it got that mail, which a
 * `From` or an `In-Reply-To` does not prove. In 64 characters before the @ (RFC 5321, 4.5.3.1.1), in one case, which some servers change.
 */
export function answerAddress(base: string, secret: string, about: string | null | undefined): string | undefined {
  const page = PAGE.exec(about ?? '')?.[1];
  if (page === undefined) return undefined;
  const [name, host] = base.split('@');
  return `${name}+${page}-${sign(secret, page)}@${host}`;
}

/** Undefined where it is no address for answers. */
export function readAnswerAddress(base: string, secret: string, address: string): AnswerAddress | undefined {
  const [name = '', host = ''] = base.split('@');
  const given = address.toLowerCase();
  if (given === base) return 'unsigned';
  if (!given.startsWith(`${name}+`) || !given.endsWith(`@${host}`)) return undefined;
  const [, page, signature] = /^([0-9a-z]{20})-([0-9a-f]{20})$/.exec(given.slice(name.length + 1, -host.length - 1)) ?? [];
  if (page === undefined || signature === undefined) return 'unsigned';
  return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(secret, page))) ? { page } : 'unsigned';
}

/** 80 bits: nobody tries as many by mail. */
const sign = (secret: string, page: string): string => createHmac('sha256', secret).update(`answer ${page}`).digest('hex').slice(0, 20);
