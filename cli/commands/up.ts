import { Option } from 'commander';
import { type Setup, wholeNumber } from '../context.ts';
import { loadUp } from '../load-app.ts';
import type { UpOptions } from '../up-options.ts';

export const upCommand: Setup = (program, run) => {
  program
    .command('up')
    .description('start nines here')
    .addOption(
      new Option('--port <port>', 'the port for UI, API and intake (default: NINES_PORT or 9900)').argParser(
        wholeNumber('--port', 0, 65_535),
      ),
    ) // prettier-ignore
    .option('--host <address>', 'the address to listen on (default: NINES_HOST or "0.0.0.0")')
    .option('--data <folder>', 'where everything that must survive is kept (default: NINES_DATA or "./nines-data")')
    .option('--config <folder>', 'a folder of documents to keep in force; edits apply by themselves (default: NINES_CONFIG or none)')
    .option('--settings <file>', "the settings (default: nines.yaml in the documents' folder, or here)")
    .addOption(
      new Option('--log-level <level>', 'what goes to standard error (default: NINES_LOG_LEVEL or "warn")').choices(['debug', 'info', 'warn', 'error', 'silent']), // prettier-ignore
    )
    .action(
      run(async (_, __, { port, host, data, config, settings, logLevel }: UpOptions) => {
        const given = { port, host, data, config, settings, logLevel };
        const up = await loadUp();
        await up(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
      }),
    );
};
