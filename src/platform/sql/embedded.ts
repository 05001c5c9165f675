/**
 * The embedded PostgreSQL: a thread, its one connection, and what happens when the disk is full or the thread ends. Longer than
 * most: requests, transaction and restart share one state, and must be seen together.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import v8 from 'node:v8';
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
import { Problem } from '../problem.ts';
import { DiskReserve } from './disk-reserve.ts';
import { lockDirectory } from './lock-directory.ts';
import { createSql } from './create-sql.ts';
import type { Sql } from './sql.ts';
import { Turns } from './turns.ts';

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
  /** PostgreSQL itself has ended, and the thread with it. */
  readonly dead?: boolean;
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

/** Tells how the engine is: what is wrong and what follows from it, or undefined when all is well again. */
export type OnStateFault = (fault: { readonly state: 'degraded' | 'down'; readonly problem: string } | undefined) => void;

const DISK_FULL = '53100';
const FULL = 'The disk of the data folder is full: this could not be kept. Make room, and send it again.';
const AWAY = 'The embedded PostgreSQL has stopped and is being opened again: this could not be kept. Send it again.';
const ON_RESERVE = 'The disk of the data folder is full. Paging goes on in room that was kept for it, which is little: make room now.';
const NOTHING_KEPT = 'The disk of the data folder is full: pages, acknowledgements and notes can not be kept. Make room.';
const LOOK_FOR_ROOM_MS = 5_000;
/** On a machine with nothing else to do it takes three seconds. */
const MAKING_MS = 120_000;
const REOPEN_AFTER_MS = { first: 100, longest: 5_000 };

/**
 * The worker thread seen from this side: requests out, answers in, one number each. Where the thread ends by itself (PostgreSQL
 * panics when the disk takes no more of its log), another is started; what had not been committed is undone, as by a crash.
 */
class Engine implements DatabaseConnection {
  readonly #directory: string;
  readonly #sync: boolean;
  readonly #reserve: DiskReserve | undefined;
  readonly #onFault: OnStateFault;
  #worker: Worker | undefined;
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #closing = false;
  #reopenAfter = REOPEN_AFTER_MS.first;
  #transaction: 'none' | 'open' | 'lost' = 'none';
  #full: NodeJS.Timeout | undefined;
  readonly ready: Promise<void>;

  constructor(directory: string, options: { sync: boolean; reserve?: DiskReserve; onFault?: OnStateFault }) {
    this.#directory = directory;
    this.#sync = options.sync;
    this.#reserve = options.reserve;
    this.#onFault = options.onFault ?? (() => undefined);
    this.ready = this.#open();
    this.ready.catch(() => undefined);
  }

  #open(): Promise<void> {
    // The optimising compiler would take 80 MB, which it doesn't give back, to make statements no faster.
    v8.setFlagsFromString('--liftoff-only');
    const worker = new Worker(new URL('pglite-worker.mjs', import.meta.url), {
      workerData: { directory: this.#directory, sync: this.#sync },
      // What a statement leaves behind is little: half of what is young by default would only be memory.
      resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 8 },
    });
    return new Promise((resolve, reject) => {
      let opened = false;
      let ended = false;
      worker.on('message', (response: WorkerResponse) => {
        if (!response.ready) return this.#answered(response);
        opened = true;
        this.#worker = worker;
        resolve();
      });
      const end = (error: Error): void => {
        reject(error);
        if (ended || !opened) return;
        ended = true;
        this.#stopped(error);
      };
      worker.on('error', end);
      worker.on('exit', () => end(new Error('the embedded PostgreSQL has stopped')));
    });
  }

  #answered(response: WorkerResponse): void {
    const waiting = this.#waiting.get(response.id ?? 0);
    this.#waiting.delete(response.id ?? 0);
    if (!response.error) return waiting?.resolve(response);
    const error = new SqlError(response.error);
    if (error.code !== DISK_FULL) return waiting?.reject(error);
    this.#diskIsFull();
    waiting?.reject(new Problem(503, 'disk-full', FULL, { retryAfter: 30, cause: error }));
  }

  /** Gives up the reserve, so that the next try finds room, and looks from now on whether there is room again. */
  #diskIsFull(): void {
    const released = this.#reserve?.isHeld ?? false;
    this.#reserve?.release();
    this.#onFault(released ? { state: 'degraded', problem: ON_RESERVE } : { state: 'down', problem: NOTHING_KEPT });
    this.#full ??= setInterval(() => {
      this.#reserve?.take();
      if (this.#reserve?.isHeld === false) return;
      clearInterval(this.#full);
      this.#full = undefined;
      this.#onFault(undefined);
    }, LOOK_FOR_ROOM_MS).unref();
  }

  #stopped(error: Error): void {
    this.#worker = undefined;
    if (this.#transaction === 'open') this.#transaction = 'lost';
    const away = new Problem(503, 'state-away', AWAY, { retryAfter: 5, cause: error });
    for (const waiting of this.#waiting.values()) waiting.reject(away);
    this.#waiting.clear();
    if (this.#closing) return;
    this.#reserve?.release();
    this.#onFault({ state: 'down', problem: `The embedded PostgreSQL has stopped and is being opened again (${error.message}).` });
    setTimeout(() => void this.#reopen(), this.#reopenAfter);
    this.#reopenAfter = Math.min(REOPEN_AFTER_MS.longest, this.#reopenAfter * 2);
  }

  async #reopen(): Promise<void> {
    if (this.#closing) return;
    try {
      await this.#open();
      this.#onFault(undefined);
    } catch (error) {
      this.#stopped(error instanceof Error ? error : new Error(String(error)));
    }
  }

  ask(request: Omit<WorkerRequest, 'id'>): Promise<WorkerResponse> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new Problem(503, 'state-away', AWAY, { retryAfter: 5 }));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...request, id });
    });
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // The new thread knows nothing of the transaction that the old one took with it: nothing may run outside of it.
    if (this.#transaction === 'lost') throw new Problem(503, 'state-away', AWAY, { retryAfter: 5 });
    const { rows = [], affected = 0 } = await this.ask({ text: query.sql, parameters: query.parameters });
    return { rows: rows as R[], numAffectedRows: BigInt(affected) };
  }

  async begin(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw('begin'));
    this.#transaction = 'open';
  }

  async commit(): Promise<void> {
    await this.executeQuery(CompiledQuery.raw('commit'));
    this.#transaction = 'none';
    this.#reopenAfter = REOPEN_AFTER_MS.first;
  }

  async rollback(): Promise<void> {
    const lost = this.#transaction === 'lost';
    this.#transaction = 'none';
    if (!lost) await this.executeQuery(CompiledQuery.raw('rollback'));
  }

  // oxlint-disable-next-line require-yield -- kysely's interface asks for a generator; PGlite has no cursor to stream from
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the embedded PostgreSQL does not stream: page with limit instead');
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#full);
    const worker = this.#worker;
    if (!worker) return;
    await this.ask({ close: true }).catch(() => undefined);
    await worker.terminate();
  }
}

/** Making a cluster takes some 700 MB, of which a thread gives little back: a process gives all of it back. */
async function makeCluster(directory: string): Promise<void> {
  const script = fileURLToPath(new URL('make-cluster.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, ['--liftoff-only', script, directory], { timeout: MAKING_MS }).catch((error: unknown) => {
    throw new Error(`the embedded PostgreSQL could not make its files in ${directory}: ${(error as Error).message}`, { cause: error });
  });
}

function removeHalfMade(directory: string): void {
  for (const name of fs.readdirSync(directory).filter((one) => one.startsWith('pgdata.making'))) {
    try {
      fs.rmSync(path.join(directory, name), { recursive: true, force: true });
    } catch {
      // Still written to.
    }
  }
}

/** One connection, taken in turn. */
class OneConnectionDriver implements Driver {
  readonly #engine: Engine;
  readonly #turns: Turns;
  readonly #urgent: boolean;
  #release: (() => void) | undefined;

  constructor(engine: Engine, turns: Turns, urgent: boolean) {
    this.#engine = engine;
    this.#turns = turns;
    this.#urgent = urgent;
  }

  init(): Promise<void> {
    return this.#engine.ready;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#release = await this.#turns.take(this.#urgent);
    return this.#engine;
  }

  beginTransaction(): Promise<void> {
    return this.#engine.begin();
  }

  commitTransaction(): Promise<void> {
    return this.#engine.commit();
  }

  rollbackTransaction(): Promise<void> {
    return this.#engine.rollback();
  }

  releaseConnection(): Promise<void> {
    this.#release?.();
    return Promise.resolve();
  }

  /** Kysely calls this only where it was asked something: the engine is closed with what it was opened for. */
  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Opens the embedded PostgreSQL in `directory`, making it where it is not there (2 to 4 seconds, once). A commit is
 * synced to disk, unless `sync` is false: for tests, which lose no power. A second process on the same directory is refused with a
 * Problem that names it.
 */
export async function openEmbedded(directory: string, onFault?: OnStateFault, { sync = true } = {}): Promise<Sql> {
  fs.mkdirSync(directory, { recursive: true });
  const unlock = lockDirectory(directory);
  const data = path.join(directory, 'pgdata');
  try {
    if (!fs.existsSync(path.join(data, 'PG_VERSION'))) {
      // It is made under another name first: a half-made one must never be opened. Each time another: the process that made the one
      // before goes on for a moment where nines was killed, and what it leaves is removed then, or by the next start.
      removeHalfMade(directory);
      const making = `${data}.making-${randomUUID()}`;
      await makeCluster(making);
      fs.renameSync(making, data);
    }
    const reserve = new DiskReserve(directory);
    const engine = new Engine(data, { sync, reserve, ...(onFault && { onFault }) });
    await engine.ready;
    reserve.take();
    const turns = new Turns(1);
    const way = (urgent: boolean): Kysely<never> =>
      new Kysely({
        dialect: {
          createAdapter: () => new PostgresAdapter(),
          createDriver: () => new OneConnectionDriver(engine, turns, urgent),
          createIntrospector: () => {
            throw new Error('no introspection: migrations are the schema');
          },
          createQueryCompiler: () => new PostgresQueryCompiler(),
        },
      });
    return createSql(
      { ordinary: way(false), urgent: way(true) },
      {
        exclusive: true,
        runScript: async (script) => void (await engine.ask({ script })),
        copyFiles: (to) => fs.promises.cp(data, to, { recursive: true }),
        onClose: async () => {
          await engine.close();
          unlock();
        },
      },
    );
  } catch (error) {
    unlock();
    throw error;
  }
}
