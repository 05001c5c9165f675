import type { Kysely } from 'kysely';
import type { Queryable } from '../../platform/sql/index.ts';
import { admission, type Admission, type Breaker, CLOSED, probing } from './breaker.ts';

export interface BreakerRow {
  /** The channel and its peer: `email The mail server mail.example.org:587`. */
  provider: string;
  channel: string;
  peer: string;
  state: Breaker['state'];
  failures: number;
  opens: number;
  retry_at: number;
  error: string;
  since: number;
}

interface Tables {
  delivery_breakers: BreakerRow;
}

const on = (queryable: Queryable): Kysely<Tables> => queryable.db<Tables>();
const toBreaker = ({ state, failures, opens, retry_at, error, since }: BreakerRow): Breaker => ({
  state,
  failures,
  opens,
  retryAt: retry_at,
  error,
  since,
});

/** Only providers in trouble have a row; it is what all processes of one database agree by. */
export interface Provider {
  readonly channel: string;
  readonly peer: string;
}
const idOf = ({ channel, peer }: Provider): string => `${channel} ${peer}`.slice(0, 2_000);

/** Whether a message may go to the provider now. A probe is taken: no other process has it. */
export async function admit(sql: Queryable, provider: Provider, now: number): Promise<Admission & { readonly troubled: boolean }> {
  const row = await on(sql).selectFrom('delivery_breakers').selectAll().where('provider', '=', idOf(provider)).executeTakeFirst();
  if (!row) return { kind: 'yes', troubled: false };
  const admitted = admission(toBreaker(row), now);
  if (admitted.kind !== 'probe') return { ...admitted, troubled: true };
  const { state, retryAt } = probing(toBreaker(row), now);
  const taken = await on(sql)
    .updateTable('delivery_breakers')
    .set({ state, retry_at: retryAt })
    .where('provider', '=', row.provider)
    .where('state', '=', row.state)
    .where('retry_at', '=', row.retry_at)
    .returning('provider')
    .executeTakeFirst();
  return taken ? { kind: 'probe', troubled: true } : { kind: 'wait', until: now + 2_000, troubled: true };
}

/** Changes what is known of a provider, held against others until the transaction ends. */
export async function changeBreaker(
  tx: Queryable,
  provider: Provider,
  change: (before: Breaker) => Breaker,
): Promise<{ before: Breaker; after: Breaker }> {
  const id = idOf(provider);
  const row = await on(tx).selectFrom('delivery_breakers').selectAll().where('provider', '=', id).forUpdate().executeTakeFirst();
  const before = row ? toBreaker(row) : CLOSED;
  const after = change(before);
  if (after === before) return { before, after };
  if (after === CLOSED) {
    await on(tx).deleteFrom('delivery_breakers').where('provider', '=', id).execute();
    return { before, after };
  }
  const { state, failures, opens, retryAt, error, since } = after;
  const values = { state, failures, opens, retry_at: retryAt, error, since };
  await on(tx)
    .insertInto('delivery_breakers')
    .values({ provider: id, ...provider, ...values })
    .onConflict((conflict) => conflict.column('provider').doUpdateSet(values))
    .execute();
  return { before, after };
}

/** Those in trouble, the oldest trouble first. */
export const troubledProviders = (queryable: Queryable): Promise<BreakerRow[]> =>
  on(queryable).selectFrom('delivery_breakers').selectAll().orderBy('since').limit(200).execute();
