/** A backtest as a comment on a pull request. */
import { formatDuration } from '../../platform/duration.ts';
import type { BacktestAnswer, BacktestOutcome, BacktestResult } from './contract.ts';

/** A table's cell: nothing in it can end the cell, or be taken for markup or a mention. */
const cell = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>|~#]/g, '\\$&').replaceAll('@', '@\u200b').trim(); // prettier-ignore
/** Text as code, whatever backticks are in it. */
const code = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const ticks = '`'.repeat(Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return `${ticks}${ticks.length > 1 ? ` ${line} ` : line}${ticks}`;
};
const span = (ms: number): string => {
  const size = Math.abs(ms);
  const unit = size >= 2 * 86_400_000 ? 3_600_000 : size >= 2 * 3_600_000 ? 60_000 : 1_000;
  return formatDuration(Math.round(size / unit) * unit);
};
const minute = (time: string): string => `${time.slice(0, 16).replace('T', ' ')}Z`;

type Row = readonly [what: string, of: (one: BacktestOutcome) => string];

const ROWS: readonly Row[] = [
  ['Fired', ({ fired }) => times(fired)],
  ['Pages', ({ pages, bySeverity }) => `${pages}${pages === 0 ? '' : ` (${classes(bySeverity)})`}`],
  ['Time firing', ({ firingMs }) => span(firingMs)],
  ['People called', ({ called }) => (called.length === 0 ? 'nobody' : called.map(({ title, calls }) => `${cell(title)} ${times(calls)}`).join(', '))],
  ['At night', ({ called }) => times(called.reduce((sum, { nights }) => sum + nights, 0))],
  ['Incidents caught', ({ caught, missed }) => `${caught.length} of ${caught.length + missed.length}`],
  ['Firings without an incident', ({ noise }) => String(noise)],
]; // prettier-ignore

const times = (count: number): string => `${count}×`;
const classes = (by: BacktestOutcome['bySeverity']): string =>
  (['critical', 'today', 'eventually'] as const).filter((one) => (by[one] ?? 0) > 0).map((one) => `${by[one]} ${one}`).join(', '); // prettier-ignore

function tableOf({ before, after }: BacktestResult): string[] {
  if (before === null) return ['| | |', '|---|---|', ...ROWS.map(([what, of]) => `| ${what} | ${of(after)} |`)];
  return ['| | before | after |', '|---|---|---|', ...ROWS.map(([what, of]) => `| ${what} | ${of(before)} | **${of(after)}** |`)];
}

function incidentsOf({ after }: BacktestResult): string[] {
  const all = [...after.caught, ...after.missed].sort((a, b) => a.beganAt.localeCompare(b.beganAt));
  if (all.length === 0) return [];
  return [
    '',
    '| Incident | began | would have fired |',
    '|---|---|---|',
    ...all.map(({ number, title, beganAt, firedAt, beforeDeclaredMs }) => {
      const early = beforeDeclaredMs ?? 0;
      const when = firedAt === null ? '**missed**' : `${minute(firedAt)}, ${span(early)} ${early >= 0 ? 'before' : 'after'} it was declared`;
      return `| #${number} ${cell(title)} | ${minute(beganAt)} | ${when} |`;
    }),
  ];
} // prettier-ignore

const MOST = 10;

function firingsOf({ after }: BacktestResult): string[] {
  const noise = after.firings.filter(({ incident }) => incident === null);
  if (noise.length === 0) return [];
  return [
    '',
    `<details><summary>Firings without an incident (${after.noise})</summary>`,
    '',
    '| fired | for | what |',
    '|---|---|---|',
    ...noise.slice(0, MOST).map(({ firedAt, resolvedAt, summary }) => `| ${minute(firedAt)} | ${resolvedAt === null ? 'still fires' : span(Date.parse(resolvedAt) - Date.parse(firedAt))} | ${cell(summary)} |`),
    ...(after.noise > MOST ? ['', `… and ${after.noise - MOST} more.`] : []),
    '',
    '</details>',
  ];
} // prettier-ignore

export function backtestMarkdown(answer: Omit<BacktestAnswer, 'markdown'>): string {
  const { from, to, evaluated, stepMs, notes, results } = answer;
  const how = evaluated === 'arrival' ? 'evaluated as samples arrived' : `evaluated every ${formatDuration(stepMs)}`;
  const lines = results.flatMap((result) => [
    `### Backtest of ${cell(result.alert)}`,
    '',
    `${code(result.after.expr)}${result.after.for === '0s' ? '' : `, for ${result.after.for}`}, over ${minute(from)} to ${minute(to)}, ${how}.`,
    ...(result.before !== null && (result.before.expr !== result.after.expr || result.before.for !== result.after.for)
      ? ['', `Before: ${code(result.before.expr)}${result.before.for === '0s' ? '' : `, for ${result.before.for}`}.`]
      : []),
    '',
    ...tableOf(result),
    ...incidentsOf(result),
    ...firingsOf(result),
    ...(result.after.failed > 0 ? ['', `> ${result.after.failed} evaluations failed: ${cell(result.after.failure ?? '')}`] : []),
    '',
  ]);
  return [...lines, ...notes.map((note) => `> ${note}`)].join('\n').trimEnd() + '\n';
}
