import type { Command } from 'commander';
import type { Me } from '../../src/access/contract.ts';
import type { Page, PageDetail } from '../../src/oncall/contract.ts';
import { CliError, EXIT_OK } from '../cli-error.ts';
import type { Context, Run } from '../context.ts';
import { ago, localTime } from '../format.ts';
import { cleanLine } from '../style.ts';

export const PAGES = '/nines/v1/pages';
const path = (id: string, verb = ''): string => `${PAGES}/${encodeURIComponent(id)}${verb}`;
const ID = 'the page (default: the one that is open, or those that called you)';

interface Target {
  person?: string;
  team?: string;
  schedule?: string;
  policy?: string;
  everyone?: boolean;
}

/** Everything that a person can say of a page, below `nines page`. */
export function answerCommands(page: Command, run: Run): void {
  page
    .command('ack')
    .description('acknowledge: you have it, nobody else is called')
    .argument('[id]', ID)
    .option('--all', 'every page that waits')
    .action(run((context, [id], options: { all?: boolean }) => acknowledge(context, id, options.all === true)));
  page
    .command('snooze')
    .description('leave it alone for a while; it comes back')
    .argument('<duration>', "how long, such as '30m'; seven days at most")
    .argument('[id]', ID)
    .action(run((context, [length, id]) => snooze(context, id, { for: length })));
  page
    .command('escalate')
    .description('call someone else now')
    .argument('[id]', ID)
    .option('--person <name>', 'this person (default: the next step of the policy)')
    .option('--team <name>', 'everyone in this team (default: as above)')
    .option('--schedule <name>', 'whoever is on call in this schedule (default: as above)')
    .option('--policy <name>', 'whomever this policy would call first (default: as above)')
    .option('--everyone', 'also where that is three people or more at once')
    .action(run((context, [id], target: Target) => escalate(context, id, target)));
  page
    .command('not-mine')
    .description('say that it is not yours: it calls you no more, and someone else instead')
    .argument('[id]', ID)
    .action(run((context, [id]) => notMine(context, id)));
  page
    .command('resolve')
    .description('say that it is over, and why')
    .argument('<id>', 'the page')
    .argument('<reason>', 'why')
    .action(run((context, [id = '', reason]) => resolve(context, id, reason ?? '')));
  page
    .command('send')
    .description('call someone for something that no alert tells of')
    .argument('<subject>', 'what to do')
    .option('--service <name>', 'the service that it is about (default: none)')
    .option('--policy <name>', 'the policy to call by (default: that of the service)')
    .option('--text <text>', 'more than fits the subject', '')
    .action(run((context, [subject], { service, policy, text }: { service?: string; policy?: string; text: string }) => send(context, { subject, service, policy, text })));
} // prettier-ignore

export async function acknowledge(context: Context, id: string | undefined, all: boolean): Promise<number> {
  const { client, json, printJson, say, paint } = context;
  const ids = id === undefined ? await choose(context, all, 'ack', waiting) : [id];
  if (ids.length === 0) {
    if (json) printJson([]);
    else say('No page waits to be acknowledged.');
    return EXIT_OK;
  }
  const pages: Page[] = [];
  for (const one of ids) pages.push((await client.send<Page | undefined>('POST', path(one, '/acknowledge'), {})) ?? (await client.get<Page>(path(one)))); // prettier-ignore
  if (json) printJson(pages);
  else
    for (const page of pages) {
      const by = page.acknowledgedBy === null ? '' : ` by ${page.acknowledgedBy.replace(/^person:/, '')}`;
      say(`${paint('green', `${page.state === 'resolved' ? 'Already resolved' : 'Acknowledged'}${by}:`)} ${cleanLine(page.subject)}`);
      if (page.incident !== null) say(`  incident: nines incident show ${page.incident}`);
    }
  return EXIT_OK;
}

async function snooze(context: Context, given: string | undefined, body: object): Promise<void> {
  const { terminal } = context;
  for (const id of await one(context, given, 'snooze <duration>')) {
    const page = await context.client.send<PageDetail>('POST', path(id, '/snooze'), body);
    tell(context, page, `Snoozed until ${localTime(page.snoozedUntil, terminal.timeZone)} (${ago(page.snoozedUntil, context.now)})`);
  }
}

async function escalate(context: Context, given: string | undefined, target: Target): Promise<void> {
  const { person, team, schedule, policy, everyone } = target;
  const named = Object.entries({ person, team, schedule, policy }).filter(([, name]) => name !== undefined);
  const body = { ...Object.fromEntries(named), ...(everyone && named.length > 0 && { everyone }) };
  for (const id of await one(context, given, 'escalate')) {
    const page = await context.client.send<PageDetail>('POST', path(id, '/escalate'), body);
    tell(context, page, `Escalated to ${calledLast(page)}`);
  }
}

async function notMine(context: Context, given: string | undefined): Promise<void> {
  for (const id of await one(context, given, 'not-mine')) {
    const page = await context.client.send<PageDetail>('POST', path(id, '/not-mine'), {});
    tell(context, page, page.state === 'triggered' ? `Not yours; ${calledLast(page)} has been called` : 'Not yours');
  }
}

async function resolve(context: Context, id: string, reason: string): Promise<void> {
  tell(context, await context.client.send<PageDetail>('POST', path(id, '/resolve'), { reason }), 'Resolved');
}

async function send(context: Context, body: object): Promise<void> {
  const page = await context.client.send<Page>('POST', PAGES, body);
  tell(context, page, `Page ${page.id} sent by the policy '${page.policy ?? ''}'`);
}

function tell({ json, printJson, say, paint }: Context, page: Page, done: string): void {
  if (json) printJson(page);
  else say(`${paint('green', `${done}:`)} ${cleanLine(page.subject)}`);
}

/** Who was told at the last moment that anyone was. */
function calledLast({ notifications }: PageDetail): string {
  const last = notifications.map(({ createdAt }) => createdAt).sort().at(-1); // prettier-ignore
  const names = notifications.filter(({ createdAt }) => createdAt === last).map(({ person, address }) => person ?? address);
  return names.length === 0 ? 'someone else' : [...new Set(names)].join(', ');
}

const waiting = ({ state }: Page): boolean => state === 'triggered';

/** The page that is meant: the given one, or the only one that is open. */
async function one(context: Context, id: string | undefined, verb: string): Promise<string[]> {
  if (id !== undefined) return [id];
  const ids = await choose(context, false, verb, ({ state }) => state !== 'resolved');
  if (ids.length === 0) throw new CliError('No page is open.', { hint: 'nines pages --state resolved' });
  return ids;
}

/** The one page that fits; of several, those that called this person. Someone else's page must not go quiet by accident. */
async function choose(context: Context, all: boolean, verb: string, fits: (page: Page) => boolean): Promise<string[]> {
  const { client } = context;
  const found = (await client.list<Page>(PAGES, { state: verb === 'ack' ? 'triggered' : 'open' })).filter(fits);
  if (all || found.length <= 1) return found.map(({ id }) => id);
  const { person } = await client.get<Me>('/nines/v1/me');
  const details = person === null ? [] : await Promise.all(found.map(({ id }) => client.get<PageDetail>(path(id))));
  const mine = details.filter(({ notifications }) => notifications.some((sent) => sent.person === person));
  if (mine.length > 0) return mine.map(({ id }) => id);
  const command = verb === 'ack' ? 'nines ack' : `nines page ${verb}`;
  const subjects = found.map(({ id, subject }) => `  ${command} ${id}  # ${cleanLine(subject)}`).join('\n').trimStart(); // prettier-ignore
  const wait = verb === 'ack' ? 'wait' : 'are open';
  throw new CliError(`${found.length} pages ${wait}, and none of them called you.`, {
    hint: verb === 'ack' ? `${subjects}\n  nines ack --all` : subjects,
  });
}
