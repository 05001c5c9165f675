import type { Page, PageDetail } from '../../src/oncall/contract.ts';
import { EXIT_NO, EXIT_OK } from '../cli-error.ts';
import { pageColumns, stateCell } from '../columns.ts';
import type { Context, Setup } from '../context.ts';
import { ago, localTime } from '../format.ts';
import { clean, cleanLine } from '../style.ts';
import { deliveriesCommand } from './deliveries.ts';
import { acknowledge, answerCommands, PAGES } from './page-answers.ts';

export const pageCommands: Setup = (program, run) => {
  program
    .command('pages')
    .description('list the pages; exits with 1 where one waits to be acknowledged')
    .option('--state <state>', 'triggered, acknowledged or resolved (default: triggered and acknowledged)')
    .option('--service <name>', 'only those of one service')
    .action(run((context, _, options: { state?: string; service?: string }) => list(context, options)));
  const page = program.command('page').description('one page: show it, answer it; or send one');
  page
    .command('show', { isDefault: true })
    .description('show one page: what is broken, who was called')
    .argument('[id]', 'the page, as `nines pages` lists it')
    .action(run((context, [id]) => (id === undefined ? list(context, {}) : show(context, id))));
  page
    .command('list')
    .description('the same as `nines pages`')
    .option('--state <state>', 'triggered, acknowledged or resolved (default: triggered and acknowledged)')
    .option('--service <name>', 'only those of one service')
    .action(run((context, _, options: { state?: string; service?: string }) => list(context, options)));
  answerCommands(page, run);
  deliveriesCommand(page, run);
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
    ['snoozed', page.snoozedUntil && `until ${localTime(page.snoozedUntil, terminal.timeZone)} (${ago(page.snoozedUntil, now)})`],
    ['promised', page.state === 'triggered' && page.respondedAt === null && page.respondBy ? `an answer ${ago(page.respondBy, now)}` : null],
    ['not mine', page.declined.length === 0 ? null : page.declined.map(({ title }) => title).join(', ')],
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
  if (page.state === 'triggered')
    say(
      `\nAcknowledge it with: nines ack ${page.id}\nOr: nines page snooze 30m ${page.id}, nines page escalate ${page.id}, nines page not-mine ${page.id}`,
    );
}
