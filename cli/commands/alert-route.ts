import type { AlertRoutes } from '../../src/alerting/contract.ts';
import { formatDuration } from '../../src/platform/duration.ts';
import type { Context, Setup } from '../context.ts';
import { cleanLine } from '../style.ts';

type Found = AlertRoutes['routes'][number];

export const alertRouteCommand: Setup = (program, run) => {
  program
    .command('alert-route')
    .description('where an alert with these labels goes: the receivers of your alertmanager.yml, and whether it pages')
    .argument('[labels...]', 'such as team=db severity=critical')
    .action(run((context, args) => show(context, args.flat())));
};

async function show({ client, json, printJson, say, table }: Context, labels: readonly (string | undefined)[]): Promise<void> {
  const given = labels.filter((one) => one !== undefined).map(quoted).join(','); // prettier-ignore
  const answer = await client.get<AlertRoutes>('/nines/v1/alert-routes', { labels: given });
  if (json) return printJson(answer);
  if (answer.file === null) return say('There is no alertmanager.yml: nines pages for every alert by itself.');
  table<Found>(
    [
      { head: 'RECEIVER', cell: ({ receiver, pages }) => cleanLine(`${receiver}${pages ? ' (pages)' : ''}`) },
      { head: 'ROUTE', flexible: true, cell: ({ route }) => cleanLine(route) },
      { head: 'GROUP', flexible: true, cell: ({ group }) => cleanLine(Object.entries(group).map(([name, value]) => `${name}=${value}`).join(', ')) }, // prettier-ignore
      { head: 'WAITS', cell: ({ groupWaitMs }) => formatDuration(groupWaitMs) },
      { head: 'AGAIN', cell: ({ repeatIntervalMs }) => formatDuration(repeatIntervalMs) },
      { head: 'NOW', cell: ({ quiet }) => (quiet ? { text: 'quiet', colour: 'yellow' } : 'speaks') },
    ],
    answer.routes,
    'No route takes it.',
  );
  say(answer.pages ? `nines pages for it by itself, as ${answer.severity}.` : 'nines does not page for it by itself.');
}

/** A value with a comma or a quote in it needs quotes of its own. */
function quoted(text: string): string {
  const [, name, value] = /^([^=]*)=([^"].*|)$/s.exec(text) ?? [];
  return name === undefined || value === undefined ? text : `${name}=${JSON.stringify(value)}`;
}
