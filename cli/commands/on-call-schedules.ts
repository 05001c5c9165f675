import type { Command } from 'commander';
import { Option } from 'commander';
import type { Shift } from '../../src/oncall/contract.ts';
import type { CalendarLink, GapJson, OverrideAnswer, OverrideJson, PersonShifts, SwapJson } from '../../src/oncall/schedules/contract.ts';
import { CliError, EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context, Run } from '../context.ts';
import { wholeNumber } from '../context.ts';
import { localTime } from '../format.ts';
import { timeAhead } from '../moment.ts';
import { cleanLine } from '../style.ts';
import type { Cell } from '../table.ts';

const V1 = '/nines/v1';
const DAY_MS = 86_400_000;
const scheduleAt = (name: string, what: string): string => `${V1}/schedules/${encodeURIComponent(name)}/${what}`;

interface SpanOptions {
  readonly from?: string;
  readonly to?: string;
  readonly for?: string;
  readonly person?: string;
  readonly layer: string;
  readonly reason?: string;
  readonly remove?: string;
}

const layer = (): Option =>
  new Option('--layer <layer>', 'whom they stand in for').choices(['primary', 'secondary', 'shadow']).default('primary');

/** The commands of `nines oncall` that are about schedules: what is to come, and how people change it. */
export function scheduleCommands(oncall: Command, run: Run): void {
  oncall
    .command('schedule')
    .description('who is on call in the weeks to come')
    .argument('<name>', 'the schedule')
    .option('--weeks <number>', 'how far to look', wholeNumber('--weeks', 1, 52), 13)
    .action(run((context, [name = ''], { weeks }: { weeks: number }) => showSchedule(context, name, weeks)));
  oncall
    .command('shifts')
    .description('the shifts of a person, in all schedules')
    .argument('[person]', 'a Person (default: whoever asks)')
    .option('--weeks <number>', 'how far to look', wholeNumber('--weeks', 1, 52), 13)
    .action(run((context, [person], { weeks }: { weeks: number }) => showShifts(context, person, weeks)));
  oncall
    .command('take')
    .description('take the next hours of a schedule, or hand them to someone')
    .argument('<schedule>', 'the schedule')
    .option('--for <duration>', 'how long, such as 4h (default: say --to)')
    .option('--to <time>', 'until when (default: say --for)')
    .option('--person <name>', 'who takes them (default: whoever asks)')
    .option('--reason <text>', 'what for (default: nothing is said)')
    .addOption(layer())
    .action(run((context, [schedule = ''], options: SpanOptions) => override(context, schedule, options)));
  oncall
    .command('override')
    .description('who stands in: list, make one, or take one back')
    .argument('<schedule>', 'the schedule')
    .option('--person <name>', 'who stands in (default: whoever asks)')
    .option('--from <time>', "'2026-12-24 18:00' on your clock, '4h' from now, or with a zone (default: now)")
    .option('--to <time>', 'until when (default: say --for)')
    .option('--for <duration>', 'how long (default: say --to)')
    .option('--reason <text>', 'what for (default: nothing is said)')
    .option('--remove <id>', 'only take this one back')
    .addOption(layer())
    .action(run((context, [schedule = ''], options: SpanOptions) => overrides(context, schedule, options)));
  oncall
    .command('gaps')
    .description('times in the next three months when nobody is on call; exits with 1 where there are some')
    .action(run((context) => gaps(context)));
  oncall
    .command('ical')
    .description('the secret address of a calendar of shifts, for calendar programs')
    .option('--person <name>', "a person's shifts (default: whoever asks)")
    .option('--schedule <name>', 'only everyone in a schedule')
    .option('--team <name>', 'only everyone in the schedules of a team')
    .option('--renew', 'end the address that there was, and make another')
    .action(run((context, _, options: LinkOptions) => ical(context, options)));
  swapCommands(oncall, run);
}

function swapCommands(oncall: Command, run: Run): void {
  const swap = oncall.command('swap').description('offer a shift to someone, perhaps for one of theirs; nothing changes before they accept');
  swap
    .command('list', { isDefault: true })
    .description('offers that wait for an answer')
    .option('--all', 'those that were answered, too')
    .action(run((context, _, { all = false }: { all?: boolean }) => listSwaps(context, all)));
  swap
    .command('offer')
    .description('offer a span of yours')
    .argument('<schedule>', 'the schedule')
    .argument('<person>', 'who is asked')
    .requiredOption('--from <time>', 'when it begins')
    .requiredOption('--to <time>', 'when it ends')
    .option('--back-from <time>', 'when what you take in return begins (default: you take nothing)')
    .option('--back-to <time>', 'and when it ends (default: you take nothing)')
    .option('--note <text>', 'what to say (default: nothing)')
    .addOption(new Option('--layer <layer>', 'which shift').choices(['primary', 'secondary']).default('primary'))
    .action(run((context, [schedule = '', person = ''], options: OfferOptions) => offer(context, schedule, { ...options, person })));
  for (const [verb, description] of [['accept', 'accept what you are asked'], ['decline', 'decline what you are asked'], ['cancel', 'take your offer back']] as const)
    swap
      .command(verb)
      .description(description)
      .argument('<id>', 'the swap')
      .action(run(async (context, [id = '']) => {
        const one = await context.client.send<SwapJson>('POST', `${V1}/swaps/${encodeURIComponent(id)}/${verb}`, {});
        if (context.json) context.printJson(one);
        else context.say(`The swap with ${cleanLine(verb === 'cancel' ? one.taker.title : one.giver.title)} is ${one.state}.`);
      }));
} // prettier-ignore

const who = (person: { title: string } | null): Cell => (person === null ? { text: 'nobody', colour: 'red' } : person.title);
const until = (context: Context, weeks: number): { from: string; to: string } => ({
  from: new Date(context.now).toISOString(),
  to: new Date(context.now + weeks * 7 * DAY_MS).toISOString(),
});

async function showSchedule(context: Context, name: string, weeks: number): Promise<void> {
  const found = await context.client.list<Shift>(scheduleAt(name, 'shifts'), until(context, weeks));
  if (context.json) return context.printJson(found);
  const { timeZone } = context.terminal;
  context.table<Shift>(
    [
      { head: 'FROM', cell: ({ from }) => localTime(from, timeZone) },
      { head: 'TO', cell: ({ to }) => localTime(to, timeZone) },
      { head: 'PRIMARY', cell: ({ primary }) => who(primary) },
      { head: 'FOR', cell: ({ insteadOf }) => insteadOf?.title ?? '' },
      { head: 'SECONDARY', cell: ({ secondary }) => secondary?.title ?? '–' },
      { head: 'SHADOWS', flexible: true, cell: ({ shadows }) => shadows.map(({ title }) => title).join(', ') },
      { head: 'LAYER', cell: ({ layer }) => layer ?? '' },
    ],
    found,
    `No shifts in the next ${weeks} weeks.`,
  );
}

async function showShifts(context: Context, person: string | undefined, weeks: number): Promise<void> {
  const found = await context.client.get<PersonShifts>(`${V1}/oncall/shifts`, { person, ...until(context, weeks) });
  if (context.json) return context.printJson(found);
  const { timeZone } = context.terminal;
  context.table<PersonShifts['shifts'][number]>(
    [
      { head: 'FROM', cell: ({ from }) => localTime(from, timeZone) },
      { head: 'TO', cell: ({ to }) => localTime(to, timeZone) },
      { head: 'SCHEDULE', cell: ({ schedule }) => schedule },
      { head: 'AS', cell: ({ role }) => role },
      { head: 'WITH', flexible: true, cell: ({ with: other }) => other?.title ?? '' },
    ],
    found.shifts,
    `${cleanLine(found.person.title)} has no shift in the next ${weeks} weeks.`,
  );
}

async function overrides(context: Context, schedule: string, options: SpanOptions): Promise<void> {
  const { client, json, say } = context;
  if (options.remove !== undefined) {
    await client.send('DELETE', scheduleAt(schedule, `overrides/${encodeURIComponent(options.remove)}`));
    if (!json) say('Taken back.');
    return;
  }
  if (options.to !== undefined || options.for !== undefined) return override(context, schedule, options);
  if (options.person !== undefined || options.from !== undefined) throw new CliError("Say when it ends: '--to' or '--for'.");
  const found = await client.list<OverrideJson>(scheduleAt(schedule, 'overrides'));
  if (json) return context.printJson(found);
  const { timeZone } = context.terminal;
  context.table<OverrideJson>(
    [
      { head: 'ID', cell: ({ id }) => id ?? { text: 'in the document', colour: 'dim' } },
      { head: 'FROM', cell: ({ from }) => localTime(from, timeZone) },
      { head: 'TO', cell: ({ to }) => localTime(to, timeZone) },
      { head: 'PERSON', cell: ({ person }) => person.title },
      { head: 'AS', cell: ({ layer }) => layer },
      { head: 'REASON', flexible: true, cell: ({ reason, swap }) => (reason === '' && swap !== null ? 'a swap' : reason) },
    ],
    found,
    `Nobody stands in, in ${schedule}.`,
  );
}

async function override(context: Context, schedule: string, options: SpanOptions): Promise<void> {
  const time = (name: '--from' | '--to', text: string | undefined): string | undefined => isoAhead(context, name, text);
  if ((options.to === undefined) === (options.for === undefined)) throw new CliError("Say when it ends: '--for' or '--to'.");
  const body = { person: options.person, layer: options.layer, from: time('--from', options.from), to: time('--to', options.to), for: options.for, reason: options.reason };
  const answer = await context.client.send<OverrideAnswer>('POST', scheduleAt(schedule, 'overrides'), body);
  if (context.json) return context.printJson(answer);
  const { person, layer: as, from, to, id } = answer.override;
  const { timeZone } = context.terminal;
  context.say(`${context.paint('bold', cleanLine(person.title))} is ${as} of ${schedule} from ${localTime(from, timeZone)} to ${localTime(to, timeZone)} (${id}).`);
  for (const warning of answer.warnings) context.say(`${context.paint('yellow', 'note:')} ${cleanLine(warning)}`);
} // prettier-ignore

const isoAhead = ({ now, terminal }: Context, option: string, text: string | undefined): string | undefined =>
  text === undefined ? undefined : new Date(timeAhead(option, text, now, terminal.timeZone)).toISOString();

async function gaps(context: Context): Promise<number> {
  const found = await context.client.list<GapJson>(`${V1}/oncall/gaps`);
  const { timeZone } = context.terminal;
  if (context.json) context.printJson(found);
  else
    context.table<GapJson>(
      [
        { head: 'SCHEDULE', cell: ({ schedule }) => schedule },
        { head: 'FROM', cell: ({ from }) => localTime(from, timeZone) },
        { head: 'TO', cell: ({ to }) => localTime(to, timeZone) },
        { head: 'ON CALL', cell: ({ person }) => who(person) },
        { head: 'WHY', flexible: true, cell: ({ kind, summary }) => (kind === 'nobody' ? '' : `away${summary === '' ? '' : `: ${summary}`}`) },
      ],
      found,
      'Somebody is on call at all times of the next three months.',
    );
  return found.length > 0 ? EXIT_NO : EXIT_OK;
} // prettier-ignore

interface LinkOptions {
  readonly person?: string;
  readonly schedule?: string;
  readonly team?: string;
  readonly renew?: boolean;
}

async function ical({ client, json, printJson, say }: Context, { person, schedule, team, renew = false }: LinkOptions): Promise<void> {
  if ([person, schedule, team].filter((one) => one !== undefined).length > 1) throw new CliError('Name one of --person, --schedule and --team.');
  const kind = schedule !== undefined ? 'schedule' : team !== undefined ? 'team' : 'person';
  const link = await client.send<CalendarLink>('POST', `${V1}/oncall/calendar-links`, { kind, name: schedule ?? team ?? person, renew });
  if (json) printJson(link);
  else say(link.url);
} // prettier-ignore

async function listSwaps(context: Context, all: boolean): Promise<void> {
  const found = await context.client.list<SwapJson>(`${V1}/swaps`, { state: all ? undefined : 'proposed' });
  if (context.json) return context.printJson(found);
  const { timeZone } = context.terminal;
  const times = ({ from, to }: { from: string; to: string }): string => `${localTime(from, timeZone)} to ${localTime(to, timeZone)}`;
  context.table<SwapJson>(
    [
      { head: 'ID', cell: ({ id }) => id },
      { head: 'SCHEDULE', cell: ({ schedule }) => schedule },
      { head: 'GIVES', cell: ({ giver }) => giver.title },
      { head: 'TO', cell: ({ taker }) => taker.title },
      { head: 'WHAT', flexible: true, cell: ({ give }) => times(give) },
      { head: 'FOR', flexible: true, cell: ({ back }) => (back === null ? '' : times(back)) },
      { head: 'STATE', cell: ({ state }) => state },
    ],
    found,
    'No swap waits for an answer.',
  );
}

interface OfferOptions {
  readonly from: string;
  readonly to: string;
  readonly backFrom?: string;
  readonly backTo?: string;
  readonly note?: string;
  readonly layer: string;
}

async function offer(context: Context, schedule: string, { person, backFrom, backTo, ...options }: OfferOptions & { person: string }): Promise<void> {
  if ((backFrom === undefined) !== (backTo === undefined)) throw new CliError('What you take in return has a beginning and an end: --back-from and --back-to.');
  const span = (from: string, to: string) => ({ from: isoAhead(context, '--from', from), to: isoAhead(context, '--to', to) });
  const body = { schedule, layer: options.layer, to: person, give: span(options.from, options.to), note: options.note, ...(backFrom !== undefined && backTo !== undefined && { back: span(backFrom, backTo) }) };
  const swap = await context.client.send<SwapJson>('POST', `${V1}/swaps`, body);
  if (context.json) context.printJson(swap);
  else context.say(`${cleanLine(swap.taker.title)} is asked (${swap.id}). Nothing changes before they accept.`);
} // prettier-ignore
