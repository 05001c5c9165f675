import { Argument, Option } from 'commander';
import type { LedgerEvent } from '../../src/ledger/contract.ts';
import { newChange, type NewChange } from '../../src/releases/contract.ts';
import type { Setup } from '../context.ts';

export const changeCommand: Setup = (program, run) => {
  const { kind, state } = newChange.shape;
  program
    .command('change')
    .description('record a deploy or another change, from a pipeline; prints its marker')
    .addArgument(new Argument('<kind>', 'what changed').choices(kind.unwrap().options))
    .requiredOption('--service <name>', 'the service that changed')
    .option('--version <version>', 'what it is at now: a version, a commit')
    .option('--title <text>', 'one sentence for people (default: made of the rest)')
    .addOption(new Option('--state <state>', 'how far it is').choices(state.unwrap().options).default('finished'))
    .option('--link <address>', "a page about it: the pipeline's run, the pull request")
    .option('--by <name>', 'who did it, where not who records it')
    .option('--time <time>', 'when, in ISO 8601 (default: now)')
    .action(
      run(async ({ client, json, printJson, say, terminal }, [what], { service, version, title, state, link, by, time }: Options) => {
        const change = { kind: what, service, version, title, state, url: link, by, time };
        const event = await client.send<LedgerEvent & { warning?: string }>('POST', '/nines/v1/changes', change);
        if (event.warning !== undefined) terminal.err(`${event.warning}\n`);
        if (json) printJson(event);
        else say(String(event.marker));
      }),
    );
};

type Options = Omit<NewChange, 'kind' | 'url'> & { link?: string };
