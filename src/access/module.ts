import type { Clock } from '../platform/clock.ts';
import type { Gate, Role, Route } from '../platform/http/index.ts';
import type { Queryable, Sql } from '../platform/sql/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { createAccessStore } from './access-store.ts';
import { createGate } from './gate.ts';
import { accountRoutes } from './account-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { tokenRoutes } from './token-routes.ts';

interface AccessDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Tokens that are not in the database, with every right: by name. */
  readonly adminTokens: Readonly<Record<string, string>>;
  /** The address people open nines at. */
  readonly url: string;
  personByEmail(email: string): string | null;
}

export interface AccessModule {
  readonly gate: Gate;
  readonly routes: Route[];
  /** The one-time link that makes the first admin, newly made at each start; null once there is an admin. */
  setupLink(): Promise<string | null>;
  /** What the account with this address may; null where there is none. */
  roleByEmail(on: Queryable, email: string): Promise<Role | null>;
  /** The address of the account with this name (as people see it), for those who stand for no Person document. */
  emailOfAccount(on: Queryable, name: string): Promise<string | null>;
}

/** Who may do what: accounts, sessions, tokens, and the gate that every request passes. */
export function createAccess({ sql, clock, ledger, adminTokens, url, personByEmail }: AccessDeps): AccessModule {
  const store = createAccessStore(clock);
  const gate = createGate({ sql, clock, store, adminTokens, personByEmail });
  const deps = { sql, clock, ledger, store, secureCookie: url.startsWith('https:'), forget: () => gate.forget() };
  return {
    gate,
    routes: [signInRoutes, ownRoutes, accountRoutes, tokenRoutes].flatMap((routes) => routes(deps)),
    roleByEmail: async (on, email) => (await store.accountByEmail(on, email))?.role ?? null,
    async emailOfAccount(on, name) {
      return (await store.accounts(on)).find((account) => account.name === name || account.email === name)?.email ?? null;
    },
    async setupLink() {
      if (await store.hasAdmin(sql)) return null;
      const token = await sql.transaction((tx) => store.newSetupToken(tx));
      // After '#', so that it is in no server's or proxy's log.
      return `${url}/setup#token=${token}`;
    },
  };
}
