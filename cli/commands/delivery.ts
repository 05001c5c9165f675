import type { NotificationJson, ProvidersAnswer } from '../../src/delivery/contract.ts';
import { stateCell } from '../columns.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import { type Context, type Setup, wholeNumber } from '../context.ts';
import { ago, localTime } from '../format.ts';
import { cleanLine } from '../style.ts';
import type { Column } from '../table.ts';
import { sayDelivery } from './deliveries.ts';

const NOTIFICATIONS = '/nines/v1/notifications';

interface Filter {
  readonly person?: string;
  readonly channel?: string;
  readonly state?: string;
  readonly about?: string;
  readonly limit: number;
}

/** The messages that nines sends, and how the providers are that they go by. */
export const deliveryCommand: Setup = (program, run) => {
  const delivery = program.command('delivery').description('the messages that went to people, and the providers they went by');
  delivery
    .command('log', { isDefault: true })
    .description('the messages, the newest first')
    .option('--person <name>', 'only those to a person')
    .option('--channel <name>', 'only those by a channel: email, slack, sms, …')
    .option('--state <state>', 'only those that are queued, sent, delivered, seen, acknowledged, failed or dropped')
    .option('--about <subject>', "only those about a thing, such as 'page/ID'")
    .option('--limit <number>', 'how many', wholeNumber('--limit', 1, 500), 50)
    .action(run((context, _, filter: Filter) => log(context, filter)));
  delivery
    .command('show')
    .description('one message: each attempt with its provider and what that answered')
    .argument('<id>', 'the message, as the log shows it')
    .action(run((context, [id = '']) => show(context, id)));
  delivery
    .command('providers')
    .description('the providers that take no messages now, since when and why; exits with 1 where there is one')
    .action(run((context) => providers(context)));
  delivery
    .command('test')
    .description('send a person a test message by each of their contacts')
    .argument('<person>', 'the Person')
    .action(run((context, [person = '']) => test(context, person)));
};

const columns = ({ now }: Context): Column<NotificationJson>[] => [
  { head: 'MESSAGE', cell: ({ id }) => id },
  { head: 'STATE', cell: ({ state }) => stateCell(state) },
  { head: 'WHEN', cell: ({ createdAt }) => ago(createdAt, now) },
  { head: 'TO', cell: ({ person, address }) => person ?? address },
  { head: 'BY', cell: ({ channel }) => channel },
  { head: 'WHY', cell: ({ reason }) => reason },
  { head: 'TRIES', align: 'right', cell: ({ attempts }) => String(attempts) },
  { head: 'SUBJECT', flexible: true, cell: ({ subject }) => subject },
  { head: 'PROBLEM', flexible: true, cell: ({ lastError, state }) => (state === 'queued' || state === 'failed' ? (lastError ?? '') : '') },
];

async function log(context: Context, { person, channel, state, about, limit }: Filter): Promise<void> {
  const query = { person, channel, state, about, limit };
  const { notifications } = await context.client.get<{ notifications: NotificationJson[] }>(NOTIFICATIONS, query);
  if (context.json) return context.printJson(notifications);
  context.table(columns(context), notifications, 'No message was sent.');
}

async function show(context: Context, id: string): Promise<void> {
  const found = await context.client.get<Parameters<typeof sayDelivery>[1]>(`${NOTIFICATIONS}/${encodeURIComponent(id)}`);
  if (context.json) return context.printJson(found);
  context.say(cleanLine(found.subject));
  sayDelivery(context, found);
}

async function providers(context: Context): Promise<number> {
  const { client, json, printJson, now, terminal } = context;
  const found = (await client.get<ProvidersAnswer>(`${NOTIFICATIONS}/providers`)).providers;
  if (json) printJson(found);
  else {
    context.table<(typeof found)[number]>(
      [
        { head: 'PROVIDER', flexible: true, cell: ({ provider }) => provider },
        { head: 'CHANNEL', cell: ({ channel }) => channel },
        { head: 'BREAKER', cell: ({ state }) => ({ text: state, colour: state === 'closed' ? ('yellow' as const) : ('red' as const) }) },
        { head: 'SINCE', cell: ({ since }) => `${localTime(since, terminal.timeZone)} (${ago(since, now)})` },
        { head: 'FAILURES', align: 'right', cell: ({ failures }) => String(failures) },
        { head: 'WAITING', align: 'right', cell: ({ waiting }) => String(waiting) },
        { head: 'ASKED AGAIN', cell: ({ retryAt }) => (retryAt === null ? '' : ago(retryAt, now)) },
        { head: 'WHY', flexible: true, cell: ({ error }) => error },
      ],
      found,
      'Every provider takes messages.',
    );
  }
  return found.some(({ state }) => state !== 'closed') ? EXIT_NO : EXIT_OK;
}

async function test(context: Context, person: string): Promise<void> {
  const { notifications } = await context.client.send<{ notifications: NotificationJson[] }>('POST', `${NOTIFICATIONS}/test`, { person });
  if (context.json) return context.printJson(notifications);
  for (const { channel, address, id } of notifications) context.say(`by ${channel} to ${cleanLine(address)}: nines delivery show ${id}`);
}
