import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { silentLog } from '../log.ts';
import { createTestSql } from '../../../test/harness/test-sql.ts';
import { findPostgres, type PostgresServer, startPostgres } from '../../../test/harness/postgres-server.ts';
import { maintain, migrate, openEmbedded, openServer, json, type Migration, type Sql, type Tx, withinSavepoint } from './index.ts';

interface Tables {
  things: { id: number; name: string; data: unknown; at: number };
}

const migrations: Migration[] = [
  {
    id: 'things-1',
    up: 'create table things (id bigint primary key, name text not null, data jsonb not null, at bigint not null);\ncreate index things_by_name on things (name);',
  },
];
const thing = (id: number, data: unknown = {}): { id: number; name: string; data: ReturnType<typeof json>; at: number } => ({
  id,
  name: `thing ${id}`,
  data: json(data),
  at: 1_795_000_000_000,
});

interface Engine {
  sql: Sql;
  [Symbol.asyncDispose](): PromiseLike<void>;
}

/** What every engine of state owes; the list of engines is at the end. */
function contract(open: () => Promise<Engine>): void {
  test('gives back what was put in: text, numbers, json', async () => {
    await using engine = await open();
    const db = engine.sql.db<Tables>();
    const data = { text: 'a\u0000b'.replace('\u0000', ' '), list: [1, 'two', null], nested: { yes: true }, quote: `'"\\;--` };
    await db.insertInto('things').values(thing(Number.MAX_SAFE_INTEGER, data)).execute();
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([
      { id: Number.MAX_SAFE_INTEGER, name: `thing ${Number.MAX_SAFE_INTEGER}`, data, at: 1_795_000_000_000 },
    ]);
    const updated = await db.updateTable('things').set({ name: 'x' }).executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(1n);
    expect(
      await db
        .selectFrom('things')
        .select((select) => select.fn.countAll<number>().as('n'))
        .executeTakeFirst(),
    ).toEqual({ n: 1 });
  });

  test('what is gathered is written once before the commit, what a savepoint undid is not', async () => {
    await using engine = await open();
    const { sql } = engine;
    const written: string[] = [];
    const write = async (tx: Tx, things: readonly string[]): Promise<void> => {
      written.push(things.join(' '));
      tx.afterCommit(() => written.push('committed'));
    };
    await sql.urgent.transaction(async (tx) => {
      tx.gather('things', ['a'], write);
      const undone = await withinSavepoint(tx, async (inner) => {
        inner.gather('things', ['lost'], write);
        inner.afterCommit(() => written.push('lost'));
        await inner.db<Tables>().insertInto('things').values(thing(1)).execute();
        await inner.db<Tables>().insertInto('things').values(thing(1)).execute();
      });
      expect(undone).toBeInstanceOf(Error);
      await withinSavepoint(tx, async (inner) => {
        inner.gather('things', ['b'], write);
        await inner.db<Tables>().insertInto('things').values(thing(2)).execute();
      });
      tx.gather('things', ['c'], write);
      expect(written).toEqual([]);
    });
    expect(written).toEqual(['a b c', 'committed']);
    expect((await sql.db<Tables>().selectFrom('things').select('id').execute()).map(({ id }) => id)).toEqual([2]);
    await expect(sql.transaction(async (tx) => tx.gather('things', ['d'], () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
  });

  test('a transaction is whole or not at all, and its hooks run after the commit only', async () => {
    await using engine = await open();
    const { sql } = engine;
    const hooks: string[] = [];
    await sql.transaction(async (tx) => {
      tx.afterCommit(() => hooks.push('committed'));
      await tx.db<Tables>().insertInto('things').values(thing(1)).execute();
      expect(hooks).toEqual([]);
    });
    await expect(
      sql.transaction(async (tx) => {
        tx.afterCommit(() => hooks.push('never'));
        await tx.db<Tables>().insertInto('things').values(thing(2)).execute();
        await tx.db<Tables>().insertInto('things').values(thing(1)).execute();
      }),
    ).rejects.toMatchObject({ code: '23505' });
    expect(hooks).toEqual(['committed']);
    expect(await sql.db<Tables>().selectFrom('things').select('id').execute()).toEqual([{ id: 1 }]);
  });

  test('a query beside its own open transaction is refused, not left to wait for ever', async () => {
    await using engine = await open();
    const { sql } = engine;
    await expect(sql.transaction(async () => sql.db<Tables>().selectFrom('things').selectAll().execute())).rejects.toThrow('use the Tx');
    expect(await sql.db<Tables>().selectFrom('things').selectAll().execute()).toEqual([]);
  });

  test('transactions side by side do not mix', async () => {
    await using engine = await open();
    const { sql } = engine;
    const add = async (id: number) =>
      sql.transaction(async (tx) => {
        await tx.db<Tables>().insertInto('things').values(thing(id)).execute();
        if (id % 2 === 1) throw new Error('odd');
      });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, id) => add(id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const ids = await sql.db<Tables>().selectFrom('things').select('id').orderBy('id').execute();
    expect(ids.map(({ id }) => id)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  });

  test('a migration is applied once', async () => {
    await using engine = await open();
    await migrate(engine.sql, migrations);
    await migrate(engine.sql, [...migrations, { id: 'things-2', up: 'alter table things add column more text' }]);
    await engine.sql.db<Tables & { things: { more: string | null } }>().selectFrom('things').select('more').execute();
  });
}

describe('embedded', () => {
  contract(() => createTestSql(migrations));

  test('a second process is refused, by name; a stale lock is taken over', async () => {
    const first = await createTestSql([], { own: true });
    await expect(openEmbedded(first.directory)).rejects.toThrow(/is in use by process \d+\. Stop that one first/);
    await first.sql.close();
    fs.writeFileSync(path.join(first.directory, 'lock'), '999999999 1');
    const again = await openEmbedded(first.directory);
    await again.close();
    fs.rmSync(first.directory, { recursive: true });
  });

  test('closed, it is shut down also where nobody asked it anything: the next start has nothing to recover', async () => {
    const { sql, directory } = await createTestSql([], { own: true });
    await sql.close();
    const again = await openEmbedded(directory);
    await again.close();
    // PostgreSQL's DBState: 1 is shut down, 6 in production.
    expect(fs.readFileSync(path.join(directory, 'pgdata', 'global', 'pg_control')).readInt32LE(16)).toBe(1);
    fs.rmSync(directory, { recursive: true });
  });

  test('the planner gets its statistics soon after the start', async () => {
    await using engine = await createTestSql(migrations);
    const clock = new VirtualClock(0);
    const { sql } = engine;
    await sql
      .db<Tables>()
      .insertInto('things')
      .values(Array.from({ length: 100 }, (_, id) => thing(id)))
      .execute();
    const known = async () =>
      (
        await sql
          .db<{ pg_class: { relname: string; reltuples: number } }>()
          .selectFrom('pg_class')
          .select('reltuples')
          .where('relname', '=', 'things')
          .executeTakeFirstOrThrow()
      ).reltuples;
    const stop = maintain(sql, clock, silentLog);
    expect(await known()).not.toBe(100);
    await clock.advance(60_000);
    await expect.poll(known).toBe(100);
    stop();
  });

  test('a slow query does not stall the event loop', async () => {
    await using engine = await createTestSql([]);
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await engine.sql
      .db<Record<string, never>>()
      .selectNoFrom((select) => select.fn<number>('pg_sleep', [select.val(0.4)]).as('slept'))
      .execute();
    clearInterval(timer);
    expect(longest).toBeLessThan(200);
  });

  test('acknowledged commits survive kill -9', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-kill-'));
    const program = ['--import', path.resolve('bench/typescript.mjs'), path.resolve('test/harness/commit-until-killed.mjs')];
    const prepared = await createTestSql(migrations, { own: true });
    await prepared.sql.close();
    fs.cpSync(prepared.directory, directory, { recursive: true });
    let acknowledged = 0;
    for (let round = 0; round < 3; round++) {
      const { stdout, signal, stderr } = spawnSync(process.execPath, [...program, directory, String(150 + round * 170)], {
        encoding: 'utf8',
        timeout: 30_000,
      });
      expect([signal, stderr]).toEqual(['SIGKILL', '']);
      acknowledged = Math.max(acknowledged, ...stdout.trim().split('\n').map(Number));
    }
    const sql = await openEmbedded(directory);
    const { n } = await sql
      .db<Tables>()
      .selectFrom('things')
      .select((select) => select.fn.countAll<number>().as('n'))
      .where('id', '<=', acknowledged)
      .executeTakeFirstOrThrow();
    expect(acknowledged).toBeGreaterThan(10);
    expect(n).toBe(acknowledged);
    await sql.close();
    fs.rmSync(directory, { recursive: true });
    fs.rmSync(prepared.directory, { recursive: true });
  });
});

const postgres = findPostgres();
describe.skipIf(postgres === undefined)('a PostgreSQL server', () => {
  let server: PostgresServer;
  let databases = 0;
  beforeAll(async () => {
    server = await startPostgres(postgres ?? '');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** A database of its own for each test. */
  const open = async (): Promise<Engine> => {
    const url = new URL(server.url);
    url.pathname = `/test_${++databases}`;
    const client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query(`create database test_${databases}`);
    await client.end();
    const sql = await openServer(url.href);
    await migrate(sql, migrations);
    return { sql, [Symbol.asyncDispose]: () => sql.close() };
  };
  contract(open);

  test('of two transactions that wait for each other, the one that gave way is run again', async () => {
    await using engine = await open();
    const { sql } = engine;
    await sql.transaction((tx) =>
      tx
        .db<Tables>()
        .insertInto('things')
        .values([
          { ...thing(1), at: 0 },
          { ...thing(2), at: 0 },
        ])
        .execute(),
    );
    let tries = 0;
    const reached = [0, 0];
    /** Both hold their first row before either asks for its second, the first time. */
    const take = (mine: 0 | 1) =>
      sql.transaction(async (tx) => {
        tries += 1;
        const add = (id: number) =>
          tx
            .db<Tables>()
            .updateTable('things')
            .set((row) => ({ at: row('at', '+', 1) }))
            .where('id', '=', id)
            .execute();
        await add(mine + 1);
        reached[mine]! += 1;
        await expect.poll(() => reached.every((count) => count > 0)).toBe(true);
        await add(2 - mine);
      });
    await Promise.all([take(0), take(1)]);
    expect(tries).toBe(3);
    expect(await sql.db<Tables>().selectFrom('things').select('at').execute()).toEqual([{ at: 2 }, { at: 2 }]);
  });
});
