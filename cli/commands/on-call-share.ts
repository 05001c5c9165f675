import type { Command } from 'commander';
import type { Fairness } from '../../src/oncall/fairness/contract.ts';
import type { HandoversAnswer } from '../../src/oncall/handover/contract.ts';
import type { PayAnswer } from '../../src/oncall/pay/contract.ts';
import { type Context, type Run, wholeNumber } from '../context.ts';
import { ago, localTime } from '../format.ts';
import { clean, cleanLine } from '../style.ts';

/** What on-call took of whom, what it is paid, and what is handed over. */
export function shareCommands(oncall: Command, run: Run): void {
  oncall
    .command('fairness')
    .description('hours, nights, weekends, holidays and pages by person')
    .option('--days <number>', 'how far back', wholeNumber('--days', 1, 400), 90)
    .option('--ahead', 'so many days ahead instead')
    .option('--schedule <name>', 'only of one schedule')
    .option('--team <name>', 'only of one team')
    .action(run((context, _, options: FairnessOptions) => fairness(context, options)));
  oncall
    .command('pay')
    .description('what being on call is paid for a month')
    .argument('[month]', "such as '2026-11' (default: the last one)")
    .option('--csv', 'for a spreadsheet')
    .option('--time-zone <name>', 'whose months they are', 'UTC')
    .action(run((context, [month], options: { csv?: boolean; timeZone: string }) => pay(context, month, options)));
  oncall
    .command('handover')
    .description('the next hand-over of a schedule, its notes, and what was told at the last one')
    .argument('<schedule>', 'the schedule')
    .action(run((context, [name = '']) => handover(context, name)));
  oncall
    .command('note')
    .description('write something down for whoever takes over next')
    .argument('<schedule>', 'the schedule')
    .argument('<text>', 'what they should know')
    .action(
      run(async ({ client, json, printJson, say }, [name = '', text]) => {
        const note = await client.send('POST', `/nines/v1/schedules/${encodeURIComponent(name)}/notes`, { text });
        if (json) printJson(note);
        else say('Noted.');
      }),
    );
}

interface FairnessOptions {
  days: number;
  ahead?: boolean;
  schedule?: string;
  team?: string;
}

const hours = (value: number): string => (value === 0 ? '' : String(Math.round(value)));

async function fairness(context: Context, { days, ahead = false, schedule, team }: FairnessOptions): Promise<void> {
  const { client, json, printJson, now } = context;
  const other = now + (ahead ? 1 : -1) * days * 86_400_000;
  const [from, to] = [Math.min(now, other), Math.max(now, other)].map((at) => new Date(at).toISOString());
  const answer = await client.get<Fairness>('/nines/v1/oncall/fairness', { from, to, schedule, team });
  if (json) return printJson(answer);
  context.table<Fairness['people'][number]>(
    [
      { head: 'PERSON', flexible: true, cell: ({ title }) => title },
      { head: 'SHIFTS', align: 'right', cell: ({ shifts }) => String(shifts) },
      { head: 'HOURS', align: 'right', cell: ({ primary }) => hours(primary) },
      { head: 'SECONDARY', align: 'right', cell: ({ secondary }) => hours(secondary) },
      { head: 'NIGHTS', align: 'right', cell: ({ nights }) => hours(nights) },
      { head: 'WEEKENDS', align: 'right', cell: ({ weekends }) => hours(weekends) },
      { head: 'HOLIDAYS', align: 'right', cell: ({ holidays }) => hours(holidays) },
      { head: 'PAGES', align: 'right', cell: ({ pages }) => String(pages) },
      { head: 'WOKEN', align: 'right', cell: ({ wakes }) => (wakes === 0 ? '' : `${wakes}×`) },
    ],
    answer.people,
    'Nobody was on call.',
  );
}

async function pay(context: Context, month: string | undefined, { csv = false, timeZone }: { csv?: boolean; timeZone: string }): Promise<void> {
  const { client, json, printJson, say, terminal } = context;
  const query = { month, timeZone };
  if (csv) {
    const answer = await client.stream('/nines/v1/oncall/pay', { ...query, format: 'csv' }, {}, AbortSignal.timeout(30_000));
    return terminal.out(await answer.text());
  }
  const answer = await client.get<PayAnswer>('/nines/v1/oncall/pay', query);
  if (json) return printJson(answer);
  const money = (value: number | null): string => (value === null ? '' : value.toFixed(2));
  context.table<PayAnswer['people'][number]>(
    [
      { head: 'PERSON', flexible: true, cell: ({ title }) => title },
      { head: 'HOURS', align: 'right', cell: (one) => one.hours.toFixed(1) },
      { head: 'COUNTED', align: 'right', cell: ({ counted }) => counted.toFixed(1) },
      { head: 'RATE', align: 'right', cell: ({ rate }) => money(rate) },
      { head: answer.currency, align: 'right', cell: ({ amount }) => (amount === null ? { text: 'no wage', colour: 'red' } : money(amount)) },
    ],
    answer.people,
    'Nobody was on call.',
  );
  say(`${answer.month}, ${localTime(answer.from, timeZone)} to ${localTime(answer.to, timeZone)} (${timeZone})`);
} // prettier-ignore

async function handover(context: Context, name: string): Promise<void> {
  const { client, json, printJson, say, paint, terminal, now } = context;
  const answer = await client.get<HandoversAnswer>(`/nines/v1/schedules/${encodeURIComponent(name)}/handovers`);
  if (json) return printJson(answer);
  const { next, notes, past } = answer;
  say(`${paint('bold', `${next.incoming?.title ?? 'Nobody'} takes over from ${next.outgoing?.title ?? 'nobody'}`)}, ${localTime(next.at, terminal.timeZone)} (${ago(next.at, now)})`); // prettier-ignore
  for (const { author, at, text } of notes) say(`  ${paint('dim', `${localTime(at, terminal.timeZone)} ${author}`)} ${cleanLine(text)}`);
  if (past[0]) say(`\n${paint('bold', 'Told at the last one')}\n${clean(past[0].digest)}`);
}
