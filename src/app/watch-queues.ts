import type { Clock, Timer } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Registry } from '../platform/metrics.ts';
import type { Sql } from '../platform/sql/index.ts';

interface Tables {
  jobs: { kind: string; run_at: number };
  deliveries: { state: string; due_at: number };
}

const EVERY_MS = 15_000;

/** Counts what waits in the durable queues, jobs and messages to people, and how long the oldest is overdue. Returns what ends it. */
export function watchQueues({ sql, clock, metrics, log }: { sql: Sql; clock: Clock; metrics: Registry; log: Log }): () => void {
  const gauge = (name: string, help: string) => metrics.gauge({ name, help, labels: ['queue'] });
  const waiting = gauge('nines_queue_waiting', 'What is in a queue, due or not.');
  const overdue = gauge('nines_queue_overdue_seconds', 'How long the oldest in a queue is overdue.');
  let timer: Timer | undefined;
  const tell = (queue: string, row: { n: number | string | bigint; first: number | null } | undefined, now: number): void => {
    waiting.set(Number(row?.n ?? 0), { queue });
    overdue.set(row?.first == null ? 0 : Math.max(0, now - row.first) / 1000, { queue });
  };
  async function look(): Promise<void> {
    const db = sql.db<Tables>();
    const now = clock.now();
    const jobs = db.selectFrom('jobs').select(({ fn }) => [fn.countAll().as('n'), fn.min('run_at').as('first')]);
    tell('jobs', await jobs.executeTakeFirst(), now);
    const deliveries = db.selectFrom('deliveries').select(({ fn }) => [fn.countAll().as('n'), fn.min('due_at').as('first')]);
    tell('deliveries', await deliveries.where('state', '=', 'queued').executeTakeFirst(), now);
  }
  const again = (): void => {
    timer = clock.after(EVERY_MS, () => {
      look()
        .catch((error: unknown) => log.warn({ err: error }, 'the queues could not be counted'))
        .finally(() => timer && again());
    });
  };
  again();
  return () => {
    timer?.cancel();
    timer = undefined;
  };
}
