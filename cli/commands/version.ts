import fs from 'node:fs';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import { CliError } from '../cli-error.ts';
import type { Setup } from '../context.ts';

/** The version in the package's own file, which lies above `cli` as source and above `dist/cli` as built. */
export function ownVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const found = JSON.parse(fs.readFileSync(new URL(place, import.meta.url), 'utf8')) as { name?: string; version?: string };
      if (found.name === 'nines' && found.version !== undefined) return found.version;
    } catch {
      // Not here: the next place.
    }
  }
  return 'unknown';
}

export const versionCommand: Setup = (program, run) => {
  program
    .command('version')
    .description("this command's version, and the server's where it answers")
    .action(
      run(async ({ client, json, say, printJson }) => {
        const command = ownVersion();
        const server = await client.get<HealthAnswer>('/nines/v1/health').then(
          (health) => health.version,
          (error: unknown) => {
            if (error instanceof CliError) return null;
            throw error;
          },
        );
        if (json) printJson({ command, server });
        else say(`nines ${command}${server === null ? '' : `, server ${server} at ${client.url}`}`);
      }),
    );
};
