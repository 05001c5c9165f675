import type { Ledger } from '../../ledger/index.ts';
import type { Sql } from '../../platform/sql/index.ts';
import type { StatsdEvent } from './flush-batch.ts';

/** Puts events of DogStatsD into the feed, where they stand beside deploys and alerts. */
export function recordEvents({ sql, ledger }: { sql: Sql; ledger: Ledger }) {
  return async (events: readonly StatsdEvent[]): Promise<void> => {
    await sql.transaction((tx) =>
      ledger.append(
        tx,
        events.map(({ title, text, time, host, priority, type, source, tags }) => ({
          kind: 'event.received',
          title,
          actor: 'statsd',
          time,
          service: tags.find((tag) => /^service:[a-z0-9][-a-z0-9]{0,62}$/.test(tag))?.slice(8),
          data: { text, host, priority, type, source, tags },
        })),
      ),
    );
  };
}
