import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt with 32 MB and three passes, one of OWASP's equivalents (Password Storage Cheat Sheet): about 0.2 s. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;

/** At most this many hashes are computed at once: each takes 32 MB and a thread. */
const SIDE_BY_SIDE = 2;
let busy = 0;
const queue: (() => void)[] = [];

async function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  if (busy >= SIDE_BY_SIDE) await new Promise<void>((resolve) => queue.push(resolve));
  busy++;
  try {
    return await new Promise((resolve, reject) => {
      // Any characters: normalised, so that the same password typed on another keyboard is the same bytes.
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { ...COST, ...cost }, (error, key) => (error ? reject(error) : resolve(key)));
    });
  } finally {
    busy--;
    queue.shift()?.();
  }
}

/** A hash that tells how it was made: `scrypt$N$r$p$salt$key`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether this is the password of that hash. With no hash it takes as long as with one, and says no. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, n, r, p, salt, key] = (hash ?? NOBODY).split('$');
  const wanted = Buffer.from(key ?? '', 'base64url');
  const got = await derive(password, Buffer.from(salt ?? '', 'base64url'), { N: Number(n), r: Number(r), p: Number(p) });
  return hash !== undefined && wanted.length === got.length && timingSafeEqual(wanted, got);
}

const NOBODY = [
  'scrypt',
  COST.N,
  COST.r,
  COST.p,
  Buffer.alloc(16).toString('base64url'),
  Buffer.alloc(KEY_BYTES).toString('base64url'),
].join('$');
