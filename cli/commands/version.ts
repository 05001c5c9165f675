import type { HealthAnswer } from '../../src/platform/contract.ts';
import { VERSION } from '../../src/platform/package-root.ts';
import { CliError } from '../cli-error.ts';
import type { Setup } from '../context.ts';

export const versionCommand: Setup = (program, run) => {
  program
    .command('version')
    .description("this command's version, and the server's where it answers")
    .action(
      run(async ({ client, json, say, printJson }) => {
        const server = await client.get<HealthAnswer>('/nines/v1/health').then(
          (health) => health.version,
          (error: unknown) => {
            if (error instanceof CliError) return null;
            throw error;
          },
        );
        if (json) printJson({ command: VERSION, server });
        else say(`nines ${VERSION}${server === null ? '' : `, server ${server} at ${client.url}`}`);
      }),
    );
};
