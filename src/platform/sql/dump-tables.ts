import { sql as template } from 'kysely';
import type { Queryable, Sql } from './sql.ts';

/** Rows in one statement: a table is never in memory as a whole. */
const ROWS = 2_000;
type Rows = Record<string, number>;

/** `public`'s tables, each after those that its foreign keys point to. */
async function tablesOf(on: Queryable): Promise<string[]> {
  const db = on.db<Record<string, never>>();
  const { rows: tables } = await template<{ name: string }>`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`.execute(db);
  const { rows: links } = await template<{ name: string; target: string }>`
    select a.relname as name, b.relname as target from pg_constraint
      join pg_class a on a.oid = conrelid join pg_class b on b.oid = confrelid
      where contype = 'f' and a.relnamespace = 'public'::regnamespace`.execute(db);
  const ordered: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (ordered.includes(name) || way.includes(name)) return;
    for (const { target } of links.filter((link) => link.name === name)) visit(target, [...way, name]);
    ordered.push(name);
  };
  for (const { name } of tables) visit(name, []);
  return ordered;
}

/**
 * Tells every row of every table, a line each: `["table", {column: value}]`. The values are the database's own JSON and never read
 * here, so that nothing is lost on the way. Returns how many rows each table has.
 */
export async function dumpTables(on: Queryable, write: (line: string) => Promise<void>): Promise<Rows> {
  const db = on.db<Record<string, never>>();
  const counts: Rows = {};
  for (const table of await tablesOf(on)) {
    let last = '(0,0)';
    for (counts[table] = 0; ;) {
      const { rows } = await template<{ at: string; row: string }>`
        select ctid::text as at, to_jsonb(t)::text as row from ${template.table(table)} t
          where ctid > ${last}::tid order by ctid limit ${ROWS}`.execute(db);
      for (const { row } of rows) await write(`[${JSON.stringify(table)},${row}]`);
      counts[table] += rows.length;
      last = rows.at(-1)?.at ?? last;
      if (rows.length < ROWS) break;
    }
  }
  return counts;
}

/** Puts dumped rows in the place of whatever the tables hold, all of them or none. Tables must be there. Returns how many came. */
export async function loadTables(sql: Sql, lines: AsyncIterable<string>): Promise<Rows> {
  return sql.transaction(async (tx) => {
    const db = tx.db<Record<string, never>>();
    const tables = await tablesOf(tx);
    for (const table of [...tables].reverse()) if (table !== 'migrations') await template`delete from ${template.table(table)}`.execute(db);
    const counts: Rows = {};
    let table = '';
    let rows: string[] = [];
    const flush = async (): Promise<void> => {
      if (rows.length === 0) return;
      const name = template.table(table);
      await template`insert into ${name} select * from jsonb_populate_recordset(null::${name}, ${`[${rows.join(',')}]`}::jsonb)`.execute(
        db,
      );
      rows = [];
    };
    for await (const line of lines) {
      const head = /^\["(\w+)",/.exec(line);
      if (!head?.[1] || !tables.includes(head[1])) throw new Error(`'${line.slice(0, 80)}' is no row of a table that this nines has`);
      // The migrations are those that made the tables.
      if (head[1] === 'migrations') continue;
      if (head[1] !== table || rows.length >= ROWS) {
        await flush();
        table = head[1];
      }
      counts[table] = (counts[table] ?? 0) + 1;
      rows.push(line.slice(head[0].length, -1));
    }
    await flush();
    return counts;
  });
}
