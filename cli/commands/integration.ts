import type { Integration, IntegrationKey } from '../../src/alerting/inbound/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { ago } from '../format.ts';
import { cleanLine } from '../style.ts';
import type { Cell } from '../table.ts';

const INTEGRATIONS = '/nines/v1/integrations';
const at = (name: string, what: string): string => `${INTEGRATIONS}/${encodeURIComponent(name)}/${what}`;

export const integrationCommand: Setup = (program, run) => {
  const integration = program.command('integration').description('who tells of alerts from outside: PagerDuty and Opsgenie senders, Grafana, mail, any JSON');
  integration
    .command('list', { isDefault: true })
    .description("where each sends, what came last, and what was wrong; exits with 1 where one's secret is missing")
    .action(run((context) => list(context)));
  integration
    .command('key')
    .description('make a key for its sender, in place of the one before; it is printed once')
    .argument('<name>', 'the integration')
    .option('--revoke', 'only revoke the one that there is')
    .action(run((context, [name = ''], { revoke }: { revoke?: boolean }) => key(context, name, revoke === true)));
  integration
    .command('test')
    .description('an alert as if it had told of it: a ticket that calls nobody, and is over a minute later')
    .argument('<name>', 'the integration')
    .action(
      run(async ({ client, say, json, printJson }, [name = '']) => {
        const answer = await client.send<{ title: string }>('POST', at(name, 'test'));
        if (json) printJson(answer);
        else say(`Told: ${cleanLine(answer.title)}`);
      }),
    );
}; // prettier-ignore

const SECRETS: Readonly<Record<Integration['secret'], Cell>> = {
  environment: 'environment',
  key: 'key',
  missing: { text: 'not set', colour: 'red' },
  none: 'intake token',
};

async function list(context: Context): Promise<number> {
  const found = await context.client.list<Integration>(INTEGRATIONS);
  const { now } = context;
  if (context.json) context.printJson(found);
  else {
    context.table<Integration>(
      [
        { head: 'INTEGRATION', cell: ({ name }) => name },
        { head: 'TYPE', cell: ({ type }) => type },
        { head: 'SENDS TO', flexible: true, cell: ({ address }) => address },
        { head: 'SECRET', cell: ({ secret }) => SECRETS[secret] },
        { head: 'TAKEN', align: 'right', cell: ({ taken }) => String(taken) },
        { head: 'LAST', cell: ({ lastEventAt }) => (lastEventAt === null ? 'never' : ago(lastEventAt, now)) },
        { head: 'LAST PROBLEM', flexible: true, cell: ({ lastError, lastErrorAt }) => (lastError === null ? '' : { text: `${ago(lastErrorAt, now)}: ${lastError}`, colour: 'yellow' }) },
      ],
      found,
      'There is no integration yet: write a document of kind Integration.',
    );
  }
  return found.some(({ secret }) => secret === 'missing') ? EXIT_NO : EXIT_OK;
} // prettier-ignore

async function key({ client, say, json, printJson }: Context, name: string, revoke: boolean): Promise<void> {
  if (revoke) {
    await client.send('DELETE', at(name, 'key'));
    return say(`The key of ${name} is revoked.`);
  }
  const made = await client.send<IntegrationKey>('POST', at(name, 'key'));
  if (json) return printJson(made);
  say(made.key);
  say(`Send to ${made.address} with it; it is not shown again.`);
}
