import type { Heartbeat, HeartbeatDetail } from '../../src/alerting/heartbeat/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { ago, localTime, span } from '../format.ts';
import { runJob } from '../run-job.ts';
import { clean, cleanLine, type Colour } from '../style.ts';

const HEARTBEATS = '/nines/v1/heartbeats';

export const heartbeatCommand: Setup = (program, run) => {
  const heartbeat = program.command('heartbeat').description('jobs that must say that they ran: cron jobs, backups, imports');
  heartbeat
    .command('list', { isDefault: true })
    .description('how each is; exits with 1 where one is late, failed or runs too long')
    .action(run((context) => list(context)));
  heartbeat
    .command('show')
    .description('one heartbeat: its last signals, and what its job printed last')
    .argument('<name>', 'the heartbeat')
    .action(run((context, [name = '']) => show(context, name)));
  heartbeat
    .command('ping')
    .description('say that a job ran well, started or failed')
    .argument('<name>', 'the heartbeat')
    .option('--start', 'it starts')
    .option('--fail', 'it failed')
    .action(run(async ({ client, say }, [name = ''], { start, fail }: { start?: boolean; fail?: boolean }) => {
      await client.send('POST', `${HEARTBEATS}/${encodeURIComponent(name)}/${start ? 'start' : fail ? 'fail' : 'ping'}`);
      say(`${name}: ${start ? 'started' : fail ? 'failed' : 'ran well'}`);
    })); // prettier-ignore
  heartbeat
    .command('run')
    .description('run a command, and say how it went: start, its exit code, the end of what it printed')
    .usage('[options] <name> -- <command...>')
    .argument('<name>', 'the heartbeat')
    .argument('<command...>', "the job, after '--'")
    .action(run((context, [name = '', ...command]) => runJob(context, name, command.flat())));
};

const TROUBLE = new Set(['late', 'too-long', 'failed']);
const COLOURS: Readonly<Record<string, Colour>> = { ok: 'green', running: 'bold', waiting: 'dim' };
const status = ({ status }: Heartbeat) => ({ text: status, colour: COLOURS[status] ?? ('red' as const) });

async function list(context: Context): Promise<number> {
  const found = await context.client.list<Heartbeat>(HEARTBEATS);
  const { now } = context;
  if (context.json) context.printJson(found);
  else {
    context.table<Heartbeat>(
      [
        { head: 'HEARTBEAT', cell: ({ name }) => name },
        { head: 'STATUS', cell: status },
        { head: 'SCHEDULE', flexible: true, cell: ({ schedule }) => schedule },
        { head: 'LAST SUCCESS', cell: ({ lastSuccessAt }) => (lastSuccessAt === null ? 'never' : ago(lastSuccessAt, now)) },
        { head: 'EXPECTED', cell: ({ expectedAt }) => ago(expectedAt, now) },
        { head: 'TOOK', cell: ({ runtimeMs }) => (runtimeMs === null ? '' : span(runtimeMs)) },
        { head: 'SERVICE', cell: ({ service }) => service ?? '' },
      ],
      found,
      'There is no heartbeat yet: write a document of kind Heartbeat.',
    );
  }
  return found.some((one) => TROUBLE.has(one.status)) ? EXIT_NO : EXIT_OK;
}

async function show(context: Context, name: string): Promise<void> {
  const { client, json, printJson, say, paint, now, terminal } = context;
  const found = await client.get<HeartbeatDetail>(`${HEARTBEATS}/${encodeURIComponent(name)}`);
  if (json) return printJson(found);
  const { text, colour } = status(found);
  say(`${paint('bold', cleanLine(found.title))}  ${paint(colour, text)}`);
  const when = (at: string | null): string | null => at && `${localTime(at, terminal.timeZone)} (${ago(at, now)})`;
  const facts: [string, string | null][] = [
    ['runs', found.schedule],
    ['service', found.service],
    ['severity', found.severity],
    ['last success', when(found.lastSuccessAt)],
    ['last failure', when(found.lastFailureAt)],
    ['runs since', when(found.startedAt)],
    ['expected', when(found.expectedAt)],
    ['late at', when(found.deadline)],
    ['ping', found.pingUrl],
  ];
  for (const [head, value] of facts) if (value !== null) say(`  ${paint('dim', head.padEnd(13))} ${cleanLine(value)}`);
  if (found.output !== null) say(`\n${paint('bold', 'It said last')}\n${clean(found.output)}`);
  if (found.signals.length === 0) return;
  say();
  context.table(
    [
      { head: 'WHEN', cell: ({ at }) => localTime(at, terminal.timeZone, true) },
      { head: 'SAID', cell: ({ kind }) => ({ text: kind, colour: kind === 'fail' ? ('red' as const) : undefined }) },
      { head: 'EXIT', align: 'right', cell: ({ exitCode }) => (exitCode === null ? '' : String(exitCode)) },
      { head: 'TOOK', cell: ({ runtimeMs }) => (runtimeMs === null ? '' : span(runtimeMs)) },
    ],
    found.signals.slice(0, 20),
    '',
  );
}
