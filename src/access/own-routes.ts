import { route, type Route, type RouteRequest } from '../platform/http/index.ts';
import { Problem } from '../platform/problem.ts';
import type { AccountRow } from './access-store.ts';
import * as contract from './contract.ts';
import { credentialOf } from './credential.ts';
import { hashPassword, verifyPassword } from './password.ts';
import type { AccessRoutesDeps } from './routes-deps.ts';

/** What concerns the one who asks. */
export function ownRoutes({ sql, ledger, store, forget }: AccessRoutesDeps): Route[] {
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
