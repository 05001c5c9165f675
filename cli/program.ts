import { Command, CommanderError, Help, Option } from 'commander';
import { sourceStack } from '../src/platform/source-stack.ts';
import { CliError, EXIT_FAILED, EXIT_OK } from './cli-error.ts';
import { accessCommands } from './commands/access.ts';
import { alertCommand } from './commands/alert.ts';
import { reviewCommand } from './commands/review.ts';
import { backtestCommand } from './commands/backtest.ts';
import { backupCommands } from './commands/backup.ts';
import { changeCommand } from './commands/change.ts';
import { chatCommand } from './commands/chat.ts';
import { configurationCommands } from './commands/configuration.ts';
import { deliveryCommand } from './commands/delivery.ts';
import { demoCommand } from './commands/demo.ts';
import { drillCommand } from './commands/drill.ts';
import { eventsCommand } from './commands/events.ts';
import { graphiteRuleCommand } from './commands/graphite-rule.ts';
import { alertRouteCommand } from './commands/alert-route.ts';
import { heartbeatCommand } from './commands/heartbeat.ts';
import { incidentCommand } from './commands/incident.ts';
import { integrationCommand } from './commands/integration.ts';
import { metricsCommand } from './commands/metrics.ts';
import { objectivesCommand } from './commands/objectives.ts';
import { onCallCommands } from './commands/oncall.ts';
import { pageCommands } from './commands/pages.ts';
import { postmortemCommand } from './commands/postmortem.ts';
import { queryCommand } from './commands/query.ts';
import { silenceCommand } from './commands/silence.ts';
import { sqlCommand } from './commands/sql.ts';
import { statusCommands } from './commands/status.ts';
import { upCommand } from './commands/up.ts';
import { versionCommand } from './commands/version.ts';
import { createContext, type Outcome, type Run, wholeNumber } from './context.ts';
import { DEFAULT_URL, type GlobalOptions } from './settings.ts';
import { paintFor } from './style.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODES = `
Exit codes:
  0  yes: done, nothing is wrong
  1  no: documents have errors, something is firing, there are differences
  2  no answer: wrong usage, a refusal, a server that can't be reached

Settings from the environment:
  NINES_URL          the server's address (--url)
  NINES_TOKEN        an API token (--token); NINES_ADMIN_TOKEN serves where it is not set,
                     and what 'nines login' saved where neither is
  NO_COLOR           any value: no colours`;

const EVERY_COMMAND = 'Options of every command:';

/** Commander's own help, but for the options of every command: they come last, in one list. */
function commandsFirst(command: Command, helper: Help): string {
  const sections = Help.prototype.formatHelp.call(helper, command, helper).trimEnd().split('\n\n');
  const isCommon = (section: string): boolean => section.startsWith(EVERY_COMMAND) || section.startsWith('Global Options:');
  const common = sections.filter(isCommon).flatMap((section) => section.split('\n').slice(1));
  const help = common.findIndex((line) => line.startsWith('  -h, --help'));
  if (help !== -1) common.push(...common.splice(help, 1));
  return `${[...sections.filter((section) => !isCommon(section)), [EVERY_COMMAND, ...common].join('\n')].join('\n\n')}\n`;
}

/** Runs the command as the shell called it; resolves to the exit code. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT_OK;
  const program = buildProgram(terminal, (outcome) => {
    code = outcome ?? EXIT_OK;
  });
  try {
    // An option of that name would take --version from 'nines change'.
    await program.parseAsync(argv[0] === '--version' ? ['version'] : [...argv], { from: 'user' });
    return code;
  } catch (error) {
    // Help and usage errors have been written already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_FAILED;
    const failure = asFailure(error, terminal);
    const paint = paintFor({ ...terminal, interactive: terminal.interactive }, !argv.includes('--no-color'));
    terminal.err(`${paint('red', 'nines:')} ${failure.message}${failure.hint === undefined ? '' : `\n  ${failure.hint}`}\n`);
    return failure.exitCode;
  }
}

/** What a person is told: a Problem speaks for itself, anything else that was thrown is a defect of nines. */
function asFailure(error: unknown, { env }: Terminal): CliError {
  if (error instanceof CliError) return error;
  const { message, stack = '', slug } = error as Error & { slug?: unknown };
  if (typeof slug === 'string') return new CliError(message);
  const hint = env['NINES_DEBUG'] ? sourceStack(stack) : 'this is a defect: please report it with what NINES_DEBUG=1 shows';
  return new CliError(`nines made a mistake: ${message}`, { hint });
}

/** The whole command, for running and for the reference. */
export function buildProgram(terminal: Terminal, done: (outcome: Outcome) => void): Command {
  const program = new Command('nines');
  const width = Math.min(terminal.columns, 110);
  program
    .description('Watches your services, keeps their promises in view, and gets the right person out of bed.')
    .usage('<command> [options]')
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true, formatHelp: commandsFirst })
    .optionsGroup(EVERY_COMMAND)
    .option('--url <address>', `the server's address (default: NINES_URL or "${DEFAULT_URL}")`)
    .option(
      '--token <token>',
      "an API token (default: NINES_TOKEN, NINES_ADMIN_TOKEN, what 'nines login' saved, or that of a server on this machine)",
    )
    .option('--json', 'print JSON instead of text')
    .addOption(new Option('--timeout <seconds>', 'how long to wait for an answer').argParser(wholeNumber('--timeout', 1, 3600)).default(30))
    .option('--no-color', 'no colours')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError("(see 'nines --help')")
    .addHelpText('after', EXIT_CODES);

  const runAction: Run =
    (action) =>
    async (...given) => {
      // Commander hands over the arguments, then the options, then the command.
      const command = given.at(-1) as Command;
      const options = command.optsWithGlobals<GlobalOptions>();
      done(await action(createContext(terminal, options), given.slice(0, -2) as string[], options as never));
    };

  program.commandsGroup('Everyday:');
  upCommand(program, runAction);
  statusCommands(program, runAction);
  pageCommands(program, runAction);
  onCallCommands(program, runAction);
  incidentCommand(program, runAction);
  postmortemCommand(program, runAction);
  deliveryCommand(program, runAction);
  queryCommand(program, runAction);
  silenceCommand(program, runAction);
  sqlCommand(program, runAction);
  metricsCommand(program, runAction);
  objectivesCommand(program, runAction);
  alertCommand(program, runAction);
  backtestCommand(program, runAction);
  reviewCommand(program, runAction);
  eventsCommand(program, runAction);
  chatCommand(program, runAction);
  changeCommand(program, runAction);
  drillCommand(program, runAction);
  alertRouteCommand(program, runAction);
  heartbeatCommand(program, runAction);
  integrationCommand(program, runAction);
  graphiteRuleCommand(program, runAction);
  program.commandsGroup('Configuration:');
  configurationCommands(program, runAction);
  program.commandsGroup('Access:');
  accessCommands(program, runAction);
  backupCommands(program, runAction);
  program.commandsGroup('Demo:');
  demoCommand(program, runAction);
  program.commandsGroup('More:').helpCommand('help [command]', 'show help for a command');
  versionCommand(program, runAction);
  return program;
}
