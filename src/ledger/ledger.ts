import { sql as template } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { json, type Migration, type Queryable, type Sql, type Tx } from '../platform/sql/index.ts';
import type { EventsPage, EventsQuery, LedgerEvent } from './contract.ts';

export interface NewEvent {
  readonly kind: string;
  readonly title: string;
  readonly actor: string;
  /** Milliseconds; now by default. */
  readonly time?: number;
  readonly service?: string | null | undefined;
  readonly subject?: string | null | undefined;
  readonly data?: Record<string, unknown> | undefined;
}

/** The append-only feed of every change and event. */
export interface Ledger {
  /** Appends within the caller's transaction: the events are there exactly when what they tell of is. */
  append(tx: Tx, events: readonly NewEvent[]): Promise<LedgerEvent[]>;
  read(query: Partial<EventsQuery> & { from?: number; to?: number }): Promise<EventsPage>;
  /** Called after the commit, in the order of markers, with every event that this process appends. Returns what ends it. */
  subscribe(listener: (event: LedgerEvent) => void): () => void;
}

interface Tables {
  events: {
    marker: number;
    time: number;
    kind: string;
    service: string | null;
    actor: string;
    subject: string | null;
    title: string;
    data: Record<string, unknown>;
  };
  ledger_marker: { one: boolean; marker: number };
}

export const ledgerMigrations: Migration[] = [
  {
    id: 'ledger-1',
    up: `
      create table events (marker bigint primary key, time bigint not null, kind text not null, service text, actor text not null,
        subject text, title text not null, data jsonb not null);
      create index events_by_time on events (time);
      create index events_by_service on events (service, marker);
      create index events_by_subject on events (subject, marker);
      create index events_by_kind on events (kind, marker);
      create table ledger_marker (one boolean primary key default true check (one), marker bigint not null);
      insert into ledger_marker (marker) values (0);`,
  },
];

export function createLedger({ sql, clock }: { sql: Sql; clock: Clock }): Ledger {
  const listeners = new Set<(event: LedgerEvent) => void>();
  return {
    async append(tx, events) {
      if (events.length === 0) return [];
      const db = tx.db<Tables>();
      // One row, updated by whoever appends: the next one waits for our commit, so markers become visible in order.
      const { marker: last } = await db
        .updateTable('ledger_marker')
        .set({ marker: template<number>`marker + ${events.length}` })
        .returning('marker')
        .executeTakeFirstOrThrow();
      const appended = events.map((event, i): LedgerEvent => {
        const { time = clock.now(), kind, service = null, actor, subject = null, title, data = {} } = event;
        return { marker: last - events.length + 1 + i, time: new Date(time).toISOString(), kind, service, actor, subject, title, data };
      });
      await db
        .insertInto('events')
        .values(appended.map((event) => ({ ...event, time: Date.parse(event.time), data: json(event.data) })))
        .execute();
      tx.afterCommit(() => {
        for (const event of appended) for (const listener of listeners) listener(event);
      });
      return appended;
    },
    read: (query) => readEvents(sql, query),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

async function readEvents(sql: Queryable, query: Partial<EventsQuery> & { from?: number; to?: number }): Promise<EventsPage> {
  const { marker, limit = 50, kind, service, subject, order = 'asc', from, to } = query;
  let select = sql.db<Tables>().selectFrom('events').selectAll().orderBy('marker', order).limit(limit);
  if (marker !== undefined) select = select.where('marker', order === 'asc' ? '>' : '<', marker);
  if (service !== undefined) select = select.where('service', '=', service);
  if (subject !== undefined) select = select.where('subject', '=', subject);
  if (from !== undefined) select = select.where('time', '>=', from);
  if (to !== undefined) select = select.where('time', '<=', to);
  if (kind !== undefined) {
    const kinds = kind.split(',').map((one) => one.trim());
    select = select.where((where) =>
      where.or(kinds.map((one) => (one.endsWith('.*') ? where('kind', 'like', `${one.slice(0, -1)}%`) : where('kind', '=', one)))),
    );
  }
  const rows = await select.execute();
  const events = rows.map((row): LedgerEvent => ({ ...row, time: new Date(row.time).toISOString() }));
  return { events, marker: events.at(-1)?.marker ?? marker ?? 0 };
}
