import { json, type Queryable, type Sql, type Tx } from '../platform/sql/index.ts';
import type { SourceFile } from './check-documents.ts';
import type { ResourceChange } from './contract.ts';
import type { PastVersion } from './past-sets.ts';

interface Tables {
  config_versions: { version: number; applied_at: number; actor: string; source: string; changes: ResourceChange[] };
  config_files: { file: string; text: string };
}

/** Version 0: nothing was ever applied. */
export interface StoredVersion {
  readonly version: number;
  readonly appliedAt: number | null;
  readonly source: string | null;
}

export interface NewVersion {
  readonly version: number;
  readonly at: number;
  readonly actor: string;
  readonly source: string;
  readonly changes: readonly ResourceChange[];
}

/** So many are looked at together. */
const MOST_VERSIONS = 2_000;

/** Keeps the text of the files in force: what they mean is found anew at each start, by the kinds of that day. */
export const catalogStore = {
  async files(sql: Sql): Promise<SourceFile[]> {
    return sql.db<Tables>().selectFrom('config_files').selectAll().orderBy('file').execute();
  },

  async version(on: Queryable): Promise<StoredVersion> {
    const row = await on
      .db<Tables>()
      .selectFrom('config_versions')
      .select(['version', 'applied_at', 'source'])
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined
      ? { version: 0, appliedAt: null, source: null }
      : { version: row.version, appliedAt: row.applied_at, source: row.source };
  },

  async replaceFiles(tx: Tx, files: readonly SourceFile[]): Promise<void> {
    const db = tx.db<Tables>();
    await db.deleteFrom('config_files').execute();
    // PostgreSQL takes 65,535 parameters a statement.
    for (let i = 0; i < files.length; i += 500) {
      const rows = files.slice(i, i + 500).map(({ file, text }) => ({ file, text }));
      await db.insertInto('config_files').values(rows).execute();
    }
  },

  /** Those that were applied after a time, the newest first. */
  async versionsAfter(on: Queryable, time: number): Promise<PastVersion[]> {
    const select = on.db<Tables>().selectFrom('config_versions').select(['version', 'applied_at', 'changes']);
    const rows = await select.where('applied_at', '>', time).orderBy('version', 'desc').limit(MOST_VERSIONS).execute();
    return rows.map(({ version, applied_at: appliedAt, changes }) => ({ version, appliedAt, changes }));
  },

  async addVersion(tx: Tx, { version, at, actor, source, changes }: NewVersion): Promise<void> {
    const row = { version, applied_at: at, actor, source, changes: json([...changes]) };
    await tx.db<Tables>().insertInto('config_versions').values(row).execute();
  },
};
