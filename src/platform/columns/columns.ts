/**
 * The column store behind telemetry: ClickHouse SQL in, rows or typed arrays out. Knows no domain. The adapter in
 * `chdb-columns.ts` runs the engine in process; every call is asynchronous and never holds the event loop.
 */

/** A column of a block: a typed array where the engine's type has one, else a text a row (or its UTF-8 bytes, on the way in). */
export type ColumnData = Float64Array | Uint32Array | Uint8Array | BigInt64Array | BigUint64Array | readonly (string | Buffer)[];

export interface Column {
  readonly name: string;
  /** The engine's type, such as `UInt32` or `String`. */
  readonly type: ColumnType;
  readonly data: ColumnData;
}

export type ColumnType = 'UInt8' | 'UInt32' | 'UInt64' | 'Int64' | 'Float64' | 'String';

/** Some rows of a result, a column at a time. */
export interface Block {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** A value for a `{name:Type}` placeholder. It travels beside the SQL and is never read as SQL. */
export type Parameter = string | number | bigint | boolean | readonly (string | number)[];
export type Parameters = Readonly<Record<string, Parameter>>;

export interface QueryOptions {
  /** Stops the engine's work, not only the wait for it. Default 30 s. */
  readonly timeoutMs?: number;
}

export interface Columns {
  /** Runs a statement that has no result. Throws `Problem` with what the engine said. */
  exec(sql: string, params?: Parameters): Promise<void>;
  /** Rows as objects. 64-bit integers arrive as strings. */
  query<Row extends object>(sql: string, params?: Parameters, options?: QueryOptions): Promise<Row[]>;
  /** The binary way out: the same rows as typed arrays. Columns must be of a `ColumnType`. */
  blocks(sql: string, params?: Parameters, options?: QueryOptions): Promise<Block[]>;
  /**
   * Runs `sql` with `block` readable in it as the table `{input}`: the binary way in, and the way to hand over a long list of
   * ids. Rows never pass through SQL text, where they could run as SQL.
   */
  withInput(block: readonly Column[], sql: (input: string) => string): Promise<void>;
  blocksWithInput(block: readonly Column[], sql: (input: string) => string, options?: QueryOptions): Promise<Block[]>;
  /** Copies every table to a folder that isn't there yet, below `backups`. What is written meanwhile may be left out. */
  backup(folder: string): Promise<void>;
  /** Brings tables back from such a folder. There must be none yet. */
  restore(folder: string): Promise<void>;
  /**
   * Runs one statement that can't change anything, neither data nor settings, in a session that ends with it: what it failed at
   * leaves nothing to the next. Answers bytes of the engine's `format`.
   */
  readonly(sql: string, format: string, settings: Readonly<Record<string, string | number>>): Promise<Buffer>;
  /** Waits for what runs, then releases the directory. */
  close(): Promise<void>;
}
