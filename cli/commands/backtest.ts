import fs from 'node:fs/promises';
import type { BacktestAnswer, BacktestOutcome, BacktestRequest, BacktestResult } from '../../src/alerting/backtest/contract.ts';
import { Option } from 'commander';
import { CliError, EXIT_NO, EXIT_OK } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { wholeNumber } from '../context.ts';
import { figure, localTime, span } from '../format.ts';
import { cleanLine } from '../style.ts';

interface Options {
  expr?: string;
  alert?: string;
  for?: string;
  threshold?: string;
  severity?: string;
  service?: string;
  days: number;
  from?: string;
  to?: string;
  against?: string;
  evaluate: 'auto' | 'arrival' | 'interval';
  markdown?: boolean;
  strict?: boolean;
}

export const backtestCommand: Setup = (program, run) => {
  program
    .command('backtest')
    .description('what a rule would have done in the past: when it fires, who is called, which incidents it catches')
    .argument('[file]', 'a rule file; or --expr, or --alert for a rule in force')
    .option('--expr <promql>', 'the expression of a rule (default: the rules of the file)')
    .option('--alert <name>', 'only this rule of the file, or the one in force')
    .option('--for <duration>', 'how long its condition has to hold (default: as the rule says, or at once)')
    .option('--threshold <number>', 'in place of the number that the expression is compared with last (default: that number)')
    .addOption(new Option('--severity <class>', 'the class of a rule given by --expr (default: today)').choices(['critical', 'today', 'eventually']))
    .option('--service <name>', 'the service of a rule given by --expr (default: none)')
    .addOption(new Option('--days <number>', 'how far to look back').argParser(wholeNumber('--days', 1, 400)).default(30))
    .option('--from <time>', 'a time such as 2026-03-01T00:00:00Z (default: --days before --to)')
    .option('--to <time>', 'until then (default: now)')
    .option('--against <file>', 'what it is compared with: a rule file, or `nothing` (default: the rule in force of the same name)')
    .addOption(new Option('--evaluate <how>', 'as samples arrived, or at the interval').choices(['auto', 'arrival', 'interval']).default('auto'))
    .option('--markdown', 'a comment for a pull request')
    .option('--strict', 'exit with 1 where an incident is missed that was caught before')
    .action(run((context, [file], options: Options) => backtest(context, file, options)));
}; // prettier-ignore

async function backtest(context: Context, file: string | undefined, options: Options): Promise<number> {
  const { json, printJson, terminal } = context;
  const answer = await ask(context, await requestOf(file, options));
  if (json) printJson(answer);
  else if (options.markdown === true) terminal.out(answer.markdown);
  else show(context, answer);
  return options.strict === true && answer.results.some(lost) ? EXIT_NO : EXIT_OK;
}

/** Missed, although the rule that it is compared with caught it. */
const lost = ({ before, after }: BacktestResult): boolean =>
  after.missed.some(({ number }) => before?.caught.some((one) => one.number === number) === true);

async function requestOf(file: string | undefined, options: Options): Promise<BacktestRequest> {
  const { expr, alert, threshold, from, to, days, against, evaluate } = options;
  if (file === undefined && expr === undefined && alert === undefined)
    throw new CliError('There is nothing to try.', { hint: "name a rule file, or give --expr 'errors > 0.05', or --alert with the name of a rule in force" });
  const number = threshold === undefined ? undefined : Number(threshold);
  if (number !== undefined && !Number.isFinite(number)) throw new CliError(`--threshold must be a number, not '${threshold}'.`);
  const labels = { ...(options.severity !== undefined && { severity: options.severity }), ...(options.service !== undefined && { service: options.service }) };
  return {
    ...(file !== undefined && { file: await text(file) }),
    ...(file === undefined && expr !== undefined
      ? { rule: { alert: alert ?? 'Tried', expr, labels, ...(options.for !== undefined && { for: options.for }) } }
      : { ...(alert !== undefined && { alert }), ...(options.for !== undefined && { for: options.for }) }),
    ...(number !== undefined && { threshold: number }),
    ...(from === undefined ? { days } : { from }),
    ...(to !== undefined && { to }),
    ...(against !== undefined && { against: against === 'nothing' ? against : { file: await text(against) } }),
    evaluate,
  };
} // prettier-ignore

async function text(file: string): Promise<string> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} can't be read: ${(error as Error).message}.`);
  }
}

/** It may take minutes: lines of progress come before the answer. */
async function ask({ client, terminal }: Context, request: BacktestRequest): Promise<BacktestAnswer> {
  const headers = { accept: 'application/x-ndjson' };
  const response = await client.stream('/nines/v1/backtest', {}, headers, terminal.signal, request);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const said = JSON.parse(line) as { progress?: number; answer?: BacktestAnswer; error?: string };
      if (said.progress !== undefined && terminal.interactive) terminal.err(`\r${Math.round(said.progress * 100)} %\u001B[K`);
      if (said.error !== undefined) throw new CliError(said.error);
      if (said.answer === undefined) continue;
      if (terminal.interactive) terminal.err('\r\u001B[K');
      return said.answer;
    }
  }
  throw new CliError(`${client.url} ended its answer before it was whole.`, { hint: 'try again, with a shorter time' });
}

type Row = readonly [what: string, of: (outcome: BacktestOutcome) => string];

const ROWS: readonly Row[] = [
  ['fired', ({ fired }) => String(fired)],
  ['pages', ({ pages, bySeverity }) => `${pages}${(['critical', 'today', 'eventually'] as const).filter((one) => (bySeverity[one] ?? 0) > 0).map((one) => `, ${bySeverity[one]} ${one}`).join('')}`],
  ['time firing', ({ firingMs }) => (firingMs === 0 ? '–' : span(firingMs))],
  ['called', ({ called, nobody }) => called.map(({ title, calls, nights }) => `${title} ${calls}${nights > 0 ? ` (${nights} at night)` : ''}`).join(', ') + (nobody > 0 ? ` ${nobody} pages reach nobody` : '') || 'nobody'],
  ['caught', ({ caught, missed }) => `${caught.length} of ${caught.length + missed.length} incidents`],
  ['noise', ({ noise }) => `${noise} without an incident`],
]; // prettier-ignore

function show(context: Context, { from, to, evaluated, stepMs, results, notes }: BacktestAnswer): void {
  const { say, paint, terminal, table } = context;
  const time = (at: string): string => localTime(at, terminal.timeZone);
  for (const { alert, before, after, threshold } of results) {
    say(paint('bold', cleanLine(alert)));
    say(`${cleanLine(after.expr)}${after.for === '0s' ? '' : `, for ${after.for}`}${threshold === null ? '' : paint('dim', `  (threshold ${figure(threshold)})`)}`);
    say(paint('dim', `${time(from)} to ${time(to)}, ${evaluated === 'arrival' ? 'evaluated as samples arrived' : `evaluated every ${span(stepMs)}`}`));
    table<Row>(
      [
        { head: '', cell: ([what]) => what },
        ...(before === null ? [] : [{ head: 'BEFORE', cell: ([, of]: Row) => of(before) }]),
        { head: before === null ? '' : 'AFTER', flexible: true, cell: ([, of]) => of(after) },
      ],
      ROWS,
      '',
    );
    for (const { number, title, beforeDeclaredMs } of [...after.caught, ...after.missed]) {
      const early = beforeDeclaredMs ?? 0;
      const how = beforeDeclaredMs === null ? paint('red', 'missed') : paint('green', `${span(early)} ${early < 0 ? 'after' : 'before'} it was declared`);
      say(`  #${number} ${cleanLine(title)}: ${how}`);
    }
    for (const { firedAt, resolvedAt, summary, incident } of after.firings.slice(0, 20))
      say(`  ${time(firedAt)}  ${resolvedAt === null ? 'still fires' : span(Date.parse(resolvedAt) - Date.parse(firedAt))}  ${cleanLine(summary)}${incident === null ? '' : `  #${incident}`}`);
    if (after.fired > 20) say(paint('dim', `  … and ${after.fired - 20} more; --json has 500`));
    if (after.failed > 0) say(paint('red', `  ${after.failed} evaluations failed: ${cleanLine(after.failure ?? '')}`));
    say();
  }
  for (const note of notes) say(paint('yellow', note));
} // prettier-ignore
