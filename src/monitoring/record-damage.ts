import type { Ledger } from '../ledger/index.ts';
import type { Log } from '../platform/log.ts';
import type { Sql } from '../platform/sql/index.ts';
import type { Store } from './store/index.ts';

interface RecordDamageDeps {
  readonly store: Pick<Store, 'losses'>;
  readonly sql: Sql;
  readonly ledger: Ledger;
  readonly log: Pick<Log, 'error'>;
}

/** What the start found lost of the intake log, as an event: who asks in a month why a graph has a hole finds it there. */
export async function recordDamage({ store, sql, ledger, log }: RecordDamageDeps): Promise<void> {
  const { losses } = store;
  if (losses === undefined) return;
  const { damage, damagedBytes, nameless } = losses;
  const data = { damage, damagedBytes, namelessSamples: nameless };
  const event = { kind: 'telemetry.lost', actor: 'nines', title: 'Samples were lost: the intake log was damaged', data };
  // Telemetry is there without it: a state that is full, or away, must not keep nines from starting.
  await sql
    .transaction((tx) => ledger.append(tx, [event]))
    .catch((error: unknown) => log.error({ err: error, ...data }, 'lost samples could not be told of in the feed'));
}
