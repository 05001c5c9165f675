import { randomBytes, randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id: 10 characters of time (milliseconds, so that ids sort by when they were made) and 10 random ones (50 bits),
 * in Crockford's base 32, lower case. Safe in a URL and read aloud over the phone.
 */
export function newId(now: number): string {
  let time = '';
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  if (used === POOL) {
    randomFillSync(pool);
    used = 0;
  }
  let random = '';
  for (const end = used + 10; used < end; used++) random += ALPHABET[(pool[used] as number) & 31];
  return time + random;
}

/** Random bytes for the next 400 ids: asking the system for ten at a time takes longer than all the rest of a small request's id. */
const POOL = 4000;
const pool = new Uint8Array(POOL);
let used = POOL;

/** A secret of 160 random bits for links and tokens, in the same alphabet. */
export function newSecret(): string {
  let secret = '';
  for (const byte of randomBytes(32)) secret += ALPHABET[byte & 31];
  return secret;
}
