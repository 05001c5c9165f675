import type { GraphiteRuleDetail, GraphiteRuleJson, GraphiteSeries } from '../../src/alerting/graphite-rules/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { ago, figure } from '../format.ts';
import { cleanLine } from '../style.ts';
import type { Cell, Column } from '../table.ts';

const RULES = '/nines/v1/graphite-rules';

export const graphiteRuleCommand: Setup = (program, run) => {
  const rule = program.command('graphite-rule').description('alerts over Graphite series, and series that have disappeared');
  rule
    .command('list', { isDefault: true })
    .description('how many series of each rule fire or are missing; exits with 1 where one does or can not be evaluated')
    .action(run((context) => list(context)));
  rule
    .command('show')
    .description('the series that a rule knows, those in trouble first')
    .argument('<name>', 'the rule')
    .action(run((context, [name = '']) => show(context, name)));
  rule
    .command('forget')
    .description('a series is gone for good: its alerts end, and it is no longer waited for')
    .argument('<name>', 'the rule')
    .argument('<series>', 'the series, as show has it')
    .action(
      run(async ({ client, say }, [name = '', series = '']) => {
        await client.send('POST', `${RULES}/${encodeURIComponent(name)}/forget`, { series });
        say(`${cleanLine(series)} is forgotten.`);
      }),
    );
};

const count = (number: number): Cell => (number === 0 ? '0' : { text: String(number), colour: 'red' });

async function list(context: Context): Promise<number> {
  const found = await context.client.list<GraphiteRuleJson>(RULES);
  const columns: Column<GraphiteRuleJson>[] = [
    { head: 'RULE', cell: ({ name }) => name },
    { head: 'TARGET', flexible: true, cell: ({ target }) => target },
    { head: 'FIRES', cell: ({ conditions }) => conditions.join(', ') },
    { head: 'SERIES', align: 'right', cell: ({ series }) => String(series) },
    { head: 'FIRING', align: 'right', cell: ({ firing }) => count(firing) },
    { head: 'MISSING', align: 'right', cell: ({ missing }) => count(missing) },
    { head: 'EVALUATED', cell: ({ evaluatedAt }) => (evaluatedAt === null ? 'never' : ago(evaluatedAt, context.now)) },
    { head: 'PROBLEM', flexible: true, cell: ({ error }) => (error === null ? '' : { text: error, colour: 'red' }) },
  ];
  if (context.json) context.printJson(found);
  else context.table(columns, found, 'There is no rule yet: write a document of kind GraphiteRule.');
  return found.some(({ firing, missing, error }) => firing + missing > 0 || error !== null) ? EXIT_NO : EXIT_OK;
}

async function show(context: Context, name: string): Promise<void> {
  const rule = await context.client.get<GraphiteRuleDetail>(`${RULES}/${encodeURIComponent(name)}`);
  if (context.json) return context.printJson(rule);
  context.say(`${context.paint('bold', cleanLine(rule.title))}  ${cleanLine(rule.target)}  ${rule.conditions.join(', ')}`);
  if (rule.error !== null) context.say(context.paint('red', cleanLine(rule.error)));
  context.table<GraphiteSeries>(
    [
      { head: 'SERIES', flexible: true, cell: ({ series }) => series },
      { head: 'STATE', cell: ({ state }) => ({ text: state, colour: state === 'ok' ? 'green' : state === 'pending' ? 'yellow' : 'red' }) },
      { head: 'VALUE', align: 'right', cell: ({ value }) => figure(value) },
      { head: 'LAST SEEN', cell: ({ lastSeenAt }) => ago(lastSeenAt, context.now) },
    ],
    rule.known,
    'No series has been seen yet.',
  );
}
