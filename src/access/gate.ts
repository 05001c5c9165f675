import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Gate, Principal } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { AccessStore } from './access-store.ts';
import { credentialOf, hashSecret, intakeCredentialOf, refuseForeignOrigin } from './credential.ts';
import { permits } from './permits.ts';

const ANONYMOUS: Principal = { kind: 'anonymous', actor: 'anonymous', name: 'anonymous', person: null, role: null };
/** A token from the environment or the data folder: with every right, under this name. */
const adminPrincipal = (name: string): Principal => ({ kind: 'token', actor: `token:${name}`, name, person: null, role: 'admin' });

/** How long an answer of the database about a secret is believed; a revocation in this process takes effect at once. */
const CACHE_MS = 10_000;
const CACHE_SIZE = 10_000;

interface GateDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly store: AccessStore;
  /** Tokens that are not in the database, with every right: by name. */
  readonly adminTokens: Readonly<Record<string, string>>;
  /** The Person document with this e-mail address. */
  personByEmail(email: string): string | null;
}

/** Finds out who asks, from the token or the session, and keeps what it found for a few seconds. */
export function createGate({ sql, clock, store, adminTokens, personByEmail }: GateDeps): Gate & { forget(): void } {
  const cache = new Map<string, { principal: Principal | undefined; until: number }>();
  const admins = Object.entries(adminTokens).map(([name, token]) => ({
    hash: Buffer.from(hashSecret(token)),
    principal: adminPrincipal(name),
  }));

  const look = async (from: 'token' | 'session', secret: string): Promise<Principal | undefined> => {
    if (from === 'session') {
      const account = await store.accountOfSession(sql, secret);
      if (!account) return undefined;
      const person = personByEmail(account.email);
      return { kind: 'account', actor: `person:${person ?? account.email}`, name: account.name, person, role: account.role };
    }
    const token = await store.tokenBySecret(sql, secret);
    return token && { kind: 'token', actor: `token:${token.name}`, name: token.name, person: null, role: token.scope };
  };

  const gate: Gate & { forget(): void } = {
    permits,
    forget: () => cache.clear(),
    async identify({ headers, method, ip, access, search }) {
      if (access === 'secret') {
        const token = search.get('token');
        const shown = headers['authorization'] === undefined && token ? { ...headers, authorization: `Bearer ${token}` } : headers;
        // What is wrong as a token may be right as a secret that only the handler knows.
        return gate.identify({ headers: shown, method, ip, access: 'viewer', search }).catch((error: unknown) => {
          if (error instanceof Problem && error.status < 500) return ANONYMOUS;
          throw error;
        });
      }
      const credential = (access === 'intake' ? intakeCredentialOf(headers, search) : undefined) ?? credentialOf(headers);
      if (!credential) return ANONYMOUS;
      const { from, secret } = credential;
      if (from === 'session') refuseForeignOrigin(method, headers);
      const hash = hashSecret(secret);
      const admin = from === 'token' ? admins.find((one) => timingSafeEqual(one.hash, Buffer.from(hash))) : undefined;
      if (admin) return admin.principal;
      const key = `${from} ${hash}`;
      let known = cache.get(key);
      if (!known || known.until <= clock.monotonic()) {
        known = { principal: await look(from, secret), until: clock.monotonic() + CACHE_MS };
        if (cache.size >= CACHE_SIZE) cache.clear();
        cache.set(key, known);
      }
      if (known.principal) return known.principal;
      // A cookie that has expired is no attack: the person is asked to sign in. A wrong token is told so.
      if (from === 'session') return ANONYMOUS;
      throw new Problem(401, 'bad-token', 'This token is unknown, revoked or expired. An admin makes a new one: nines token create.');
    },
  };
  return gate;
}
