import { sql as template } from 'kysely';
import type { Migration, Queryable, Sql, Tx } from '../../platform/sql/index.ts';
import { severityOf } from '../rules/index.ts';
import type { ReportedAlert } from './external-alert.ts';

/** One alert of one report. */
export interface Reported {
  readonly report: ReportedAlert;
  readonly fingerprint: string;
  /** Who told of it. */
  readonly actor: string;
  /** When, in milliseconds: what is decided of it is decided as of then. */
  readonly at: number;
}

/** One that waits to be worked off. */
export interface Waiting extends Reported {
  /** Grows in the order in which reports came. */
  readonly id: number;
  readonly urgency: number;
  readonly bytes: number;
  /** How often it could not be worked off. */
  readonly tries: number;
}

export const inboxMigrations: Migration[] = [
  {
    id: 'alerting-inbox',
    // Reports are written once and read once: packing them would cost more than the room.
    up: `
      create table alert_inbox (fingerprint text not null, id bigint not null generated always as identity, urgency smallint not null,
        report text not null, bytes int not null, actor text not null, received_at bigint not null, tries int not null default 0,
        due_at bigint not null default 0, primary key (fingerprint, id));
      create index alert_inbox_by_urgency on alert_inbox (urgency, id);
      alter table alert_inbox alter column report set storage external;
      alter table external_alerts add column active_at bigint;
      update external_alerts set content = null;`,
  },
];

/** Lower goes first: what calls people, then that it is over, then what is for today, then the rest. */
export function urgencyOf({ status, severity, labels }: ReportedAlert): number {
  const known = severity ?? severityOf(labels.severity);
  if (known === 'critical') return status === 'firing' ? CALLS : 1;
  return known === 'today' ? 2 : 3;
}
/** The urgency of what calls people. */
export const CALLS = 0;

/** What was kept of a report. */
export type Kept = Pick<Waiting, 'id' | 'bytes' | 'urgency'>;

/** Keeps them, in their order. */
export async function putReports(tx: Tx, reported: readonly Reported[]): Promise<Kept[]> {
  if (reported.length === 0) return [];
  const rows = reported.map(({ report, fingerprint, actor, at }, n) => {
    const text = JSON.stringify(report);
    return { n, f: fingerprint, u: urgencyOf(report), r: text, b: Buffer.byteLength(text), a: actor.toWellFormed(), t: at };
  });
  const { rows: put } = await template<{ id: number }>`
    insert into alert_inbox (fingerprint, urgency, report, bytes, actor, received_at)
    select f, u, r, b, a, t from json_to_recordset(${JSON.stringify(rows)}::json)
      as given (n int, f text, u smallint, r text, b int, a text, t bigint) order by n returning id`.execute(tx.db());
  const ids = put.map(({ id }) => id).sort((a, b) => a - b);
  return rows.map(({ b: bytes, u: urgency }, i) => ({ id: ids[i]!, bytes, urgency }));
}

/** Of one alert, so many reports are worked off at once. */
export const MOST_OF_ONE = 20;

interface Slice {
  readonly limit: number;
  /** Those that could not be worked off wait until later than this. */
  readonly now: number;
  /** The oldest, whatever they are: so that what is not urgent moves on while what is goes first. */
  readonly oldest?: boolean;
  /** Of what calls people, and nothing else. */
  readonly calls?: boolean;
}

/**
 * Takes the most urgent alerts out, with all that waits of them, so that of one alert what was said first is worked off first.
 * One at a time, of all processes: `lockInbox` was called before.
 */
export async function takeSlice(tx: Tx, { limit, now, oldest = false, calls = false }: Slice): Promise<Waiting[]> {
  const order = oldest ? template`id` : template`urgency, id`;
  const which = calls ? template`urgency = ${CALLS} and` : template``;
  return take(tx, template`select fingerprint from (select fingerprint from alert_inbox where ${which} due_at <= ${now} order by ${order} limit ${limit}) first group by fingerprint`); // prettier-ignore
}

/** Takes out what waits of these alerts; locked, too. */
export const takeReports = (tx: Tx, fingerprints: readonly string[]): Promise<Waiting[]> =>
  take(tx, template`select f as fingerprint from json_array_elements_text(${JSON.stringify(fingerprints)}::json) f group by f`);

type Row = Omit<Waiting, 'report' | 'at'> & { report: string; received_at: number };

async function take(tx: Tx, picked: ReturnType<typeof template>): Promise<Waiting[]> {
  const { rows } = await template<Row>`
    with picked as materialized (${picked})
    delete from alert_inbox where ctid = any(array(
      select first.ctid from picked cross join lateral (
        select i.ctid from alert_inbox i where i.fingerprint = picked.fingerprint order by i.id limit ${MOST_OF_ONE}) first))
    returning id, fingerprint, urgency, report, bytes, actor, received_at, tries`.execute(tx.db());
  return rows
    .sort((a, b) => a.id - b.id)
    .map(({ report, received_at: at, ...row }) => ({ ...row, at, report: JSON.parse(report) as ReportedAlert }));
}

/** So long a process may be silent while it has its turn, before another goes on. */
const SILENT_MS = 5_000;

/** One of all processes works off at a time, until the end of its transaction. */
export async function lockInbox(sql: Sql, tx: Tx): Promise<void> {
  if (sql.exclusive) return;
  await template.raw(`set local idle_in_transaction_session_timeout = ${SILENT_MS}`).execute(tx.db());
  await template`select pg_advisory_xact_lock(hashtext('nines alert_inbox'))`.execute(tx.db());
}

/** What waits of an alert that can't be worked off waits a second longer, doubling to five minutes; until when. Locked, too. */
export async function postpone(tx: Tx, fingerprint: string, now: number): Promise<number> {
  const { rows } = await template<{ due_at: number }>`
    update alert_inbox set tries = tries + 1, due_at = ${now}::bigint + least(300000, 1000 * (1 << least(tries, 9)))
    where fingerprint = ${fingerprint} returning due_at`.execute(tx.db());
  return rows.reduce((last, { due_at }) => Math.max(last, due_at), now);
}

/** Whether anything waits of these. */
export async function anyWaits(queryable: Queryable, fingerprints: readonly string[]): Promise<boolean> {
  const { rows } = await template`
    select from alert_inbox where fingerprint in (select json_array_elements_text(${JSON.stringify(fingerprints)}::json)) limit 1`.execute(
    queryable.db(),
  );
  return rows.length > 0;
}

/** What waits. */
export interface Backlog {
  readonly alerts: number;
  readonly bytes: number;
  /** How many of them call people, and were not tried before. */
  readonly calls: number;
  /** How many of them could not be worked off so far. */
  readonly failed: number;
  /** When the oldest came, in milliseconds. */
  readonly oldestAt: number | null;
  /** When the next of them may be worked off. */
  readonly dueAt: number | null;
}

export async function readBacklog(queryable: Queryable): Promise<Backlog> {
  const { rows } = await template<Backlog>`
    select count(*) as alerts, coalesce(sum(bytes), 0) as bytes, count(*) filter (where urgency = ${CALLS} and tries = 0) as calls,
      count(*) filter (where tries > 0) as failed, min(received_at) as "oldestAt", min(due_at) as "dueAt"
    from alert_inbox`.execute(queryable.db());
  return rows[0]!;
}
