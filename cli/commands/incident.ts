import type { Incident, IncidentDetail } from '../../src/incidents/contract.ts';
import { Option } from 'commander';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import { incidentColumns, stateCell } from '../columns.ts';
import type { Context, Setup } from '../context.ts';
import { wholeNumber } from '../context.ts';
import { ago, localTime, span } from '../format.ts';
import { clean, cleanLine } from '../style.ts';

const INCIDENTS = '/nines/v1/incidents';
const path = (id: string, what = ''): string => `${INCIDENTS}/${encodeURIComponent(id)}${what}`;
/** Commander collects what is given several times. */
const collect = (one: string, before: string[]): string[] => [...before, one];

export const incidentCommand: Setup = (program, run) => {
  const incident = program.command('incident').description('list, declare and run incidents');
  incident
    .command('list', { isDefault: true })
    .description('list incidents; exits with 1 where one is open')
    .addOption(new Option('--state <state>', 'which').choices(['open', 'all-clear', 'all']).default('open'))
    .option('--limit <number>', 'at most so many', wholeNumber('--limit', 1, 200), 50)
    .action(run((context, _, options: { state: string; limit: number }) => list(context, options)));
  incident
    .command('show')
    .description('show an incident with its timeline and what changed before it')
    .argument('<id>', 'its number or id')
    .action(run((context, [id = '']) => show(context, id)));
  incident
    .command('declare')
    .description('declare an incident')
    .argument('<title>', 'what is broken')
    .option('--service <name>', 'a service that it is about; may be given again', collect, [])
    .addOption(new Option('--severity <severity>', 'how bad').choices(['critical', 'today', 'eventually']).default('critical'))
    .action(
      run(async (context, [title = ''], { service, severity }: { service: string[]; severity: string }) => {
        done(context, await context.client.send('POST', INCIDENTS, { title, services: service, severity }), 'declared');
      }),
    );
  incident
    .command('join')
    .description("say 'I am on the scene'; the first to do so is incident commander")
    .argument('<id>', 'its number or id')
    .action(run(async (context, [id = '']) => done(context, await context.client.send('POST', path(id, '/join'), {}), 'joined')));
  incident
    .command('role')
    .description('hand a role to a person')
    .argument('<id>', 'its number or id')
    .argument('<role>', 'commander, communications, operations or scribe')
    .argument('<person>', 'the name of a Person')
    .action(
      run(async (context, [id = '', role, person]) => {
        done(context, await context.client.send('POST', path(id, '/roles'), { role, person }), `${role} is ${person}`);
      }),
    );
  for (const [name, what, description] of WRITING)
    incident
      .command(name)
      .description(description)
      .argument('<id>', 'its number or id')
      .argument('<text>', 'what to say')
      .action(
        run(async ({ client, json, printJson, say }, [id = '', text]) => {
          const entry = await client.send('POST', path(id, what), { text });
          if (json) printJson(entry);
          else say(name === 'note' ? 'Noted.' : 'Told everyone who follows. The next update is due in 30 minutes.');
        }),
      );
  incident
    .command('all-clear')
    .description('end the incident; refused while its pages fire')
    .argument('<id>', 'its number or id')
    .argument('[text]', 'what to say', '')
    .option('--force', 'even while its pages fire')
    .action(
      run(async (context, [id = '', text], { force = false }: { force?: boolean }) => {
        done(context, await context.client.send('POST', path(id, '/all-clear'), { text, force }), 'all clear');
      }),
    );
};

const WRITING = [
  ['note', '/notes', 'write into the timeline'],
  ['update', '/updates', 'tell everyone who follows how it stands'],
] as const;

function done({ json, printJson, say, paint }: Context, incident: Incident, what: string): void {
  if (json) printJson(incident);
  else say(`${paint('bold', `Incident ${incident.number}`)} (${cleanLine(incident.title)}): ${what}.`);
}

async function list(context: Context, { state, limit }: { state: string; limit: number }): Promise<number> {
  const found = await context.client.list<Incident>(INCIDENTS, { state: state === 'all' ? undefined : state, limit });
  if (context.json) context.printJson(found);
  else context.table(incidentColumns(context), found, state === 'open' ? 'No incident is open.' : 'There are no incidents.');
  return found.some((one) => one.state === 'open') ? EXIT_NO : EXIT_OK;
}

async function show(context: Context, id: string): Promise<void> {
  const { client, json, printJson, say, paint, now, terminal } = context;
  const incident = await client.get<IncidentDetail>(path(id));
  if (json) return printJson(incident);
  const { colour } = stateCell(incident.state);
  say(`${paint('bold', `Incident ${incident.number}: ${cleanLine(incident.title)}`)}  ${paint(colour, incident.state)}`);
  const time = (iso: string): string => `${localTime(iso, terminal.timeZone)} (${ago(iso, now)})`;
  const end = incident.outageEndedAt ?? (incident.state === 'open' ? new Date(now).toISOString() : null);
  const facts: [string, string | null][] = [
    ['services', incident.services.join(', ') || null],
    ['began', time(incident.outageBeganAt)],
    ['outage', end && `${span(Date.parse(end) - Date.parse(incident.outageBeganAt))}${incident.outageEndedAt === null ? ' so far' : ''}`],
    ...Object.entries(incident.roles).map(([role, person]): [string, string] => [role, person]),
    ['responders', incident.responders.join(', ') || 'nobody yet'],
    ['next update', incident.nextUpdateDueAt && ago(incident.nextUpdateDueAt, now)],
    ['all clear', incident.allClearAt && time(incident.allClearAt)],
    ['postmortem', incident.postmortem],
  ];
  for (const [name, value] of facts) if (value !== null) say(`  ${paint('dim', name.padEnd(14))} ${cleanLine(value)}`);
  section(context, 'What changed before it', incident.recentChanges);
  section(context, 'Timeline', incident.timeline);
}

function section({ say, paint, terminal }: Context, title: string, entries: IncidentDetail['timeline']): void {
  if (entries.length === 0) return;
  say(`\n${paint('bold', title)}`);
  for (const { time, actor, title: what, kind, data } of entries) {
    say(`  ${paint('dim', localTime(time, terminal.timeZone, true))}  ${cleanLine(what)}${actor === 'nines' ? '' : paint('dim', `  ${actor.replace(/^person:/, '')}`)}`);
    const text = data['text'];
    if ((kind === 'incident.noted' || kind === 'incident.updated') && typeof text === 'string' && !what.includes(text))
      for (const line of clean(text).split('\n')) say(`      ${line}`);
  }
} // prettier-ignore
