import type { AlertRoutes, AlertRouteTree } from '../../src/alerting/contract.ts';
import { formatDuration } from '../../src/platform/duration.ts';
import type { Context, Setup } from '../context.ts';
import { CliError } from '../cli-error.ts';
import { cleanLine } from '../style.ts';
import type { Column } from '../table.ts';

type Found = AlertRoutes['routes'][number];
type Branch = AlertRouteTree['routes'][number];

const NO_FILE = 'There is no alertmanager.yml: nines pages for every alert by itself.';

export const alertRouteCommand: Setup = (program, run) => {
  program
    .command('alert-route')
    .description('where an alert with these labels goes: the receivers of your alertmanager.yml, and whether it pages')
    .argument('[labels...]', 'such as team=db severity=critical')
    .option('--tree', 'all routes of the file, and how many alerts that fire end at each')
    .action(
      run((context, args, { tree }: { tree?: true }) => {
        const labels = args.flat().filter((one) => one !== undefined);
        if (tree !== true) return show(context, labels);
        if (labels.length > 0) throw new CliError('The whole tree, or where some labels go: --tree takes no labels.');
        return showTree(context);
      }),
    );
};

const receiverOf = ({ receiver, pages }: { receiver: string; pages: boolean }): string =>
  cleanLine(`${receiver}${pages ? ' (pages)' : ''}`);
const nowOf = <Row extends { readonly quiet: boolean }>(): Column<Row> => ({
  head: 'NOW',
  cell: ({ quiet }) => (quiet ? { text: 'quiet', colour: 'yellow' } : 'speaks'),
});

async function show({ client, json, printJson, say, table }: Context, labels: readonly string[]): Promise<void> {
  const answer = await client.get<AlertRoutes>('/nines/v1/alert-routes', { labels: labels.map(quoted).join(',') });
  if (json) return printJson(answer);
  if (answer.file === null) return say(NO_FILE);
  table<Found>(
    [
      { head: 'RECEIVER', cell: receiverOf },
      { head: 'ROUTE', flexible: true, cell: ({ route }) => cleanLine(route) },
      { head: 'GROUP', flexible: true, cell: ({ group }) => cleanLine(Object.entries(group).map(([name, value]) => `${name}=${value}`).join(', ')) }, // prettier-ignore
      { head: 'WAITS', cell: ({ groupWaitMs }) => formatDuration(groupWaitMs) },
      { head: 'AGAIN', cell: ({ repeatIntervalMs }) => formatDuration(repeatIntervalMs) },
      nowOf(),
    ],
    answer.routes,
    'No route takes it.',
  );
  say(answer.pages ? `nines pages for it by itself, as ${answer.severity}.` : 'nines does not page for it by itself.');
}

async function showTree({ client, json, printJson, say, table }: Context): Promise<void> {
  const answer = await client.get<AlertRouteTree>('/nines/v1/alert-routes/tree');
  if (json) return printJson(answer);
  if (answer.file === null) return say(NO_FILE);
  table<Branch>(
    [
      { head: 'ROUTE', flexible: true, cell: routeOf },
      { head: 'RECEIVER', cell: receiverOf },
      { head: 'GROUPS BY', flexible: true, cell: ({ groupBy }) => cleanLine(groupBy === null ? 'all labels' : groupBy.join(', ')) },
      { head: 'WAITS', cell: ({ groupWaitMs }) => formatDuration(groupWaitMs) },
      { head: 'AGAIN', cell: ({ repeatIntervalMs }) => formatDuration(repeatIntervalMs) },
      { head: 'FIRING', align: 'right', cell: ({ alerts }) => String(alerts) },
      nowOf(),
    ],
    answer.routes,
    'There are no routes.',
  );
  say();
  table(
    [
      { head: 'RECEIVER', cell: ({ name }) => cleanLine(name) },
      { head: 'TELLS', flexible: true, cell: ({ channels, policy }) => cleanLine([...(policy ? ['whom its escalation policy calls'] : []), ...channels].join(', ') || 'nobody') }, // prettier-ignore
    ],
    answer.receivers,
    'There are no receivers.',
  );
}

/** As deep as it stands in the tree: `0.2.1` is of the third level. */
function routeOf({ id, matchers, continues }: Branch): string {
  const said = matchers.length === 0 ? (id === '0' ? 'everything' : 'the rest') : matchers.join(', ');
  return cleanLine(`${'– '.repeat(id.split('.').length - 1)}${said}${continues ? ', and goes on' : ''}`);
}

/** A value with a comma or a quote in it needs quotes of its own. */
function quoted(text: string): string {
  const [, name, value] = /^([^=]*)=([^"].*|)$/s.exec(text) ?? [];
  return name === undefined || value === undefined ? text : `${name}=${JSON.stringify(value)}`;
}
