import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate, type Migration, openEmbedded, type Sql } from '../../src/platform/sql/index.ts';

/** Making a cluster takes seconds, copying one does not: made once a machine and version, copied for each test. */
const TEMPLATE = path.join(os.tmpdir(), 'nines-test-template-18');

export interface TestSql extends AsyncDisposable {
  readonly sql: Sql;
  readonly directory: string;
}

/** An empty embedded PostgreSQL with these migrations, in a directory of its own. */
export async function createTestSql(migrations: readonly Migration[]): Promise<TestSql> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-sql-'));
  if (!fs.existsSync(path.join(TEMPLATE, 'pgdata'))) {
    const making = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-template-'));
    await (await openEmbedded(making)).close();
    // Another test process may have been first: then its template serves as well.
    try {
      fs.renameSync(making, TEMPLATE);
    } catch {
      fs.rmSync(making, { recursive: true });
    }
  }
  fs.cpSync(path.join(TEMPLATE, 'pgdata'), path.join(directory, 'pgdata'), { recursive: true });
  const sql = await openEmbedded(directory);
  await migrate(sql, migrations);
  return {
    sql,
    directory,
    async [Symbol.asyncDispose]() {
      await sql.close();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}
