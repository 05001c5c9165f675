import type { MaintenanceJson, PreviewAnswer, SilenceJson } from '../../src/alerting/muting/contract.ts';
import { CliError } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { ago, localTime } from '../format.ts';
import { cleanLine } from '../style.ts';
import type { Column } from '../table.ts';

const SILENCES = '/nines/v1/silences';

interface Written {
  readonly for?: string;
  readonly from?: string;
  readonly until?: string;
  readonly days?: string;
  readonly between?: string;
  readonly zone?: string;
  readonly reason?: string;
}

export const silenceCommand: Setup = (program, run) => {
  const silence = program.command('silence').description('hold back the pages of alerts: make, list, preview and end silences');
  silence
    .command('list', { isDefault: true })
    .description('silences in force or yet to be, and maintenance')
    .option('--all', 'those that have ended too')
    .action(run((context, _, { all }: { all?: boolean }) => list(context, all === true)));
  silence
    .command('add')
    .description('nobody is told of the alerts that fit all matchers, until it ends')
    .argument('<matchers...>', "such as service=shop, instance=~'web-.+', or an alert's name")
    .requiredOption('--reason <text>', 'why: whoever wonders about the quiet reads it')
    .option('--for <duration>', 'how long, such as 2h (default: say --until)')
    .option('--until <time>', 'when it ends, ISO 8601 (default: say --for)')
    .option('--from <time>', 'when it begins, ISO 8601 (default: now)')
    .option('--between <hours>', 'only at these local hours, such as 02:00-03:30')
    .option('--days <days>', 'only on these days, such as saturday,sunday (with --between)')
    .option('--zone <zone>', 'the time zone of the hours (default: this machine’s)')
    .action(run((context, matchers, options: Written) => add(context, matchers, options)));
  silence
    .command('show')
    .description('one silence')
    .argument('<id>', 'the silence, as `nines silence` lists it')
    .action(run((context, [id = '']) => show(context, id)));
  silence
    .command('expire')
    .description('end a silence now: what still fires under it is told')
    .argument('<ids...>', 'the silences')
    .action(run(expire));
  silence
    .command('preview')
    .description('what a silence would hold back now, and would have on past days')
    .argument('<matchers...>', "such as service=shop, instance=~'web-.+', or an alert's name")
    .option('--past <days>', 'how many days back (default: 7)')
    .option('--between <hours>', 'only at these local hours, such as 02:00-03:30')
    .option('--days <days>', 'only on these days (with --between)')
    .option('--zone <zone>', 'the time zone of the hours (default: this machine’s)')
    .action(run((context, matchers, options: Written & { past?: string }) => preview(context, matchers, options)));
}; // prettier-ignore

const textOf = ({ matchers }: SilenceJson): string =>
  matchers.map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`).join(' ');

const columns = ({ now }: Context): Column<SilenceJson>[] => [
  { head: 'SILENCE', cell: ({ id }) => id },
  { head: 'STATE', cell: ({ state }) => ({ text: state, colour: state === 'active' ? 'yellow' : undefined }) },
  { head: 'MATCHERS', flexible: true, cell: textOf },
  { head: 'HOLDS', align: 'right', cell: ({ holds }) => String(holds) },
  { head: 'ENDS', cell: ({ endsAt }) => ago(endsAt, now) },
  { head: 'BY', cell: ({ createdBy }) => createdBy },
  { head: 'REASON', flexible: true, cell: ({ reason }) => cleanLine(reason) },
];

async function list(context: Context, all: boolean): Promise<void> {
  const { client, json, printJson, say, now } = context;
  const found = (await client.list<SilenceJson>(SILENCES)).filter(({ state }) => all || state !== 'expired');
  if (json) return printJson(found);
  context.table(columns(context), found, 'No silence is in force.');
  const windows = (await client.list<MaintenanceJson>('/nines/v1/maintenance')).filter(({ state }) => all || state !== 'expired');
  if (windows.length === 0) return;
  say();
  context.table<MaintenanceJson>(
    [
      { head: 'MAINTENANCE', cell: ({ id }) => id },
      { head: 'STATE', cell: ({ state }) => state },
      { head: 'SERVICES', flexible: true, cell: ({ services }) => services.join(', ') },
      { head: 'NEXT CHANGE', cell: ({ nextChange }) => ago(nextChange, now) },
      { head: 'REASON', flexible: true, cell: ({ reason }) => cleanLine(reason) },
    ],
    windows,
    '',
  );
}

/** @throws CliError where the hours are none */
function recurringOf({ between, days, zone }: Written, machineZone: string) {
  if (between === undefined) {
    if (days !== undefined) throw new CliError('--days needs --between: the hours of these days, such as 02:00-03:30.');
    return null;
  }
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(between) ?? [];
  if (from === undefined) throw new CliError(`'${between}' are no hours: write them as 02:00-03:30.`);
  return { from, to, timeZone: zone ?? machineZone, ...(days !== undefined && { days: days.split(',').map((day) => day.trim()) }) };
}

async function add(context: Context, matchers: readonly string[], options: Written): Promise<void> {
  const { client, json, printJson, say, paint, terminal } = context;
  const body = {
    matchers,
    reason: options.reason,
    recurring: recurringOf(options, terminal.timeZone),
    ...(options.from !== undefined && { startsAt: options.from }),
    ...(options.until !== undefined && { endsAt: options.until }),
    ...(options.for !== undefined && { duration: options.for }),
  };
  const { silence, warnings } = await client.send<{ silence: SilenceJson; warnings: string[] }>('POST', SILENCES, body);
  if (json) return printJson({ silence, warnings });
  for (const warning of warnings) say(paint('yellow', `! ${warning}`));
  say(`Silenced until ${localTime(silence.endsAt, terminal.timeZone)}: ${textOf(silence)}`);
  say(`End it with: nines silence expire ${silence.id}`);
}

async function show({ client, json, printJson, say, paint, terminal, now }: Context, id: string): Promise<void> {
  const { silence } = await client.get<{ silence: SilenceJson }>(`${SILENCES}/${encodeURIComponent(id)}`);
  if (json) return printJson(silence);
  const { recurring } = silence;
  say(`${paint('bold', textOf(silence))}  ${silence.state}`);
  const facts: [string, string | null][] = [
    ['silence', silence.id],
    ['reason', silence.reason],
    ['by', silence.createdBy],
    ['from', localTime(silence.startsAt, terminal.timeZone)],
    ['until', `${localTime(silence.endsAt, terminal.timeZone)} (${ago(silence.endsAt, now)})`],
    ['hours', recurring && `${recurring.days.join(', ')} ${recurring.from}-${recurring.to} ${recurring.timeZone}`],
    ['holds back', `${silence.holds} alerts now`],
  ];
  for (const [name, value] of facts) if (value !== null) say(`  ${paint('dim', name.padEnd(11))} ${cleanLine(value)}`);
}

async function expire({ client, json, printJson, say }: Context, ids: readonly string[]): Promise<void> {
  const ended: SilenceJson[] = [];
  for (const id of ids) {
    const { silence } = await client.send<{ silence: SilenceJson }>('POST', `${SILENCES}/${encodeURIComponent(id)}/expire`);
    ended.push(silence);
    if (!json) say(`Ended: ${textOf(silence)}`);
  }
  if (json) printJson(ended);
}

async function preview(context: Context, matchers: readonly string[], options: Written & { past?: string }): Promise<void> {
  const { client, json, printJson, say, paint, terminal } = context;
  const body = { matchers, recurring: recurringOf(options, terminal.timeZone), ...(options.past !== undefined && { days: Number(options.past) }) };
  const answer = await client.send<PreviewAnswer>('POST', `${SILENCES}/preview`, body);
  if (json) return printJson(answer);
  for (const warning of answer.warnings) say(paint('yellow', `! ${warning}`));
  const { now, past } = answer;
  say(now.count === 0 ? 'No alert that fires now fits.' : `${now.count} of the alerts that fire or are about to:`);
  for (const { rule, service } of now.alerts) say(`  ${cleanLine(rule)}${service === null ? '' : ` of ${service}`}`);
  say(`\nSince ${localTime(past.from, terminal.timeZone)} it would have hidden ${past.hidden} of ${past.of} alerts${past.complete ? '' : ' (only the newest were looked at)'}.`);
  const rows = past.days.flatMap(({ day, alerts }) => alerts.map((one) => ({ day, ...one })));
  if (rows.length === 0) return;
  context.table<(typeof rows)[number]>(
    [
      { head: 'DAY', cell: ({ day }) => day },
      { head: 'ALERT', flexible: true, cell: ({ rule }) => rule },
      { head: 'SERVICE', cell: ({ service }) => service ?? '–' },
      { head: 'TIMES', align: 'right', cell: ({ times }) => String(times) },
    ],
    rows,
    '',
  );
} // prettier-ignore
