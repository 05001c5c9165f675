import { setTimeout as pause } from 'node:timers/promises';
import type { BackupState } from '../../src/app/backup/contract.ts';
import { CliError } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { ago } from '../format.ts';
import { loadRestore } from '../load-app.ts';

const LOOK_MS = 250;

const bytes = (size: number): string => (size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`);

export const backupCommands: Setup = (program, run) => {
  const backup = program.command('backup').description('back up everything that nines keeps, while it runs');
  backup
    .command('make', { isDefault: true })
    .description("make a backup in the server's backups folder, and wait for it")
    .action(run((context) => make(context)));
  backup
    .command('list')
    .description('list the backups')
    .action(
      run(async (context) => {
        const backups = await context.client.list<BackupState>('/nines/v1/backups');
        if (context.json) return context.printJson(backups);
        context.table<BackupState>(
          [
            { head: 'BACKUP', cell: ({ name }) => name },
            { head: 'MADE', cell: ({ startedAt }) => ago(startedAt, context.now) },
            { head: 'SIZE', cell: (one) => (one.bytes === null ? '' : bytes(one.bytes)) },
            { head: 'STATE', flexible: true, cell: ({ state, problem }) => (problem === null ? state : `${state}: ${problem}`) },
          ],
          backups,
          "There are no backups. Make one with 'nines backup'.",
        );
      }),
    );
  program
    .command('restore')
    .description('make a data folder of a backup, here; nothing that is there is touched')
    .argument('<folder>', "the backup's folder")
    .option('--data <folder>', 'the data folder to make (default: "./nines-data")')
    .option('--postgres <url>', 'put the state into an empty database of this server (default: none: it goes into the data folder)')
    .action(
      run(
        async (
          { json, printJson, say, terminal },
          [from = ''],
          { data = './nines-data', postgres }: { data?: string; postgres?: string },
        ) => {
          const restore = await loadRestore();
          const { manifest, rows, samples } = await restore({ from, data, postgres, progress: (what) => terminal.err(`${what} …\n`) });
          if (json) return printJson({ ...manifest, rows, samples, data });
          say(`The backup of ${manifest.createdAt} is in ${data}: ${rows} rows of state, ${samples} samples.`);
          say(`Start it with: nines up --data ${data}`);
          say('What waited to be sent when the backup was made is sent then.');
        },
      ),
    );
};

async function make({ client, json, printJson, say }: Context): Promise<void> {
  let state = await client.send<BackupState>('POST', '/nines/v1/backups');
  while (state.state === 'running') {
    await pause(LOOK_MS);
    state = await client.get<BackupState>(`/nines/v1/backups/${state.name}`);
  }
  if (state.state === 'failed') throw new CliError(`The backup failed: ${state.problem ?? 'the server does not say why'}.`);
  if (json) return printJson(state);
  say(`${state.folder} (${bytes(state.bytes ?? 0)}, ${(state.seconds ?? 0).toFixed(1)} s)`);
}
