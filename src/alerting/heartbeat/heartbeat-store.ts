import { sql as template, type Selectable } from 'kysely';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { HeartbeatState, Signal, SignalKind, Silence } from './heartbeat.ts';

interface HeartbeatRow {
  name: string;
  created_at: number;
  started_at: number | null;
  unfinished_since: number | null;
  succeeded_at: number | null;
  failed_at: number | null;
  heard_at: number | null;
  exit_code: number | null;
  output: string | null;
  runtime_ms: number | null;
  /** The trouble that was reported last, and its time; null where none is. */
  told: string | null;
  /** Since when no document is seen for it. */
  gone_since: number | null;
}

interface SignalRow {
  name: string;
  at: number;
  kind: SignalKind;
  exit_code: number | null;
  runtime_ms: number | null;
}

interface Tables {
  heartbeats: HeartbeatRow;
  heartbeat_signals: SignalRow;
  heartbeat_watch: { one?: boolean; alive_at: number; silent_from: number | null; silent_to: number | null };
}

export interface StoredHeartbeat {
  readonly name: string;
  readonly state: HeartbeatState;
  readonly told: string | null;
  readonly goneSince: number | null;
}

/** So many signals of each are kept for people to look at. */
const SIGNALS_KEPT = 100;

const columnsOf = (state: HeartbeatState) => ({
  created_at: state.createdAt,
  started_at: state.startedAt,
  unfinished_since: state.unfinishedSince,
  succeeded_at: state.succeededAt,
  failed_at: state.failedAt,
  heard_at: state.heardAt,
  exit_code: state.exitCode,
  output: state.output,
  runtime_ms: state.runtimeMs,
});

const storedOf = (row: Selectable<HeartbeatRow>): StoredHeartbeat => ({
  name: row.name,
  told: row.told,
  goneSince: row.gone_since,
  state: {
    createdAt: row.created_at,
    startedAt: row.started_at,
    unfinishedSince: row.unfinished_since,
    succeededAt: row.succeeded_at,
    failedAt: row.failed_at,
    heardAt: row.heard_at,
    exitCode: row.exit_code,
    output: row.output,
    runtimeMs: row.runtime_ms,
  },
});

export async function listHeartbeats(queryable: Queryable): Promise<StoredHeartbeat[]> {
  return (await queryable.db<Tables>().selectFrom('heartbeats').selectAll().orderBy('name').execute()).map(storedOf);
}

export async function findHeartbeat(queryable: Queryable, name: string): Promise<StoredHeartbeat | undefined> {
  const row = await queryable.db<Tables>().selectFrom('heartbeats').selectAll().where('name', '=', name).executeTakeFirst();
  return row && storedOf(row);
}

/** Makes the rows of those that are not there yet. */
export async function addHeartbeats(tx: Queryable, names: readonly string[], state: HeartbeatState): Promise<void> {
  if (names.length === 0) return;
  const rows = names.map((name) => ({ name, ...columnsOf(state), told: null, gone_since: null }));
  await tx.db<Tables>().insertInto('heartbeats').values(rows).onConflict((conflict) => conflict.column('name').doNothing()).execute(); // prettier-ignore
}

export async function lockHeartbeat(tx: Tx, name: string): Promise<StoredHeartbeat | undefined> {
  const row = await tx.db<Tables>().selectFrom('heartbeats').selectAll().where('name', '=', name).forUpdate().executeTakeFirst();
  return row && storedOf(row);
}

export async function saveSignal(tx: Tx, name: string, state: HeartbeatState, { kind, at, exitCode }: Signal): Promise<void> {
  const db = tx.db<Tables>();
  await db.updateTable('heartbeats').set(columnsOf(state)).where('name', '=', name).execute();
  await db
    .insertInto('heartbeat_signals')
    .values({ name, at, kind, exit_code: exitCode, runtime_ms: kind === 'start' ? null : state.runtimeMs })
    .execute();
  const kept = db.selectFrom('heartbeat_signals').select('at').where('name', '=', name).orderBy('at', 'desc').offset(SIGNALS_KEPT).limit(1);
  await db.deleteFrom('heartbeat_signals').where('name', '=', name).where('at', '<=', kept).execute();
}

export async function listSignals(queryable: Queryable, name: string): Promise<Selectable<SignalRow>[]> {
  return queryable.db<Tables>().selectFrom('heartbeat_signals').selectAll().where('name', '=', name).orderBy('at', 'desc').limit(SIGNALS_KEPT).execute(); // prettier-ignore
}

export async function setTold(queryable: Queryable, name: string, told: string | null): Promise<void> {
  await queryable.db<Tables>().updateTable('heartbeats').set({ told }).where('name', '=', name).execute();
}

export async function setGone(queryable: Queryable, name: string, since: number | null): Promise<void> {
  await queryable.db<Tables>().updateTable('heartbeats').set({ gone_since: since }).where('name', '=', name).execute();
}

export async function forgetHeartbeat(queryable: Queryable, name: string): Promise<void> {
  for (const table of ['heartbeat_signals', 'heartbeats'] as const)
    await queryable.db<Tables>().deleteFrom(table).where('name', '=', name).execute();
}

/**
 * Says that signals can be kept now. Where that was not said for longer than `longest`, nobody could hear meanwhile: the times are
 * kept, for every process. Resolves with the last such silence.
 */
export async function hear(queryable: Queryable, now: number, longest: number): Promise<Silence | undefined> {
  const { rows } = await template<{ silent_from: number | null; silent_to: number | null }>`
    insert into heartbeat_watch as watch (alive_at) values (${now})
    on conflict (one) do update set alive_at = greatest(watch.alive_at, excluded.alive_at),
      silent_from = case when excluded.alive_at - watch.alive_at > ${longest} then watch.alive_at else watch.silent_from end,
      silent_to = case when excluded.alive_at - watch.alive_at > ${longest} then excluded.alive_at else watch.silent_to end
    returning silent_from, silent_to`.execute(queryable.db());
  const [row] = rows;
  return row?.silent_from == null || row.silent_to === null ? undefined : { from: row.silent_from, to: row.silent_to };
}
