import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate, type Migration, openEmbedded, type Sql } from '../../src/platform/sql/index.ts';
import type { SqlWithScripts } from '../../src/platform/sql/create-sql.ts';
import { copyTemplateCluster } from './template-cluster.ts';

export interface TestSql extends AsyncDisposable {
  readonly sql: Sql;
  readonly directory: string;
}

interface Engine {
  readonly sql: SqlWithScripts;
  readonly directory: string;
}

/** An engine that the last test gave back: opening one takes most of a second of work, emptying it a few milliseconds. */
let idle: Engine | undefined;

/**
 * An empty embedded PostgreSQL with these migrations, which syncs nothing to disk. What a test leaves running finds it closed. With
 * `own`, an engine that nobody had before and nobody gets after, in a directory that may be opened again.
 */
export async function createTestSql(migrations: readonly Migration[], { own = false } = {}): Promise<TestSql> {
  const engine = own ? await open() : await take();
  const { sql, close } = lend(engine.sql);
  await migrate(sql, migrations);
  return {
    sql: own ? engine.sql : sql,
    directory: engine.directory,
    async [Symbol.asyncDispose]() {
      close();
      if (own || idle !== undefined) await end(engine);
      else idle = engine;
    },
  };
}

async function open(): Promise<Engine> {
  const directory = fs.mkdtempSync(path.join(process.env['NINES_TEST_FOLDER'] ?? os.tmpdir(), 'nines-sql-'));
  await copyTemplateCluster(directory);
  return { sql: (await openEmbedded(directory, undefined, { sync: false })) as SqlWithScripts, directory };
}

async function take(): Promise<Engine> {
  const engine = idle;
  idle = undefined;
  if (!engine) return open();
  // What the last test was in the middle of is done first: scripts ask nobody whose turn it is.
  await engine.sql.transaction(async () => undefined);
  for (const script of ['drop schema public cascade; create schema public', 'discard all']) await engine.sql.runScript(script);
  return engine;
}

async function end({ sql, directory }: Engine): Promise<void> {
  await sql.close();
  fs.rmSync(directory, { recursive: true, force: true });
}

/** The engine for one test: after `close` it answers nothing, though it runs on. */
function lend(sql: SqlWithScripts): { readonly sql: Sql; close(): void } {
  let closed = false;
  const guard = (): void => {
    if (closed) throw new Error('the database of this test is closed');
  };
  const close = (): void => void (closed = true);
  const guarded = <S extends Sql>(one: S): S => ({
    ...one,
    get urgent() {
      return guarded(one.urgent);
    },
    db() {
      guard();
      return one.db();
    },
    async transaction(run: Parameters<Sql['transaction']>[0]) {
      guard();
      return one.transaction(run);
    },
    async close() {
      close();
    },
  });
  return { sql: guarded(sql), close };
}
