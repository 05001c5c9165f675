import { type Kysely, sql as template, type RawBuilder } from 'kysely';

/** Something that queries can be run on: the database itself, or a transaction in it. */
export interface Queryable {
  /** The query builder, typed by the caller's own tables. */
  db<Tables>(): Kysely<Tables>;
}

/** A transaction: what ran on it is there as a whole, and survives power loss, once `transaction` has resolved. */
export interface Tx extends Queryable {
  /** Runs after the commit succeeded; never after a rollback. Must not throw. */
  afterCommit(run: () => void): void;
  /**
   * Gathers things until just before the commit, when `write` gets all that were gathered under its `name`, in order, once: what
   * everyone has to wait for (a counter that all share) is held as shortly as can be. Where that fails, so does the transaction.
   */
  gather<T>(name: string, things: readonly T[], write: (tx: Tx, things: readonly T[]) => Promise<void>): void;
}

/**
 * nines' state: one PostgreSQL, embedded (PGlite in a worker thread) or a server. Conventions: times are `bigint`
 * milliseconds and come back as numbers, `jsonb` comes back parsed, and goes in by `json(value)`.
 */
export interface Sql extends Queryable {
  /**
   * Runs `run` in a transaction; again, up to twice, where the server undid it because it and another waited for each other: what it does
   * beside the transaction must bear that. Inside it, use only the Tx: with the embedded engine there is one connection, and a
   * query outside the transaction would wait for it for ever (it is refused with an error instead).
   */
  transaction<T>(run: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same, for what people wait for: its statements and transactions go before those that wait already. */
  readonly urgent: Sql;
  /** True where this process is the only one that can write here (embedded). */
  readonly exclusive: boolean;
  close(): Promise<void>;
}

/** A change of the schema, applied once, in the order of the list that `migrate` is given. */
export interface Migration {
  /** Unique and never changed: `oncall-1`. */
  readonly id: string;
  /** One or more statements. */
  readonly up: string;
}

/** A value for a `jsonb` column. */
export function json<T>(value: T): RawBuilder<T> {
  return template<T>`${JSON.stringify(value)}::jsonb`;
}
