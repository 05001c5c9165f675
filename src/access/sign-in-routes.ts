import { serialize } from 'cookie';
import { reply, route, type Route } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import type { AccountRow } from './access-store.ts';
import { createAttempts } from './attempts.ts';
import * as contract from './contract.ts';
import { credentialOf, SESSION_COOKIE } from './credential.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { AccessRoutesDeps } from './routes-deps.ts';

/** The first admin, signing in and out. */
export function signInRoutes({ sql, clock, ledger, store, secureCookie, forget }: AccessRoutesDeps): Route[] {
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
