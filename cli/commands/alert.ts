import type { Alert } from '../../src/alerting/contract.ts';
import type { AlertHistory } from '../../src/alerting/history/contract.ts';
import type { LintAnswer } from '../../src/alerting/lint/contract.ts';
import { CliError } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { ago, figure, localTime, span } from '../format.ts';
import { clean, cleanLine } from '../style.ts';

const ALERTS = '/nines/v1/alerts';

export const alertCommand: Setup = (program, run) => {
  const alert = program.command('alert').description('alerts: what fires, what became of each, and what is wrong with their rules');
  alert
    .command('list')
    .description('alerts that are pending or fire, or were resolved in the last quarter of an hour')
    .option('--state <state>', 'only those that are pending, firing or resolved')
    .option('--service <name>', 'only those of one service')
    .action(run((context, _, options: { state?: string; service?: string }) => list(context, options)));
  alert
    .command('show')
    .description('one alert: its labels, annotations and expression')
    .argument('<alert>', "its fingerprint or the beginning of it, or its rule's name")
    .action(run((context, [name = '']) => show(context, name)));
  alert
    .command('history')
    .description('each time that it fired, and every message that it caused')
    .argument('<alert>', "its fingerprint, or the rule's name of one that is listed")
    .action(run((context, [name = '']) => history(context, name)));
  alert
    .command('lint')
    .description('what the linter says of the rules in force')
    .option('--service <name>', 'only those of one service')
    .action(run((context, _, options: { service?: string }) => lint(context, options)));
};

const COLOURS = { firing: 'red', pending: 'yellow', resolved: 'green' } as const;

async function list(context: Context, options: { state?: string; service?: string }): Promise<void> {
  const { client, json, printJson, table, now } = context;
  const alerts = await client.list<Alert>(ALERTS, options);
  if (json) return printJson(alerts);
  table<Alert>(
    [
      { head: 'ALERT', cell: ({ fingerprint }) => fingerprint },
      { head: 'STATE', cell: ({ state }) => ({ text: state, colour: COLOURS[state] }) },
      { head: 'SEVERITY', cell: ({ severity }) => severity },
      { head: 'SERVICE', cell: ({ service }) => service ?? '–' },
      { head: 'RULE', cell: ({ rule }) => rule },
      { head: 'SINCE', cell: ({ activeAt }) => ago(activeAt, now) },
      { head: 'WHAT', flexible: true, cell: ({ annotations, rule }) => annotations['summary'] ?? rule },
    ],
    alerts,
    'No alert fires, and none is about to.',
  );
}

/** One that is listed, by its fingerprint, the beginning of it, or its rule's name; undefined where there is none. */
async function find({ client }: Context, name: string): Promise<Alert | undefined> {
  const alerts = await client.list<Alert>(ALERTS);
  const found = alerts.filter(({ fingerprint, rule }) => fingerprint.startsWith(name) || rule === name);
  const exact = found.find(({ fingerprint }) => fingerprint === name);
  if (exact === undefined && found.length > 1)
    throw new CliError(`${found.length} alerts are meant by '${name}'.`, {
      hint: "name one by its fingerprint, as 'nines alert list' shows it",
    });
  return exact ?? found[0];
}

async function show(context: Context, name: string): Promise<void> {
  const { json, printJson, say, paint, terminal, now } = context;
  const alert = await find(context, name);
  if (alert === undefined) throw new CliError(`There is no alert '${name}'.`, { hint: "'nines alert list' shows those there are; 'nines alert history' knows older ones" });
  if (json) return printJson(alert);
  const { annotations, labels, state, severity, service, rule, expr, value, activeAt } = alert;
  say(`${paint('bold', cleanLine(annotations['summary'] ?? rule))}  ${paint(COLOURS[state], state)}`);
  const facts: [string, string][] = [
    ['alert', alert.fingerprint],
    ['rule', rule],
    ['severity', severity],
    ['service', service ?? '–'],
    ['value', figure(value)],
    ['since', `${localTime(activeAt, terminal.timeZone)} (${ago(activeAt, now)})`],
    ['expr', expr],
    ['labels', Object.entries(labels).map(([key, text]) => `${key}=${text}`).join(' ')],
  ];
  for (const [what, text] of facts) say(`  ${paint('dim', what.padEnd(9))} ${cleanLine(text)}`);
  for (const [what, text] of Object.entries(annotations)) if (what !== 'summary') say(`\n${paint('dim', `${cleanLine(what)}:`)} ${clean(text)}`);
} // prettier-ignore

async function history(context: Context, name: string): Promise<void> {
  const { client, json, printJson, say, paint, terminal } = context;
  const known = await find(context, name);
  const told = await client.get<AlertHistory>(`${ALERTS}/${encodeURIComponent(known?.fingerprint ?? name)}/history`);
  if (json) return printJson(told);
  const time = (at: string): string => localTime(at, terminal.timeZone);
  say(`${paint('bold', cleanLine(told.rule))}${told.service === null ? '' : ` of ${told.service}`}  ${paint('dim', told.fingerprint)}`);
  for (const { firedAt, resolvedAt, summary } of told.firings.slice(0, 50))
    say(`  ${time(firedAt)}  ${resolvedAt === null ? paint('red', 'fires') : `for ${span(Date.parse(resolvedAt) - Date.parse(firedAt))}`}  ${cleanLine(summary)}`);
  for (const { id, subject, events, notifications } of told.pages) {
    say(`\n${paint('bold', `Page ${id}`)}  ${cleanLine(subject)}`);
    for (const event of events) say(`  ${time(event.time)}  ${cleanLine(event.title)}${event.actor === 'nines' ? '' : paint('dim', `  ${cleanLine(event.actor)}`)}`);
    for (const { createdAt, person, channel, reason, state, lastError } of notifications)
      say(`  ${time(createdAt)}  ${reason} to ${cleanLine(person ?? 'somebody')} by ${channel}: ${paint(state === 'failed' ? 'red' : undefined, state)}${lastError === null ? '' : `, ${cleanLine(lastError)}`}`);
  }
} // prettier-ignore

async function lint(context: Context, options: { service?: string }): Promise<void> {
  const { client, json, printJson, say, paint } = context;
  const answer = await client.get<LintAnswer>('/nines/v1/rules/lint', options);
  if (json) return printJson(answer);
  for (const { rule, source, findings, ignored } of answer.rules) {
    if (findings.length + ignored.length === 0) continue;
    say(`${paint('bold', cleanLine(rule))}  ${paint('dim', cleanLine(source))}`);
    for (const { check, message, hint } of findings) say(`  ${paint('yellow', check)}: ${cleanLine(message)}; ${cleanLine(hint)}`);
    for (const { check, reason } of ignored) say(paint('dim', `  ${check} let pass: ${cleanLine(reason)}`));
  }
  say(paint(answer.findings === 0 ? 'green' : 'yellow', `${answer.findings === 0 ? 'Nothing to say' : `${answer.findings} findings`} in ${answer.rules.length} alerting rules.`));
} // prettier-ignore
