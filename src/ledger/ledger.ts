import { sql as template } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import { storableJson, type Migration, type Queryable, type Sql, type Tx } from '../platform/sql/index.ts';
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
  /**
   * Appends within the caller's transaction: the events are there exactly when what they tell of is. They are written as its last
   * statement, for all who append wait for each other: nobody who holds the feed waits for anything else.
   */
  append(tx: Tx, events: readonly NewEvent[]): Promise<void>;
  /** The same at once, for whoever needs their markers; then nothing but the commit is to follow that could wait for others. */
  appendNow(tx: Tx, events: readonly NewEvent[]): Promise<LedgerEvent[]>;
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

/** An event before it has its marker, its data as PostgreSQL can keep them. */
interface Pending {
  readonly event: Omit<LedgerEvent, 'marker'>;
  readonly data: string;
}

const ROWS_AT_ONCE = 1_000;

export function createLedger({ sql, clock }: { sql: Sql; clock: Clock }): Ledger {
  const listeners = new Set<(event: LedgerEvent) => void>();
  // What can't be written is the fault of who appends it, there and then.
  const pending = ({ time = clock.now(), kind, service = null, actor, subject = null, title, data = {} }: NewEvent): Pending => ({
    event: { time: new Date(time).toISOString(), kind, service, actor, subject, title, data },
    data: storableJson(data),
  });
  const write = async (tx: Tx, given: readonly Pending[]): Promise<LedgerEvent[]> => {
    // One row, updated by whoever appends: the next one waits for our commit, so markers become visible in order.
    const { marker: last } = await tx
      .db<Tables>()
      .updateTable('ledger_marker')
      .set({ marker: template<number>`marker + ${given.length}` })
      .returning('marker')
      .executeTakeFirstOrThrow();
    const appended = given.map(({ event }, i): LedgerEvent => ({ marker: last - given.length + 1 + i, ...event }));
    for (let at = 0; at < given.length; at += ROWS_AT_ONCE) await insertEvents(tx, appended.slice(at, at + ROWS_AT_ONCE), given.slice(at));
    tx.afterCommit(() => {
      for (const event of appended) for (const listener of listeners) listener(event);
    });
    return appended;
  };
  return {
    append(tx, events) {
      if (events.length > 0) tx.gather('ledger', events.map(pending), async (end, all) => void (await write(end, all)));
      return Promise.resolve();
    },
    appendNow: (tx, events) => (events.length === 0 ? Promise.resolve([]) : write(tx, events.map(pending))),
    read: (query) => readEvents(sql, query),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** As one parameter, however many they are. */
async function insertEvents(tx: Tx, events: readonly LedgerEvent[], pending: readonly Pending[]): Promise<void> {
  const rows = events.map(({ marker, time, kind, service, actor, subject, title }, i) => {
    const facts = storableJson({ marker, time: Date.parse(time), kind, service, actor, subject, title });
    return `${facts.slice(0, -1)},"data":${pending[i]!.data}}`;
  });
  await template`
    insert into events (marker, time, kind, service, actor, subject, title, data)
    select marker, time, kind, service, actor, subject, title, data from jsonb_to_recordset(${`[${rows.join(',')}]`}::jsonb)
      as given (marker bigint, time bigint, kind text, service text, actor text, subject text, title text, data jsonb)`.execute(tx.db());
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
