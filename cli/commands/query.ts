import { CliError } from '../cli-error.ts';
import type { Context, Setup } from '../context.ts';
import { figure, localTime, sparkline } from '../format.ts';
import { parseMoment } from '../moment.ts';
import { tryParseDuration } from '../../src/platform/duration.ts';

type Labels = Readonly<Record<string, string>>;
/** A time in seconds and a value as text, as Prometheus' HTTP API writes them. */
type Point = readonly [number, string];
type Result =
  | { readonly resultType: 'vector'; readonly result: readonly { metric: Labels; value: Point }[] }
  | { readonly resultType: 'matrix'; readonly result: readonly { metric: Labels; values: readonly Point[] }[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point };
interface Answer {
  readonly data: Result;
  readonly warnings?: readonly string[];
  /** Such as that it was made of rollups. */
  readonly infos?: readonly string[];
}

interface Options {
  at?: string;
  from?: string;
  to?: string;
  step?: string;
}

/** Points of a range, where no step is given. */
const POINTS = 60;

export const queryCommand: Setup = (program, run) => {
  program
    .command('query')
    .description('ask in PromQL: one moment, or a range as a line of bars')
    .argument('<expr>', 'the expression')
    .option('--at <time>', "the moment: '5m' ago, 'now', or ISO 8601 (default: now)")
    .option('--from <time>', 'the beginning of a range')
    .option('--to <time>', 'the end of a range (default: now)')
    .option('--step <duration>', `the distance of a range's points (default: a ${POINTS}th of the range)`)
    .action(run((context, [expr = ''], options: Options) => query(context, expr, options)));
};

async function query(context: Context, expr: string, { at, from, to, step }: Options): Promise<void> {
  const { client, json, printJson, now, terminal } = context;
  if (from === undefined && (to ?? step) !== undefined) throw new CliError('A range needs its beginning.', { hint: 'add --from 1h' });
  if (from !== undefined && at !== undefined) throw new CliError('--at asks for a moment and --from for a range.', { hint: 'give one of them' });
  const seconds = (option: string, text: string): number => parseMoment(option, text, now) / 1000;
  let answer: Answer;
  if (from === undefined) answer = await client.get<Answer>('/api/v1/query', { query: expr, time: seconds('--at', at ?? 'now') });
  else {
    const [start, end] = [seconds('--from', from), seconds('--to', to ?? 'now')];
    if (start >= end) throw new CliError('The range ends before it begins.', { hint: 'is --from earlier than --to?' });
    answer = await client.get<Answer>('/api/v1/query_range', { query: expr, start, end, step: stepSeconds(step, end - start) });
  }
  if (json) return printJson(answer.data);
  for (const note of [...(answer.warnings ?? []), ...(answer.infos ?? [])]) terminal.err(`${note}\n`);
  show(context, answer.data);
} // prettier-ignore

function stepSeconds(step: string | undefined, range: number): number {
  if (step === undefined) return Math.max(1, Math.ceil(range / POINTS));
  const ms = tryParseDuration(step);
  if (ms === undefined || ms === 0) throw new CliError(`--step can't be '${step}'.`, { hint: "write it as '30s' or '5m'" });
  return ms / 1000;
}

function show(context: Context, data: Result): void {
  const { terminal } = context;
  const nothing = 'No data: nothing matches at that time.';
  if (data.resultType === 'vector')
    return context.table(
      [
        { head: 'SERIES', flexible: true, cell: ({ metric }) => seriesName(metric) },
        { head: 'VALUE', align: 'right', cell: ({ value }) => figure(toNumber(value[1])) },
      ],
      data.result,
      nothing,
    );
  if (data.resultType !== 'matrix') return context.say(data.resultType === 'scalar' ? figure(toNumber(data.result[1])) : data.result[1]);
  const width = Math.max(10, Math.min(POINTS, Math.floor(terminal.columns / 3)));
  const rows = data.result.map(({ metric, values }) => ({ metric, values, numbers: values.map(([, value]) => toNumber(value)) }));
  const among = (pick: (...numbers: number[]) => number, numbers: number[]): string => figure(numbers.reduce((a, b) => pick(a, b)));
  const [first, last] = [Math.min(...rows.map(({ values }) => values[0]![0])), Math.max(...rows.map(({ values }) => values.at(-1)![0]))];
  context.table(
    [
      { head: 'SERIES', flexible: true, cell: ({ metric }) => seriesName(metric) },
      { head: '', cell: ({ values, numbers }) => sparkline(spread(values, numbers, first, last, width), width) },
      { head: 'MIN', align: 'right', cell: ({ numbers }) => among(Math.min, numbers) },
      { head: 'MAX', align: 'right', cell: ({ numbers }) => among(Math.max, numbers) },
      { head: 'LAST', align: 'right', cell: ({ numbers }) => figure(numbers.at(-1) ?? null) },
    ],
    rows,
    nothing,
  );
  if (rows.length > 0) context.say(context.paint('dim', `${localTime(first * 1000, terminal.timeZone)} to ${localTime(last * 1000, terminal.timeZone)}`));
} // prettier-ignore

/** The values at their places in time, so that gaps are gaps and the lines of all series compare. */
function spread(points: readonly Point[], numbers: readonly number[], first: number, last: number, width: number): (number | null)[] {
  const slots = Array.from({ length: width }, (): number[] => []);
  for (const [i, [time]] of points.entries()) {
    const slot = last === first ? 0 : Math.min(width - 1, Math.floor(((time - first) / (last - first)) * width));
    slots[slot]!.push(numbers[i]!);
  }
  // Fewer points than bars: a bar stands until the next point.
  const sparse = points.length < width;
  let before: number | null = null;
  return slots.map((slot) => {
    if (slot.length === 0) return sparse ? before : null;
    before = slot.reduce((sum, value) => sum + value, 0) / slot.length;
    return before;
  });
}

/** `http_requests_total{code="200"}`; `{}` for a series without labels. */
export function seriesName({ __name__: name = '', ...labels }: Labels): string {
  const inside = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`); // prettier-ignore
  return inside.length === 0 && name !== '' ? name : `${name}{${inside.join(', ')}}`;
}

const toNumber = (text: string): number =>
  text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
