import type { Me } from '../../src/access/contract.ts';
import type { Page, PageDetail } from '../../src/oncall/contract.ts';
import { CliError, EXIT_NO, EXIT_OK } from '../cli-error.ts';
import { pageColumns, stateCell } from '../columns.ts';
import type { Context, Setup } from '../context.ts';
import { ago, localTime } from '../format.ts';
import { clean, cleanLine } from '../style.ts';

const PAGES = '/nines/v1/pages';

export const pageCommands: Setup = (program, run) => {
  program
    .command('pages')
    .description('list the pages; exits with 1 where one waits to be acknowledged')
    .option('--state <state>', 'triggered, acknowledged or resolved (default: triggered and acknowledged)')
    .option('--service <name>', 'only those of one service')
    .action(run((context, _, options: { state?: string; service?: string }) => list(context, options)));
  program
    .command('page')
    .description('show one page: what is broken, who was called')
    .argument('<id>', 'the page, as `nines pages` lists it')
    .action(run((context, [id = '']) => show(context, id)));
  program
    .command('ack')
    .description('acknowledge a page: you have it, nobody else is called')
    .argument('[id]', 'the page (default: the one that waits, or those that called you)')
    .option('--all', 'every page that waits')
    .action(run((context, [id], options: { all?: boolean }) => acknowledge(context, id, options.all === true)));
};

async function list(context: Context, options: { state?: string; service?: string }): Promise<number> {
  const found = await context.client.list<Page>(PAGES, options);
  const shown = found.filter(
    ({ state, service }) => (options.state === undefined ? state !== 'resolved' : true) && (options.service ?? service) === service,
  );
  if (context.json) context.printJson(shown);
  else context.table(pageColumns(context), shown, 'No page is open.');
  return shown.some(({ state }) => state === 'triggered') ? EXIT_NO : EXIT_OK;
}

async function show(context: Context, id: string): Promise<void> {
  const { client, json, printJson, say, paint, now, terminal } = context;
  const page = await client.get<PageDetail>(`${PAGES}/${encodeURIComponent(id)}`);
  if (json) return printJson(page);
  const { colour } = stateCell(page.state);
  say(`${paint('bold', cleanLine(page.subject))}  ${paint(colour, page.state)}`);
  const facts: [string, string | null][] = [
    ['page', page.id],
    ['severity', page.severity],
    ['service', page.service],
    ['team', page.team],
    ['policy', page.policy === null ? null : `${page.policy}, step ${page.step + 1}`],
    ['triggered', `${localTime(page.triggeredAt, terminal.timeZone)} (${ago(page.triggeredAt, now)})`],
    ['acknowledged', page.acknowledgedAt && `${localTime(page.acknowledgedAt, terminal.timeZone)} by ${page.acknowledgedBy ?? 'somebody'}`],
    ['resolved', page.resolvedAt && localTime(page.resolvedAt, terminal.timeZone)],
    ['escalates', page.state === 'triggered' && page.escalatesAt ? ago(page.escalatesAt, now) : null],
    ['incident', page.incident],
  ]; // prettier-ignore
  for (const [name, value] of facts) if (value !== null) say(`  ${paint('dim', name.padEnd(13))} ${cleanLine(value)}`);
  say(`\n${clean(page.text).trimEnd()}`);
  if (page.notifications.length === 0) return;
  say(`\n${paint('bold', 'Who was called')}`);
  context.table(
    [
      { head: 'WHEN', cell: ({ createdAt }) => localTime(createdAt, terminal.timeZone, true) },
      { head: 'PERSON', cell: ({ person }) => person ?? '–' },
      { head: 'BY', cell: ({ channel }) => channel },
      { head: 'WHY', cell: ({ reason }) => reason },
      { head: 'STATE', cell: ({ state }) => stateCell(state) },
      { head: 'PROBLEM', flexible: true, cell: ({ lastError }) => lastError ?? '' },
    ],
    page.notifications,
    '',
  );
  if (page.state === 'triggered') say(`\nAcknowledge it with: nines ack ${page.id}`);
}

async function acknowledge(context: Context, id: string | undefined, all: boolean): Promise<number> {
  const { client, json, printJson, say, paint } = context;
  const ids = id === undefined ? await choose(context, all) : [id];
  if (ids.length === 0) {
    if (json) printJson([]);
    else say('No page waits to be acknowledged.');
    return EXIT_OK;
  }
  const pages: Page[] = [];
  for (const one of ids) {
    const path = `${PAGES}/${encodeURIComponent(one)}`;
    pages.push((await client.send<Page | undefined>('POST', `${path}/acknowledge`, {})) ?? (await client.get<Page>(path)));
  }
  if (json) printJson(pages);
  else
    for (const page of pages) {
      const by = page.acknowledgedBy === null ? '' : ` by ${page.acknowledgedBy.replace(/^person:/, '')}`;
      say(`${paint('green', `${page.state === 'resolved' ? 'Already resolved' : 'Acknowledged'}${by}:`)} ${cleanLine(page.subject)}`);
      if (page.incident !== null) say(`  incident: nines incident show ${page.incident}`);
    }
  return EXIT_OK;
} // prettier-ignore

/** The one page that waits; of several, those that called this person. Someone else's page must not go quiet by accident. */
async function choose(context: Context, all: boolean): Promise<string[]> {
  const { client } = context;
  const waiting = (await client.list<Page>(PAGES, { state: 'triggered' })).filter(({ state }) => state === 'triggered');
  if (all || waiting.length <= 1) return waiting.map(({ id }) => id);
  const { person } = await client.get<Me>('/nines/v1/me');
  const details = person === null ? [] : await Promise.all(waiting.map(({ id }) => client.get<PageDetail>(`${PAGES}/${id}`)));
  const mine = details.filter(({ notifications }) => notifications.some((one) => one.person === person));
  if (mine.length > 0) return mine.map(({ id }) => id);
  const subjects = waiting.map(({ id, subject }) => `  nines ack ${id}  # ${cleanLine(subject)}`).join('\n').trimStart();
  throw new CliError(`${waiting.length} pages wait, and none of them called you.`, { hint: `${subjects}\n  nines ack --all` });
} // prettier-ignore
