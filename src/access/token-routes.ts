import { z } from 'zod';
import { created, route, type Route } from '../platform/http/index.ts';
import type { TokenRow } from './access-store.ts';
import * as contract from './contract.ts';
import type { AccessRoutesDeps } from './routes-deps.ts';

const day = 86_400_000;
const byId = z.object({ id: z.string().max(100) });
const toToken = (row: TokenRow): contract.ApiToken => ({
  id: row.id,
  name: row.name,
  scope: row.scope,
  createdAt: new Date(row.created_at).toISOString(),
  lastUsedAt: row.used_at === null ? null : new Date(row.used_at).toISOString(),
  expiresAt: row.expires_at === null ? null : new Date(row.expires_at).toISOString(),
});

/** API and intake tokens, for admins. */
export function tokenRoutes({ sql, clock, ledger, store, forget }: AccessRoutesDeps): Route[] {
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
