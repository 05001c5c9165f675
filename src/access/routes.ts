import { serialize } from 'cookie';
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { created, reply, route, type Principal, type Route, type RouteRequest } from '../platform/http/index.ts';
import { notFound, Problem } from '../platform/problem.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { AccessStore, AccountRow, TokenRow } from './access-store.ts';
import { createAttempts } from './attempts.ts';
import * as contract from './contract.ts';
import { credentialOf, SESSION_COOKIE } from './credential.ts';
import { hashPassword, verifyPassword } from './password.ts';

interface AccessRoutesDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly store: AccessStore;
  /** Whether browsers reach nines over TLS, so that the cookie may insist on it. */
  readonly secureCookie: boolean;
  /** Called after anything that changes who may come in. */
  forget(): void;
}

const day = 86_400_000;
const byId = z.object({ id: z.string().max(100) });
const toAccount = (row: AccountRow): contract.Account => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  createdAt: new Date(row.created_at).toISOString(),
});
const toToken = (row: TokenRow): contract.ApiToken => ({
  id: row.id,
  name: row.name,
  scope: row.scope,
  createdAt: new Date(row.created_at).toISOString(),
  lastUsedAt: row.used_at === null ? null : new Date(row.used_at).toISOString(),
  expiresAt: row.expires_at === null ? null : new Date(row.expires_at).toISOString(),
});

export function accessRoutes(deps: AccessRoutesDeps): Route[] {
  return [...comingIn(deps), ...own(deps), ...accounts(deps), ...tokens(deps)];
}

/** The first admin, signing in and out. */
function comingIn({ sql, clock, ledger, store, secureCookie, forget }: AccessRoutesDeps): Route[] {
  const attempts = createAttempts(clock);
  const cookie = (secret: string, maxAge: number): Record<string, string> => ({
    'set-cookie': serialize(SESSION_COOKIE, secret, { httpOnly: true, sameSite: 'lax', secure: secureCookie, path: '/', maxAge }),
  });
  const begin = async (account: AccountRow, event: string): Promise<unknown> => {
    const secret = await sql.transaction(async (tx) => {
      await ledger.append(tx, [
        { kind: event, actor: `account:${account.email}`, title: `${account.name} signed in`, subject: `account/${account.id}` },
      ]);
      return store.addSession(tx, account.id);
    });
    return reply(204, undefined, cookie(secret, 90 * 86_400));
  };
  return [
    route({
      method: 'GET',
      path: '/nines/v1/setup',
      access: 'public',
      summary: 'Whether the first admin is still to be made',
      response: contract.setupState,
      handler: async () => ({ needed: !(await store.hasAdmin(sql)) }),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/setup',
      access: 'public',
      summary: 'Makes the first admin, with the one-time token printed at the first start',
      body: contract.setup,
      handler: async ({ body, ip }) => {
        const keys = [`setup ${ip}`];
        attempts.admit(keys);
        const password_hash = await hashPassword(body.password);
        const account = await sql.transaction(async (tx) => {
          if (!(await store.takeSetupToken(tx, body.token))) return undefined;
          const row = await store.addAccount(tx, { name: body.name, email: body.email, role: 'admin', password_hash });
          await ledger.append(tx, [
            {
              kind: 'access.set-up',
              actor: `account:${row.email}`,
              title: `${row.name} became the first admin`,
              subject: `account/${row.id}`,
            },
          ]);
          return row;
        });
        if (!account) {
          attempts.failed(keys);
          throw new Problem(
            403,
            'bad-setup-token',
            'This set-up link was used already or is not the last one printed. Restart nines to print a new one.',
          );
        }
        return begin(account, 'access.signed-in');
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/session',
      access: 'public',
      summary: 'Signs in',
      body: contract.signIn,
      handler: async ({ body, ip }) => {
        const keys = [`account ${body.email.toLowerCase()}`, `address ${ip}`];
        attempts.admit(keys);
        const account = await store.accountByEmail(sql, body.email);
        if (!(await verifyPassword(body.password, account?.password_hash)) || !account) {
          attempts.failed(keys);
          throw new Problem(401, 'wrong-password', 'The address or the password is wrong.');
        }
        attempts.succeeded(keys);
        return begin(account, 'access.signed-in');
      },
    }),
    route({
      method: 'DELETE',
      path: '/nines/v1/session',
      access: 'public',
      summary: 'Signs out',
      handler: async ({ headers }) => {
        const credential = credentialOf(headers);
        if (credential?.from === 'session') await sql.transaction((tx) => store.endSession(tx, credential.secret));
        forget();
        return reply(204, undefined, cookie('', 0));
      },
    }),
  ];
}

/** What concerns the one who asks. */
function own({ sql, ledger, store, forget }: AccessRoutesDeps): Route[] {
  const accountOf = async (request: Pick<RouteRequest, 'headers'>): Promise<AccountRow> => {
    const credential = credentialOf(request.headers);
    const account = credential?.from === 'session' ? await store.accountOfSession(sql, credential.secret) : undefined;
    if (!account) throw new Problem(403, 'no-account', 'A token has no account of its own: sign in with a password.');
    return account;
  };
  return [
    route({
      method: 'GET',
      path: '/nines/v1/me',
      access: 'viewer',
      summary: 'Who is asking',
      response: contract.me,
      handler: async (request) => {
        const { principal } = request;
        const email = principal.kind === 'account' ? (await accountOf(request)).email : null;
        return { kind: principal.kind, name: principal.name, email, role: principal.role, person: principal.person };
      },
    }),
    route({
      method: 'POST',
      path: '/nines/v1/me/password',
      access: 'viewer',
      summary: 'Changes the own password; every session of the account ends',
      body: contract.passwordChange,
      handler: async (request) => {
        const account = await accountOf(request);
        if (!(await verifyPassword(request.body.current, account.password_hash)))
          throw new Problem(403, 'wrong-password', 'The current password is wrong.');
        const password_hash = await hashPassword(request.body.next);
        await sql.transaction(async (tx) => {
          await store.changeAccount(tx, account.id, { password_hash });
          await store.endSessionsOf(tx, account.id);
          await ledger.append(tx, [
            {
              kind: 'access.password-changed',
              actor: request.principal.actor,
              title: `${account.name} changed the password`,
              subject: `account/${account.id}`,
            },
          ]);
        });
        forget();
      },
    }),
  ];
}

function accounts({ sql, ledger, store, forget }: AccessRoutesDeps): Route[] {
  const note = (principal: Principal, kind: string, row: AccountRow, title: string) => ({
    kind,
    actor: principal.actor,
    title,
    subject: `account/${row.id}`,
  });
  return [
    route({
      method: 'GET',
      path: '/nines/v1/accounts',
      access: 'admin',
      summary: 'Who may sign in',
      response: z.object({ accounts: z.array(contract.account) }),
      handler: async () => ({ accounts: (await store.accounts(sql)).map(toAccount) }),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/accounts',
      access: 'admin',
      summary: 'Makes an account',
      body: contract.newAccount,
      response: contract.account,
      handler: async ({ body, principal }) => {
        const password_hash = await hashPassword(body.password);
        const row = await sql.transaction(async (tx) => {
          const added = await store.addAccount(tx, { name: body.name, email: body.email, role: body.role, password_hash });
          await ledger.append(tx, [
            note(principal, 'access.account-created', added, `${principal.name} made an account for ${added.name} (${added.role})`),
          ]);
          return added;
        });
        return created(`/nines/v1/accounts/${row.id}`, toAccount(row));
      },
    }),
    route({
      method: 'PATCH',
      path: '/nines/v1/accounts/:id',
      access: 'admin',
      summary: 'Changes a name or role',
      params: byId,
      body: contract.accountChange,
      response: contract.account,
      handler: async ({ params, body, principal }) => {
        const row = await sql.transaction(async (tx) => {
          const change = { ...(body.name !== undefined && { name: body.name }), ...(body.role !== undefined && { role: body.role }) };
          const changed = await store.changeAccount(tx, params.id, change);
          if (!(await store.hasAdmin(tx))) throw new Problem(409, 'last-admin', 'This is the last admin: make another one first.');
          await ledger.append(tx, [
            note(principal, 'access.account-changed', changed, `${principal.name} made ${changed.name} ${changed.role}`),
          ]);
          return changed;
        });
        forget();
        return toAccount(row);
      },
    }),
    route({
      method: 'DELETE',
      path: '/nines/v1/accounts/:id',
      access: 'admin',
      summary: 'Removes an account; its sessions end',
      params: byId,
      handler: async ({ params, principal }) => {
        await sql.transaction(async (tx) => {
          const row = (await store.accounts(tx)).find(({ id }) => id === params.id);
          if (!row) throw notFound('account', params.id);
          await store.removeAccount(tx, row.id);
          if (!(await store.hasAdmin(tx))) throw new Problem(409, 'last-admin', 'This is the last admin: make another one first.');
          await ledger.append(tx, [note(principal, 'access.account-removed', row, `${principal.name} removed the account of ${row.name}`)]);
        });
        forget();
      },
    }),
  ];
}

function tokens({ sql, clock, ledger, store, forget }: AccessRoutesDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/nines/v1/tokens',
      access: 'admin',
      summary: 'API and intake tokens, without their secrets',
      response: z.object({ tokens: z.array(contract.apiToken) }),
      handler: async () => ({ tokens: (await store.tokens(sql)).map(toToken) }),
    }),
    route({
      method: 'POST',
      path: '/nines/v1/tokens',
      access: 'admin',
      summary: 'Makes a token; the secret is in this answer and never again',
      body: contract.newToken,
      response: contract.newTokenAnswer,
      handler: async ({ body, principal }) => {
        const expires_at = body.expiresInDays === undefined ? null : clock.now() + body.expiresInDays * day;
        const { row, secret } = await sql.transaction(async (tx) => {
          const made = await store.addToken(tx, { name: body.name, scope: body.scope, expires_at });
          await ledger.append(tx, [
            {
              kind: 'access.token-created',
              actor: principal.actor,
              title: `${principal.name} made the ${body.scope} token '${body.name}'`,
              subject: `token/${made.row.id}`,
            },
          ]);
          return made;
        });
        return created(`/nines/v1/tokens/${row.id}`, { ...toToken(row), secret });
      },
    }),
    route({
      method: 'DELETE',
      path: '/nines/v1/tokens/:id',
      access: 'admin',
      summary: 'Revokes a token at once',
      params: byId,
      handler: async ({ params, principal }) => {
        await sql.transaction(async (tx) => {
          const row = await store.removeToken(tx, params.id);
          await ledger.append(tx, [
            {
              kind: 'access.token-revoked',
              actor: principal.actor,
              title: `${principal.name} revoked the token '${row.name}'`,
              subject: `token/${row.id}`,
            },
          ]);
        });
        forget();
      },
    }),
  ];
}
