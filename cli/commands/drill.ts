import { setTimeout as pause } from 'node:timers/promises';
import type { PageDrillJson } from '../../src/experiments/contract.ts';
import { parseDuration } from '../../src/platform/duration.ts';
import { CliError } from '../cli-error.ts';
import type { Context, Outcome, Setup } from '../context.ts';
import { ago, span } from '../format.ts';
import type { Paint } from '../style.ts';

const PATH = '/nines/v1/drills';
/** How often a running drill is looked at. */
const LOOK_MS = 500;

export const drillCommand: Setup = (program, run) => {
  const drill = program.command('drill').description('exercise what must work when it is needed');
  drill
    .command('page')
    .description('send a page as a real failure would, and wait until someone acknowledges it')
    .argument('<service>', 'whose page')
    .option('--within <time>', 'how long an answer may take', '15m')
    .option('--no-wait', 'begin it, print its id, and go')
    .action(run((context, [service = ''], options: { within: string; wait: boolean }) => begin(context, service, options)));
  drill
    .command('list')
    .description('past drills: the evidence that pages arrive')
    .argument('[service]', 'only those of a service')
    .action(run((context, [service]) => list(context, service)));
};

async function begin(context: Context, service: string, { within, wait }: { within: string; wait: boolean }): Promise<Outcome> {
  const { client, json, printJson, say } = context;
  const answerWithinSeconds = Math.round(durationOf(within) / 1000);
  const begun = await client.send<PageDrillJson>('POST', PATH, { service, answerWithinSeconds });
  if (!wait) return json ? printJson(begun) : say(begun.id);
  if (!json) say(`Page drill of ${service}: the alert is raised. Answer within ${span(answerWithinSeconds * 1000)}.`);
  const ended = await follow(context, begun);
  if (json) printJson(ended);
  else say(ended.state === 'passed' ? context.paint('green', 'Passed: a page arrives, and someone answers.') : context.paint('red', `Failed. ${ended.problem}`));
  return ended.state === 'passed' ? 0 : 1;
} // prettier-ignore

/** Says each link of the chain as it holds. */
async function follow({ client, json, say, terminal }: Context, begun: PageDrillJson): Promise<PageDrillJson> {
  const said = new Set<string>();
  for (;;) {
    const drill = await client.get<PageDrillJson>(`${PATH}/${begun.id}`);
    const links: [string | null, string][] = [
      [drill.pagedAt, 'it is a page'],
      [drill.sentAt, 'the first message has left'],
      [drill.acknowledgedAt, `${drill.acknowledgedBy} acknowledged`],
    ];
    for (const [at, what] of links) {
      if (at === null || said.has(what)) continue;
      said.add(what);
      if (!json) say(`  after ${span(Date.parse(at) - Date.parse(drill.startedAt))} ${what}`);
    }
    if (drill.state !== 'running') return drill;
    await pause(LOOK_MS, undefined, { signal: terminal.signal });
  }
}

async function list(context: Context, service: string | undefined): Promise<void> {
  const { client, json, printJson, now } = context;
  const { drills } = await client.get<{ drills: PageDrillJson[] }>(PATH + (service === undefined ? '' : `?service=${encodeURIComponent(service)}`));
  if (json) return printJson(drills);
  const after = ({ startedAt }: PageDrillJson, at: string | null): string => (at === null ? '' : span(Date.parse(at) - Date.parse(startedAt)));
  context.table<PageDrillJson>(
    [
      { head: 'STARTED', cell: ({ startedAt }) => ago(startedAt, now) },
      { head: 'SERVICE', cell: ({ service }) => service },
      { head: 'RESULT', cell: ({ state }) => ({ text: state, colour: COLOURS[state] }) },
      { head: 'SENT', cell: (drill) => after(drill, drill.sentAt) },
      { head: 'ANSWERED', cell: (drill) => after(drill, drill.acknowledgedAt) },
      { head: 'BY', cell: ({ acknowledgedBy }) => acknowledgedBy ?? '' },
      { head: 'PROBLEM', flexible: true, cell: ({ problem }) => problem ?? '' },
    ],
    drills,
    'No page drill yet: nines drill page SERVICE.',
  );
} // prettier-ignore

const COLOURS = { running: 'yellow', passed: 'green', failed: 'red' } as const satisfies Record<
  PageDrillJson['state'],
  Parameters<Paint>[0]
>;

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new CliError(`--within: '${text}' is no duration; write it as 15m`);
  }
}
