import { z } from 'zod';
import { created, route, type Principal, type Route } from '../platform/http/index.ts';
import { notFound, Problem } from '../platform/problem.ts';
import type { AccountRow } from './access-store.ts';
import * as contract from './contract.ts';
import { hashPassword } from './password.ts';
import type { AccessRoutesDeps } from './routes-deps.ts';

const byId = z.object({ id: z.string().max(100) });
const toAccount = (row: AccountRow): contract.Account => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  createdAt: new Date(row.created_at).toISOString(),
});

/** Who may sign in, for admins. */
export function accountRoutes({ sql, ledger, store, forget }: AccessRoutesDeps): Route[] {
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
