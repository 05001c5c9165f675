import type { OnCallNow, Shift } from '../../src/oncall/contract.ts';
import { scheduleCommands } from './on-call-schedules.ts';
import type { Context, Setup } from '../context.ts';
import { wholeNumber } from '../context.ts';
import { ago, localTime } from '../format.ts';
import type { Cell } from '../table.ts';
import { readyCommand } from './on-call-ready.ts';
import { shareCommands } from './on-call-share.ts';
import { whoToCall } from './on-call-who.ts';

type Schedule = OnCallNow['schedules'][number];

export const onCallCommands: Setup = (program, run) => {
  const oncall = program.command('oncall').description('who is on call now, and whom to call about what');
  scheduleCommands(oncall, run);
  oncall
    .command('now', { isDefault: true })
    .description('who is on call now')
    .argument('[name]', 'a service or a team (default: all)')
    .action(run((context, [name]) => now(context, name)));
  oncall
    .command('who')
    .description('whom to call about something, now and next; exits with 1 where it is nobody')
    .argument('<about...>', 'a service, a team, or words that are near one')
    .action(run((context, about: unknown[]) => whoToCall(context, about.flat().join(' '))));
  shareCommands(oncall, run);
  readyCommand(oncall, run);
  program
    .command('schedule')
    .description('the coming shifts of a schedule')
    .argument('<name>', 'the schedule')
    .option('--days <number>', 'how far to look', wholeNumber('--days', 1, 366), 28)
    .action(run((context, [name = ''], options: { days: number }) => shifts(context, name, options.days)));
};

const who = (person: { title: string } | null): Cell => person?.title ?? { text: 'nobody', colour: 'red' };

async function now(context: Context, name: string | undefined): Promise<void> {
  const { client, json, printJson, say, paint } = context;
  const answer = await client.get<OnCallNow>('/nines/v1/oncall/now');
  // A name is a service's or a team's; the server is asked for all, so that it need not be said which.
  const services = answer.services.filter(({ service }) => name === undefined || service === name);
  const schedules = answer.schedules.filter(({ team, schedule }) => name === undefined || team === name || schedule === name);
  if (json) return printJson({ ...answer, services, schedules });
  if (services.length === 0 && schedules.length === 0)
    return say(name === undefined ? 'There is no schedule yet.' : `Nobody is on call for '${name}': there is no such service, team or schedule.`);
  if (schedules.length > 0) {
    context.table<Schedule>(
      [
        { head: 'SCHEDULE', cell: ({ schedule }) => schedule },
        { head: 'TEAM', cell: ({ team }) => team ?? '–' },
        { head: 'PRIMARY', cell: ({ primary }) => who(primary) },
        { head: 'SECONDARY', cell: ({ secondary }) => who(secondary) },
        { head: 'UNTIL', cell: ({ until }) => (until === null ? '' : `${localTime(until, context.terminal.timeZone)} (${ago(until, context.now)})`) },
        { head: 'THEN', cell: ({ next }) => (next === null ? '' : (next.primary?.title ?? 'nobody')) },
      ],
      schedules,
      '',
    );
  }
  if (services.length === 0) return;
  if (schedules.length > 0) say(`\n${paint('bold', 'Who is called first')}`);
  context.table(
    [
      { head: 'SERVICE', cell: ({ service }) => service },
      { head: 'POLICY', cell: ({ policy }) => policy ?? { text: 'none', colour: 'red' } },
      { head: 'FIRST CALLED', flexible: true, cell: ({ first }) => (first.length === 0 ? who(null) : first.map(({ title }) => title).join(', ')) },
    ],
    services,
    '',
  );
} // prettier-ignore

async function shifts(context: Context, name: string, days: number): Promise<void> {
  const { client, json, printJson, terminal } = context;
  const [from, to] = [new Date(context.now).toISOString(), new Date(context.now + days * 86_400_000).toISOString()];
  const found = await client.list<Shift>(`/nines/v1/schedules/${encodeURIComponent(name)}/shifts`, { from, to });
  if (json) return printJson(found);
  context.table<Shift>(
    [
      { head: 'FROM', cell: (one) => localTime(one.from, terminal.timeZone) },
      { head: 'TO', cell: (one) => localTime(one.to, terminal.timeZone) },
      { head: 'PRIMARY', cell: ({ primary }) => who(primary) },
      { head: 'SECONDARY', cell: ({ secondary }) => who(secondary) },
    ],
    found,
    `No shifts in the next ${days} days.`,
  );
}
