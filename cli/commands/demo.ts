import { Argument, type Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { createClient } from '../client.ts';
import type { Setup } from '../context.ts';
import { DEFAULT_CONTROLLER, type GlobalOptions, serverUrl } from '../settings.ts';
import { cleanLine } from '../style.ts';
import type { Terminal } from '../terminal.ts';

const BREAKS = ['errors', 'latency', 'crash', 'dependency', 'deploy'];

type Options = GlobalOptions & { controller: string };

export const demoCommand: Setup = (program, run) => {
  const demo = program.command('demo').description("break the demo's service, and heal it (start it with: npm run demo)");
  const withController = (command: Command): Command => command.option('--controller <address>', "the demo's controller", DEFAULT_CONTROLLER);
  withController(demo.command('break').description('break it')).addArgument(new Argument('<what>', 'in which way').choices(BREAKS)).action(
    run(async ({ json, printJson, say, paint, terminal }, [what = ''], options: Options) => {
      const answer = await post(terminal, options, `/break/${what}`);
      if (json) return printJson(answer);
      say(`${paint('red', 'Broken:')} ${cleanLine(typeof answer['tells'] === 'string' ? answer['tells'] : what)}`);
      say(paint('dim', "The page comes to the mailbox. Acknowledge it there, or by 'npm run nines -- ack --all'; mend it by 'npm run nines -- demo heal'."));
    }),
  );
  withController(demo.command('heal').description('heal it')).action(
    run(async ({ json, printJson, say, paint, terminal }, _, options: Options) => {
      const answer = await post(terminal, options, '/heal');
      if (json) return printJson(answer);
      say(paint('green', typeof answer['tells'] === 'string' ? cleanLine(answer['tells']) : 'Healed.'));
    }),
  );
}; // prettier-ignore

async function post(terminal: Terminal, { controller, timeout }: Options, path: string): Promise<Record<string, unknown>> {
  // The controller is no nines server: it gets no token.
  const client = createClient(terminal, { url: serverUrl(controller, {}), token: undefined, timeoutMs: timeout * 1000 });
  try {
    return (await client.send<Record<string, unknown> | undefined>('POST', path)) ?? {};
  } catch (error) {
    if (error instanceof CliError && error.status === undefined) throw new CliError(error.message, { hint: 'start the demo with: npm run demo' });
    throw error;
  }
} // prettier-ignore
