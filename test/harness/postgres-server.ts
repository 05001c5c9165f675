import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';

export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
}

/** The folder of PostgreSQL's server programs (Debian keeps them out of the PATH), if it is installed. */
export function findPostgres(): string | undefined {
  const base = '/usr/lib/postgresql';
  const versions = fs.existsSync(base) ? fs.readdirSync(base) : [];
  return versions.map((version) => path.join(base, version, 'bin')).find((bin) => fs.existsSync(path.join(bin, 'postgres')));
}

/** A PostgreSQL of its own, on loopback and an empty directory. It refuses to run as root, so root becomes 'nobody' for it. */
export async function startPostgres(bin: string): Promise<PostgresServer> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'nines-postgres-'));
  const port = await freePort();
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (nobody.uid !== undefined) fs.chownSync(directory, nobody.uid, nobody.gid);
  const run = (program: string, args: string[]): void => {
    const { status, stderr, stdout } = spawnSync(path.join(bin, program), args, {
      ...nobody,
      encoding: 'utf8',
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (status !== 0) throw new Error(`${program}: ${stdout}${stderr}`);
  };
  const data = path.join(directory, 'data');
  run('initdb', ['-D', data, '-U', 'nines', '--auth=trust', '--no-sync', '-E', 'UTF8']);
  const log = path.join(directory, 'log');
  run('pg_ctl', [
    '-D',
    data,
    '-l',
    log,
    '-w',
    '-o',
    `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`,
    'start',
  ]);
  return {
    url: `postgres://nines@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']);
      fs.rmSync(directory, { recursive: true });
    },
  };
}
