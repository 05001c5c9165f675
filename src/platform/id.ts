import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id: 10 characters of time (milliseconds, so that ids sort by when they were made) and 10 random ones (50 bits),
 * in Crockford's base 32, lower case. Safe in a URL and read aloud over the phone.
 */
export function newId(now: number): string {
  let time = '';
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  let random = '';
  for (const byte of randomBytes(10)) random += ALPHABET[byte & 31];
  return time + random;
}

/** A secret of 160 random bits for links and tokens, in the same alphabet. */
export function newSecret(): string {
  let secret = '';
  for (const byte of randomBytes(32)) secret += ALPHABET[byte & 31];
  return secret;
}
