import type { ObjectiveStatus } from '../../src/objectives/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import { objectiveColumns, stateCell } from '../columns.ts';
import type { Context, Setup } from '../context.ts';
import { ago, figure, localTime, percent, span } from '../format.ts';
import { cleanLine } from '../style.ts';

const OBJECTIVES = '/nines/v1/objectives';

export const objectivesCommand: Setup = (program, run) => {
  program
    .command('slo')
    .description('objectives and their error budgets; exits with 1 where one burns or is spent')
    .argument('[name]', 'one objective (default: all)')
    .action(run((context, [name]) => (name === undefined ? list(context) : show(context, name))));
};

const isFine = ({ state }: ObjectiveStatus): boolean => state === 'ok' || state === 'no-data';

async function list(context: Context): Promise<number> {
  const found = await context.client.list<ObjectiveStatus>(OBJECTIVES);
  if (context.json) context.printJson(found);
  else context.table(objectiveColumns(), found, 'There are no objectives yet: describe one in an OpenSLO document of kind SLO.');
  return found.every(isFine) ? EXIT_OK : EXIT_NO;
}

async function show(context: Context, name: string): Promise<number> {
  const { client, json, printJson, say, paint, now, terminal } = context;
  const one = await client.get<ObjectiveStatus>(`${OBJECTIVES}/${encodeURIComponent(name)}`);
  if (json) {
    printJson(one);
    return isFine(one) ? EXIT_OK : EXIT_NO;
  }
  say(`${paint('bold', cleanLine(one.title))}  ${paint(stateCell(one.state).colour, one.state)}`);
  const { budget, exhaustedAt } = one;
  const facts: [string, string | null][] = [
    ['service', one.service],
    ['promise', `${percent(one.target)} over ${span(one.windowMs)}`],
    ['kept', percent(one.attainment)],
    ['events', one.total === null ? null : `${figure(one.good)} good of ${figure(one.total)}`],
    ['budget left', percent(budget.remaining, 1)],
    ['spent', budget.allowed === null ? null : `${figure(budget.spent)} of ${figure(budget.allowed)} bad events allowed`],
    ['gone', exhaustedAt && `${ago(exhaustedAt, now)}, ${localTime(exhaustedAt, terminal.timeZone)}`],
  ];
  for (const [label, value] of facts) if (value !== null) say(`  ${paint('dim', label.padEnd(12))} ${cleanLine(value)}`);
  say();
  context.table(
    [
      { head: 'WINDOW', align: 'right', cell: ({ windowMs }) => span(windowMs) },
      { head: 'BURN RATE', align: 'right', cell: ({ rate }) => (rate === null ? '–' : { text: `${figure(rate)}×`, colour: rate > 1 ? 'yellow' : undefined }) },
    ],
    one.burnRates,
    'No burn rates yet.',
  );
  return isFine(one) ? EXIT_OK : EXIT_NO;
} // prettier-ignore
