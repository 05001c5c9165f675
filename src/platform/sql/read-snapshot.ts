import fs from 'node:fs/promises';
import path from 'node:path';
import { sql as template } from 'kysely';
import type { SqlWithScripts } from './create-sql.ts';
import { openEmbedded } from './embedded.ts';
import type { Queryable, Sql } from './sql.ts';

/**
 * Reads the state as of one moment, for as long as it takes, while others go on writing. A server has snapshots for this. The
 * embedded engine has one connection: its files are copied while nothing is written, which takes as long as the disk does, and
 * the copy is read.
 * @param scratch a folder for that copy; it is removed again
 */
export async function readSnapshot<T>(sql: Sql, scratch: string, read: (on: Queryable) => Promise<T>): Promise<T> {
  const { copyFiles } = sql as SqlWithScripts;
  if (!copyFiles) {
    return sql.transaction(async (tx) => {
      await template`set transaction isolation level repeatable read read only`.execute(tx.db<Record<string, never>>());
      return read(tx);
    });
  }
  await fs.rm(scratch, { recursive: true, force: true });
  await fs.mkdir(scratch, { recursive: true });
  try {
    await sql.transaction(() => copyFiles(path.join(scratch, 'pgdata')));
    const copy = await openEmbedded(scratch);
    try {
      return await read(copy);
    } finally {
      await copy.close();
    }
  } finally {
    await fs.rm(scratch, { recursive: true, force: true });
  }
}
