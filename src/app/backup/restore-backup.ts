import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { sql as template } from 'kysely';
import { restoreStore } from '../../monitoring/index.ts';
import { Problem } from '../../platform/problem.ts';
import { loadTables, migrate, openEmbedded, openServer, type Sql } from '../../platform/sql/index.ts';
import { migrations } from '../migrations.ts';
import { readManifest, SECRETS, STATE, TELEMETRY, type Manifest } from './manifest.ts';

export interface RestoreOptions {
  /** The backup's folder. */
  readonly from: string;
  /** The data folder to make: it must be empty, or not there. */
  readonly data: string;
  /** A PostgreSQL server for the state, with an empty database, instead of the embedded one. */
  readonly postgres?: string | undefined;
  readonly progress: (what: string) => void;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly rows: number;
  readonly samples: number;
}

/** Makes a data folder of a backup. What is there already is never touched. @throws Problem that says what is in the way */
export async function restoreBackup({ from, data, postgres, progress }: RestoreOptions): Promise<Restored> {
  const manifest = await readManifest(from);
  refuseNewer(manifest);
  if (existsSync(data) && (await fs.readdir(data)).length > 0)
    throw new Problem(409, 'data-in-use', `${path.resolve(data)} is not empty: name a folder that is not there yet with --data.`);
  progress('Checking the backup');
  await checkSum(path.join(from, STATE), manifest.stateSum);
  await fs.mkdir(data, { recursive: true });
  progress('Bringing back the state');
  const sql = postgres === undefined ? await openEmbedded(path.join(data, 'state')) : await openServer(postgres);
  try {
    const rows = await restoreState(sql, manifest, path.join(from, STATE));
    progress('Bringing back the telemetry');
    const samples = await restoreStore(path.join(data, 'telemetry'), path.resolve(from, TELEMETRY));
    for (const name of SECRETS) if (existsSync(path.join(from, name))) await fs.copyFile(path.join(from, name), path.join(data, name));
    return { manifest, rows, samples };
  } finally {
    await sql.close();
  }
}

/** Rows are brought back into the schema they come from; the next start changes it to this version's. */
function refuseNewer(manifest: Manifest): void {
  const known = new Set(migrations().map(({ id }) => id));
  const unknown = manifest.migrations.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new Problem(
      409,
      'newer-backup',
      `The backup is of nines ${manifest.version}, which knows more than this one (${unknown.join(', ')}): take that version or a newer one.`,
    );
}

async function restoreState(sql: Sql, manifest: Manifest, file: string): Promise<number> {
  if (await hasTables(sql)) throw new Problem(409, 'data-in-use', 'The database has tables already: name an empty one.');
  const wanted = new Set(manifest.migrations);
  await migrate(
    sql,
    migrations().filter(({ id }) => wanted.has(id)),
  );
  const counts = await loadTables(sql, linesOf(file));
  for (const [table, rows] of Object.entries(manifest.state)) {
    if (table !== 'migrations' && (counts[table] ?? 0) !== rows)
      throw new Problem(500, 'bad-restore', `Of ${rows} rows of ${table} only ${counts[table] ?? 0} came back: do not use what was made.`);
  }
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Opened only when the first line is asked for: lines that came before would be lost. */
async function* linesOf(file: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
}

async function hasTables(sql: Sql): Promise<boolean> {
  const { rows } = await template`select 1 from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace limit 1`.execute(
    sql.db<Record<string, never>>(),
  );
  return rows.length > 0;
}

async function checkSum(file: string, wanted: string): Promise<void> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(file), sum).catch((error: unknown) => {
    throw new Problem(400, 'no-backup', `${file} can't be read: ${(error as Error).message}`, { cause: error });
  });
  if (sum.digest('hex') !== wanted) throw new Problem(400, 'no-backup', `${file} is damaged: its checksum is not the one in the manifest.`);
}
