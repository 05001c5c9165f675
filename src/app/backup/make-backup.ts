import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { PassThrough, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { dumpTables, readSnapshot, type Sql } from '../../platform/sql/index.ts';
import { VERSION } from '../../platform/package-root.ts';
import { MANIFEST, SECRETS, STATE, TELEMETRY, type Manifest } from './manifest.ts';

export interface BackupParts {
  readonly sql: Sql;
  /** Copies the telemetry to a folder that isn't there yet. */
  readonly telemetry: (folder: string) => Promise<void>;
  /** The data folder. */
  readonly data: string;
  readonly migrations: readonly string[];
  readonly now: number;
}

/**
 * Makes a backup in a folder that isn't there yet: state, telemetry, secrets, and what there is of each. State and telemetry are each as
 * of one moment, the telemetry's a little later.
 */
export async function makeBackup(folder: string, parts: BackupParts): Promise<Manifest> {
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const { rows, sum } = await readSnapshot(parts.sql, `${folder}.state`, async (on) => {
      const file = lineFile(path.join(folder, STATE));
      const rows = await dumpTables(on, file.write);
      return { rows, sum: await file.close() };
    });
    await parts.telemetry(path.join(folder, TELEMETRY));
    for (const name of SECRETS) await fs.copyFile(path.join(parts.data, name), path.join(folder, name)).catch(ignoreMissing);
    const manifest: Manifest = {
      format: 1,
      version: VERSION,
      createdAt: new Date(parts.now).toISOString(),
      migrations: [...parts.migrations],
      state: rows,
      stateSum: sum,
    };
    await fs.writeFile(path.join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    return manifest;
  } catch (error) {
    await fs.rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A compressed file of lines, readable by its owner; `close` tells its SHA-256. */
function lineFile(name: string): { write(line: string): Promise<void>; close(): Promise<string> } {
  const lines = new PassThrough();
  const sum = createHash('sha256');
  const summing = new Transform({
    transform(chunk: Buffer, _, done) {
      sum.update(chunk);
      done(null, chunk);
    },
  });
  const written = pipeline(lines, createGzip({ level: 5 }), summing, createWriteStream(name, { mode: 0o600, flush: true }));
  // Whoever writes next is told; until then nobody asks.
  written.catch(() => undefined);
  return {
    async write(line) {
      if (!lines.write(`${line}\n`)) await Promise.race([once(lines, 'drain'), written]);
    },
    async close() {
      lines.end();
      await written;
      return sum.digest('hex');
    },
  };
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
