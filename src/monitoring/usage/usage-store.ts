import type { Sql } from '../../platform/sql/index.ts';
import type { QueryUse } from './query-book.ts';

interface Tables {
  metric_queries: { name: string; asker: string; count: number; last_at: number };
}

/** Rows of one statement. */
const BATCH = 1000;

export async function loadQueryUses(sql: Sql): Promise<QueryUse[]> {
  const rows = await sql.db<Tables>().selectFrom('metric_queries').selectAll().orderBy('last_at').execute();
  return rows.map(({ name, asker, count, last_at }) => ({ name, asker, count, lastAt: last_at }));
}

/** Keeps what the book has, and nothing else. */
export async function saveQueryUses(sql: Sql, uses: readonly QueryUse[]): Promise<void> {
  await sql.transaction(async (tx) => {
    const db = tx.db<Tables>();
    await db.deleteFrom('metric_queries').execute();
    for (let i = 0; i < uses.length; i += BATCH) {
      const rows = uses
        .slice(i, i + BATCH)
        .map(({ name, asker, count, lastAt }) => ({ name: name.replaceAll('\0', ''), asker, count, last_at: lastAt }));
      await db
        .insertInto('metric_queries')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  });
}
