import type { Alert } from '../../src/alerting/contract.ts';
import type { ServiceJson } from '../../src/catalog/contract.ts';
import type { Incident } from '../../src/incidents/contract.ts';
import type { ObjectiveStatus } from '../../src/objectives/contract.ts';
import type { HealthAnswer } from '../../src/platform/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import { alertColumns, incidentColumns, objectiveColumns } from '../columns.ts';
import type { Context, Setup } from '../context.ts';
import { ago } from '../format.ts';
import { count } from '../show-problems.ts';

export const statusCommands: Setup = (program, run) => {
  program
    .command('status')
    .description('are we OK: what fires, open incidents, budgets, and nines itself; exits with 1 where we are not')
    .action(run((context) => status(context)));
  program
    .command('services')
    .description('list the services')
    .action(
      run(async ({ client, json, printJson, table }) => {
        const services = await client.list<ServiceJson>('/nines/v1/services');
        if (json) return printJson(services);
        table<ServiceJson>(
          [
            { head: 'SERVICE', cell: ({ name }) => name },
            { head: 'TIER', align: 'right', cell: ({ tier }) => String(tier) },
            { head: 'OWNER', cell: ({ owner }) => owner ?? '–' },
            { head: 'DEPENDS ON', flexible: true, cell: ({ dependsOn }) => dependsOn.join(', ') },
            { head: 'RUNBOOK', flexible: true, cell: ({ runbook }) => runbook ?? '' },
          ],
          services,
          'There are no services yet: describe one in a document of kind Service.',
        );
      }),
    );
  program
    .command('alerts')
    .description('list the alerts; exits with 1 where one fires')
    .option('--state <state>', 'pending, firing or resolved (default: pending and firing)')
    .option('--service <name>', 'only those of one service')
    .action(run((context, _, options: { state?: string; service?: string }) => alerts(context, options)));
};

interface State {
  readonly health: HealthAnswer;
  readonly alerts: Alert[];
  readonly incidents: Incident[];
  readonly objectives: ObjectiveStatus[];
}

async function status(context: Context): Promise<number> {
  const { client, json, say, paint, printJson } = context;
  const [health, alerts, incidents, objectives] = await Promise.all([
    client.get<HealthAnswer>('/nines/v1/health'),
    client.list<Alert>('/nines/v1/alerts', { state: 'firing' }),
    client.list<Incident>('/nines/v1/incidents', { state: 'open' }),
    client.list<ObjectiveStatus>('/nines/v1/objectives'),
  ]);
  const wrong = whatIsWrong({ health, alerts, incidents, objectives });
  const ok = wrong.length === 0;
  if (json) {
    printJson({ ok, health, alerts, incidents, objectives });
    return ok ? EXIT_OK : EXIT_NO;
  }
  if (ok) say(paint('green', 'All is well: nothing fires, no incident is open, no budget is spent.'));
  else say(paint('red', `Not OK: ${wrong.join(', ')}.`));
  showUnwell(context, health);
  const section = (title: string): void => say(`\n${paint('bold', title)}`);
  if (incidents.length > 0) {
    section('Open incidents');
    context.table(incidentColumns(context), incidents, '');
  }
  if (alerts.length > 0) {
    section('Firing');
    context.table(alertColumns(context), alerts, '');
  }
  if (objectives.length > 0) {
    section('Budgets');
    context.table(objectiveColumns(), objectives, '');
  }
  return ok ? EXIT_OK : EXIT_NO;
}

/** What makes the answer no, the worst first. */
export function whatIsWrong({ health, alerts, incidents, objectives }: State): string[] {
  const exhausted = objectives.filter(({ state }) => state === 'exhausted').length;
  const burning = objectives.filter(({ state }) => state === 'burning').length;
  return [
    incidents.length > 0 ? `${count(incidents.length, 'incident')} open` : '',
    alerts.length > 0 ? `${count(alerts.length, 'alert')} firing` : '',
    exhausted > 0 ? `${count(exhausted, 'budget')} spent` : '',
    burning > 0 ? `${count(burning, 'budget')} burning` : '',
    health.state === 'ok' ? '' : `nines itself is ${health.state}`,
  ].filter((one) => one !== '');
}

function showUnwell({ say, paint, now }: Context, { components }: HealthAnswer): void {
  for (const { component, state, problem, since } of components)
    if (state !== 'ok') say(`  ${paint(state === 'down' ? 'red' : 'yellow', `${component} is ${state}`)} since ${ago(since, now)}: ${problem}`);
} // prettier-ignore

async function alerts(context: Context, options: { state?: string; service?: string }): Promise<number> {
  const found = await context.client.list<Alert>('/nines/v1/alerts', { state: options.state, service: options.service });
  const shown = options.state === undefined ? found.filter(({ state }) => state !== 'resolved') : found;
  if (context.json) context.printJson(shown);
  else context.table(alertColumns(context), shown, 'No alert is active.');
  return shown.some(({ state }) => state === 'firing') ? EXIT_NO : EXIT_OK;
}
