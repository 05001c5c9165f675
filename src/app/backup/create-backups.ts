import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Ledger } from '../../ledger/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { reply, route, type Route } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log.ts';
import { conflict, notFound } from '../../platform/problem.ts';
import type { Sql } from '../../platform/sql/index.ts';
import { migrations } from '../migrations.ts';
import { backupState, backupStates, type BackupState } from './contract.ts';
import { makeBackup } from './make-backup.ts';
import { readManifest } from './manifest.ts';

interface BackupsDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly monitoring: { backup(folder: string): Promise<void> };
  readonly settings: { readonly data: string; readonly backup: { readonly folder: string; readonly keep: number } };
}

const PATH = '/nines/v1/backups';
const NAME = /^\d{8}T\d{9}Z$/;
const nameOf = (now: number): string => new Date(now).toISOString().replace(/[-:.]/g, '');

/** Backups: one at a time, asked for over the API, kept in the backups' folder. */
export function createBackups(deps: BackupsDeps): { routes: Route[] } {
  const { clock, settings } = deps;
  const { folder, keep } = settings.backup;
  const states = new Map<string, BackupState>();
  const inFolder = (name: string): string => path.join(folder, name);

  async function run(name: string, actor: string): Promise<void> {
    const began = clock.monotonic();
    const now = clock.now();
    const ids = migrations().map(({ id }) => id);
    const set = (change: Partial<BackupState>): void => void states.set(name, { ...(states.get(name) as BackupState), ...change });
    try {
      await makeBackup(inFolder(name), { sql: deps.sql, telemetry: deps.monitoring.backup, data: settings.data, migrations: ids, now });
      const bytes = await sizeOf(inFolder(name));
      const seconds = (clock.monotonic() - began) / 1000;
      await removeOldest(folder, keep);
      const event = { kind: 'backup.made', title: `Backup ${name}`, actor, subject: name, data: { bytes, seconds } };
      await deps.sql.transaction((tx) => deps.ledger.append(tx, [event]));
      set({ state: 'done', bytes, seconds });
    } catch (error) {
      deps.log.error({ err: error, backup: name }, 'a backup failed');
      set({ state: 'failed', problem: (error as Error).message.slice(0, 500) });
    }
  }

  async function list(): Promise<BackupState[]> {
    const names = (await fs.readdir(folder).catch(() => [])).filter((name) => NAME.test(name));
    const done = await Promise.all(names.map(async (name) => states.get(name) ?? stateOf(name, inFolder(name))));
    const failed = [...states.values()].filter(({ name }) => !names.includes(name) && states.get(name)?.state !== 'done');
    return [...done.filter((one) => one !== undefined), ...failed].sort((a, b) => (a.name < b.name ? 1 : -1));
  }

  return {
    routes: [
      route({
        method: 'POST',
        path: PATH,
        access: 'admin',
        summary: 'Begins a backup of everything: state, telemetry, secrets',
        response: backupState,
        handler({ principal }) {
          if ([...states.values()].some(({ state }) => state === 'running')) throw conflict('A backup is being made: wait for it.');
          const now = clock.now();
          const name = nameOf(now);
          const startedAt = new Date(now).toISOString();
          states.set(name, { name, state: 'running', folder: inFolder(name), startedAt, bytes: null, seconds: null, problem: null });
          void run(name, principal.actor);
          return reply(202, states.get(name), { location: `${PATH}/${name}` });
        },
      }),
      route({
        method: 'GET',
        path: PATH,
        access: 'admin',
        summary: 'The backups that there are, newest first',
        response: backupStates,
        handler: async () => ({ backups: await list() }),
      }),
      route({
        method: 'GET',
        path: `${PATH}/:name`,
        access: 'admin',
        summary: 'How a backup is getting on',
        params: z.object({ name: z.string().regex(NAME, 'a backup is named by its time, as the list has it') }),
        response: backupState,
        async handler({ params: { name } }) {
          const found = (await list()).find((one) => one.name === name);
          if (!found) throw notFound('backup', name);
          return found;
        },
      }),
    ],
  };
}

/** What a finished backup of an earlier run of nines says of itself. */
async function stateOf(name: string, folder: string): Promise<BackupState | undefined> {
  const manifest = await readManifest(folder).catch(() => undefined);
  if (!manifest) return undefined;
  const bytes = await sizeOf(folder);
  return { name, state: 'done', folder, startedAt: manifest.createdAt, bytes, seconds: null, problem: null };
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (one) => (one.isFile() ? (await fs.stat(path.join(one.parentPath, one.name))).size : 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function removeOldest(folder: string, keep: number): Promise<void> {
  const names = (await fs.readdir(folder)).filter((name) => NAME.test(name)).sort();
  for (const name of names.slice(0, Math.max(0, names.length - keep)))
    await fs.rm(path.join(folder, name), { recursive: true, force: true });
}
