/** Reads promqltest's files: commands to load series and to evaluate queries with what is expected of them. */
import { parseNumber, parseSeriesLine, parseTime, type SeriesLine } from './series-notation.ts';

export interface Load {
  readonly kind: 'load';
  readonly line: number;
  /** Milliseconds. */
  readonly step: number;
  readonly series: readonly SeriesLine[];
  /** Whether classic histograms are to be loaded as native ones of custom buckets too. */
  readonly withNative: boolean;
}

export interface Expectation {
  readonly kind: 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info';
  readonly match: { readonly text: string; readonly regex: boolean } | undefined;
}

export interface Evaluate {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  /** Milliseconds; instant where `step` is 0. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly expectations: readonly Expectation[];
  readonly ordered: boolean;
  readonly scalar: number | undefined;
  readonly string: string | undefined;
  /** Where an instant query's result is a range vector: the times of the expected values. */
  readonly rangeVector: { readonly start: number; readonly step: number } | undefined;
  readonly series: readonly SeriesLine[];
}

export type Command = Load | Evaluate | { readonly kind: 'clear'; readonly line: number };

const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$/;
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/;
const EXPECT = /^expect\s+(ordered|fail|warn|info|no_warn|no_info)(?:\s+(regex|msg):\s*(.+))?$/;
const EXPECT_RANGE = /^expect\s+range\s+vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/;
const EXPECT_STRING = /^expect\s+string\s+(.+)$/;

export function parseTestFile(text: string): Command[] {
  // A comment ends a block as a blank line does.
  const lines = text.split('\n').map((line) => (line.trim().startsWith('#') ? '' : line.trim()));
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line === '') continue;
    const block: string[] = [];
    if (line !== 'clear') while (i + 1 < lines.length && lines[i + 1] !== '') block.push(lines[++i]!);
    commands.push(parseCommand(line, block, i - block.length + 1));
  }
  return commands;
}

function parseCommand(line: string, block: readonly string[], number: number): Command {
  try {
    if (line === 'clear') return { kind: 'clear', line: number };
    const load = /^load(_with_nhcb)?\s+(.+)$/.exec(line);
    if (load !== null) {
      const series = block.map(parseSeriesLine);
      return { kind: 'load', line: number, step: parseTime(load[2]!), series, withNative: load[1] !== undefined };
    }
    return parseEval(line, block, number);
  } catch (error) {
    throw new Error(`line ${number}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function parseEval(line: string, block: readonly string[], number: number): Evaluate {
  const instant = INSTANT.exec(line);
  const range = instant === null ? RANGE.exec(line) : null;
  if (instant === null && range === null) throw new Error(`no command: ${line}`);
  const start = parseTime(instant?.[2] ?? range?.[2] ?? '0');
  const legacy = instant?.[1] ?? range?.[1];
  const draft = {
    kind: 'eval' as const,
    line: number,
    query: instant?.[3] ?? range![5]!,
    start,
    end: range === null ? start : parseTime(range[3]!),
    step: range === null ? 0 : parseTime(range[4]!),
    expectations: [] as Expectation[],
    ordered: legacy === 'ordered',
    scalar: undefined as number | undefined,
    string: undefined as string | undefined,
    rangeVector: undefined as Evaluate['rangeVector'],
    series: [] as SeriesLine[],
  };
  if (legacy !== undefined && legacy !== 'ordered') draft.expectations.push({ kind: legacy as 'fail' | 'warn' | 'info', match: undefined });
  for (const expected of block) readExpected(draft, expected);
  return draft;
}

type Draft = { -readonly [K in keyof Evaluate]: Evaluate[K] } & { expectations: Expectation[]; series: SeriesLine[] };

function readExpected(draft: Draft, line: string): void {
  const expect = EXPECT.exec(line);
  if (expect?.[1] === 'ordered') draft.ordered = true;
  else if (expect !== null) {
    const match = expect[3] === undefined ? undefined : { text: expect[3], regex: expect[2] === 'regex' };
    draft.expectations.push({ kind: expect[1] as Expectation['kind'], match });
  } else if (EXPECT_RANGE.test(line)) {
    const [, start, , step] = EXPECT_RANGE.exec(line)!;
    draft.rangeVector = { start: parseTime(start!), step: parseTime(step!) };
  } else if (EXPECT_STRING.test(line)) {
    const text = EXPECT_STRING.exec(line)![1]!;
    draft.string = text.startsWith('`') ? text.slice(1, -1) : (JSON.parse(text) as string);
  } else if (/^expected_fail_(?:message|regexp)\s/.test(line)) {
    draft.expectations = [{ kind: 'fail', match: { text: line.replace(/^\S+\s+/, ''), regex: line.startsWith('expected_fail_regexp') } }];
  } else if (/^[+-]?(?:[\d.][\d.eE+-]*|inf|nan)$/i.test(line)) draft.scalar = parseNumber(line);
  else draft.series.push(parseSeriesLine(line));
}
