import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { lockDirectory } from './lock-directory.ts';
import { createSql } from './create-sql.ts';
import type { Sql } from './sql.ts';

/** What the worker thread is asked: a statement, several statements, or to close. */
export interface WorkerRequest {
  readonly id: number;
  readonly text?: string;
  readonly parameters?: readonly unknown[];
  readonly script?: string;
  readonly close?: boolean;
}

export interface WorkerResponse {
  readonly ready?: boolean;
  readonly id?: number;
  readonly rows?: Record<string, unknown>[];
  readonly affected?: number;
  readonly error?: { message: string; code?: string | undefined; detail?: string | undefined };
}

/** A statement's error as PostgreSQL told it; `code` is the SQLSTATE, as with the `pg` driver. */
class SqlError extends Error {
  readonly code: string | undefined;
  readonly detail: string | undefined;
  constructor({ message, code, detail }: NonNullable<WorkerResponse['error']>) {
    super(message);
    this.name = 'SqlError';
    this.code = code;
    this.detail = detail;
  }
}

interface Waiting {
  resolve(response: WorkerResponse): void;
  reject(error: Error): void;
}

/** The worker thread seen from this side: requests out, answers in, one number each. */
class Engine implements DatabaseConnection {
  #worker: Worker;
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: Error | undefined;
  readonly ready: Promise<void>;

  constructor(directory: string) {
    this.#worker = new Worker(new URL('pglite-worker.mjs', import.meta.url), {
      workerData: { directory },
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (response: WorkerResponse) => {
        if (response.ready) return resolve();
        const waiting = this.#waiting.get(response.id ?? 0);
        this.#waiting.delete(response.id ?? 0);
        if (response.error) waiting?.reject(new SqlError(response.error));
        else waiting?.resolve(response);
      });
      const end = (error: Error): void => {
        this.#ended = error;
        reject(error);
        for (const waiting of this.#waiting.values()) waiting.reject(error);
        this.#waiting.clear();
      };
      this.#worker.on('error', end);
      this.#worker.on('exit', () => end(new Error('the embedded PostgreSQL has stopped')));
    });
    this.ready.catch(() => undefined);
  }

  ask(request: Omit<WorkerRequest, 'id'>): Promise<WorkerResponse> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows = [], affected = 0 } = await this.ask({ text: query.sql, parameters: query.parameters });
    return { rows: rows as R[], numAffectedRows: BigInt(affected) };
  }

  // oxlint-disable-next-line require-yield -- kysely's interface asks for a generator; PGlite has no cursor to stream from
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the embedded PostgreSQL does not stream: page with limit instead');
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.ask({ close: true }).catch(() => undefined);
    await this.#worker.terminate();
  }
}

/** One connection, taken in turn. */
class OneConnectionDriver implements Driver {
  #engine: Engine;
  #queue: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  init(): Promise<void> {
    return this.#engine.ready;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#queue;
    let release: () => void = () => undefined;
    this.#queue = new Promise((resolve) => (release = resolve));
    await before;
    this.#release = release;
    return this.#engine;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  releaseConnection(): Promise<void> {
    this.#release?.();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return this.#engine.close();
  }
}

/**
 * Opens the embedded PostgreSQL in `directory`, making it where it is not there (2 to 4 seconds, once). A commit is
 * synced to disk. A second process on the same directory is refused with a Problem that names it.
 */
export async function openEmbedded(directory: string): Promise<Sql> {
  fs.mkdirSync(directory, { recursive: true });
  const unlock = lockDirectory(directory);
  const data = path.join(directory, 'pgdata');
  try {
    if (!fs.existsSync(path.join(data, 'PG_VERSION'))) {
      // Making the cluster leaves the thread some 500 MB larger, so a thread of its own does it. It is made under
      // another name first: a half-made one must never be opened.
      const making = `${data}.making`;
      fs.rmSync(making, { recursive: true, force: true });
      const maker = new Engine(making);
      await maker.ready;
      await maker.close();
      fs.renameSync(making, data);
    }
    const engine = new Engine(data);
    await engine.ready;
    const dialect = {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new OneConnectionDriver(engine),
      createIntrospector: () => {
        throw new Error('no introspection: migrations are the schema');
      },
      createQueryCompiler: () => new PostgresQueryCompiler(),
    };
    return createSql(new Kysely<never>({ dialect }), {
      exclusive: true,
      runScript: async (script) => void (await engine.ask({ script })),
      onClose: unlock,
    });
  } catch (error) {
    unlock();
    throw error;
  }
}
