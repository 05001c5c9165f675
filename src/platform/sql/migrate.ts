import { sql as template } from 'kysely';
import type { SqlWithScripts } from './create-sql.ts';
import type { Migration, Sql } from './sql.ts';

/** Any number, the same in every process: the lock that two processes starting at once take in turn. */
const LOCK = 9900;

const TABLE = 'create table if not exists migrations (id text primary key, applied_at timestamptz not null default now())';

/** Applies, in order, the migrations that this database has not seen. Each is applied whole or not at all. */
export async function migrate(sql: Sql, migrations: readonly Migration[]): Promise<void> {
  const { runScript } = sql as SqlWithScripts;
  // Two that start at once on an empty database: `if not exists` does not keep the later one from failing.
  await runScript(TABLE).catch(() => runScript(TABLE));
  await sql.transaction(async (tx) => {
    const db = tx.db<{ migrations: { id: string } }>();
    if (!sql.exclusive) await template`select pg_advisory_xact_lock(${LOCK})`.execute(db);
    const applied = new Set((await db.selectFrom('migrations').select('id').execute()).map(({ id }) => id));
    for (const { id, up } of migrations) {
      if (applied.has(id)) continue;
      for (const statement of statements(up)) await template.raw(statement).execute(db);
      await db.insertInto('migrations').values({ id }).execute();
    }
  });
}

/** Splits at a semicolon that ends a line: enough for schema files, where no string or function body does that. */
function statements(script: string): string[] {
  return script
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
