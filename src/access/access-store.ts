import { sql as template } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { newId, newSecret } from '../platform/id.ts';
import { conflict, notFound } from '../platform/problem.ts';
import type { Queryable, Tx } from '../platform/sql/index.ts';
import { hashSecret } from './credential.ts';
import type { AccessTables } from './migrations.ts';

export type AccountRow = AccessTables['accounts'];
export type TokenRow = AccessTables['api_tokens'];
export type NewAccountRow = Pick<AccountRow, 'name' | 'email' | 'role' | 'password_hash'>;

/** A session unused this long, or this old, is over. */
const IDLE_MS = 14 * 86_400_000;
const LONGEST_MS = 90 * 86_400_000;
/** `used_at` is written no more often than this. */
const TOUCH_MS = 60_000;

const tables = (on: Queryable) => on.db<AccessTables>();

export function createAccessStore(clock: Clock) {
  return {
    async hasAdmin(on: Queryable): Promise<boolean> {
      return (await tables(on).selectFrom('accounts').select('id').where('role', '=', 'admin').limit(1).executeTakeFirst()) !== undefined;
    },
    accounts: (on: Queryable) => tables(on).selectFrom('accounts').selectAll().orderBy('created_at').execute(),
    accountByEmail: (on: Queryable, email: string) =>
      tables(on)
        .selectFrom('accounts')
        .selectAll()
        .where(template<boolean>`lower(email) = ${email.toLowerCase()}`)
        .executeTakeFirst(),
    async addAccount(tx: Tx, account: NewAccountRow): Promise<AccountRow> {
      const now = clock.now();
      const row = { ...account, id: newId(now), created_at: now };
      const { numInsertedOrUpdatedRows } = await tables(tx)
        .insertInto('accounts')
        .values(row)
        .onConflict((on) => on.doNothing())
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows === 0n) throw conflict(`There is an account with the address ${account.email} already.`);
      return row;
    },
    async changeAccount(tx: Tx, id: string, change: Partial<Pick<AccountRow, 'role' | 'name' | 'password_hash'>>): Promise<AccountRow> {
      const row = await tables(tx).updateTable('accounts').set(change).where('id', '=', id).returningAll().executeTakeFirst();
      if (!row) throw notFound('account', id);
      return row;
    },
    removeAccount: (tx: Tx, id: string) => tables(tx).deleteFrom('accounts').where('id', '=', id).execute(),

    /** Replaces whatever set-up token there was. */
    async newSetupToken(tx: Tx): Promise<string> {
      const secret = newSecret();
      const row = { one: true, secret_hash: hashSecret(secret) };
      await tables(tx)
        .insertInto('setup_token')
        .values(row)
        .onConflict((on) => on.column('one').doUpdateSet(row))
        .execute();
      return secret;
    },
    /** True once for the right token, and the token is gone. */
    async takeSetupToken(tx: Tx, secret: string): Promise<boolean> {
      const taken = await tables(tx).deleteFrom('setup_token').where('secret_hash', '=', hashSecret(secret)).executeTakeFirst();
      return taken.numDeletedRows > 0n;
    },

    async addSession(tx: Tx, accountId: string): Promise<string> {
      const secret = newSecret();
      const now = clock.now();
      await tables(tx)
        .deleteFrom('sessions')
        .where((where) => where.or([where('used_at', '<', now - IDLE_MS), where('created_at', '<', now - LONGEST_MS)]))
        .execute();
      await tables(tx)
        .insertInto('sessions')
        .values({ secret_hash: hashSecret(secret), account_id: accountId, created_at: now, used_at: now })
        .execute();
      return secret;
    },
    async accountOfSession(on: Queryable, secret: string): Promise<AccountRow | undefined> {
      const now = clock.now();
      const hash = hashSecret(secret);
      const row = await tables(on)
        .selectFrom('sessions')
        .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
        .selectAll('accounts')
        .select('sessions.used_at')
        .where('secret_hash', '=', hash)
        .where('used_at', '>', now - IDLE_MS)
        .where('sessions.created_at', '>', now - LONGEST_MS)
        .executeTakeFirst();
      if (row && row.used_at < now - TOUCH_MS)
        await tables(on).updateTable('sessions').set({ used_at: now }).where('secret_hash', '=', hash).execute();
      return row;
    },
    endSession: (tx: Tx, secret: string) => tables(tx).deleteFrom('sessions').where('secret_hash', '=', hashSecret(secret)).execute(),
    endSessionsOf: (tx: Tx, accountId: string) => tables(tx).deleteFrom('sessions').where('account_id', '=', accountId).execute(),

    tokens: (on: Queryable) => tables(on).selectFrom('api_tokens').selectAll().orderBy('created_at').execute(),
    async addToken(tx: Tx, token: Pick<TokenRow, 'name' | 'scope' | 'expires_at'>): Promise<{ row: TokenRow; secret: string }> {
      const now = clock.now();
      const secret = `nines_${newSecret()}`;
      const row: TokenRow = { ...token, id: newId(now), secret_hash: hashSecret(secret), created_at: now, used_at: null };
      await tables(tx).insertInto('api_tokens').values(row).execute();
      return { row, secret };
    },
    async removeToken(tx: Tx, id: string): Promise<TokenRow> {
      const row = await tables(tx).deleteFrom('api_tokens').where('id', '=', id).returningAll().executeTakeFirst();
      if (!row) throw notFound('token', id);
      return row;
    },
    async tokenBySecret(on: Queryable, secret: string): Promise<TokenRow | undefined> {
      const now = clock.now();
      const row = await tables(on).selectFrom('api_tokens').selectAll().where('secret_hash', '=', hashSecret(secret)).executeTakeFirst();
      if (!row || (row.expires_at !== null && row.expires_at <= now)) return undefined;
      if ((row.used_at ?? 0) < now - TOUCH_MS)
        await tables(on).updateTable('api_tokens').set({ used_at: now }).where('id', '=', row.id).execute();
      return row;
    },
  };
}

export type AccessStore = ReturnType<typeof createAccessStore>;
