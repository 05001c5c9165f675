/** Runs promqltest files against the engine. One eval statement is one case. */
import { systemClock } from '../../../platform/clock.ts';
import { writeStale } from '../../series.ts';
import { createQueryEngine, type QueryEngine } from '../engine.ts';
import { labelKey } from '../label-key.ts';
import { compileMatcher, matchesAll } from '../matchers.ts';
import { MemorySource } from '../memory-source.ts';
import { parse } from '../parse-cache.ts';
import type { QueryResult } from '../result.ts';
import { selectorsOf } from '../selectors.ts';
import { unwrap, type Expr } from '../syntax/ast.ts';
import { otherTimes, withAt } from './at-variants.ts';
import { difference, show } from './compare.ts';
import type { SeriesLine } from './series-notation.ts';
import { parseTestFile, type Command, type Evaluate, type Expectation, type Load } from './test-file.ts';

export interface CaseResult {
  /** `file:line`. */
  readonly place: string;
  readonly query: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why, where it didn't pass. */
  readonly detail: string;
}

interface State {
  source: MemorySource;
  engine: QueryEngine;
  /** Series that were loaded as native histograms: queries that meet one can't be answered. */
  histograms: SeriesLine[];
}

const newState = (): State => {
  const source = new MemorySource();
  return { source, engine: createQueryEngine({ source, clock: systemClock }), histograms: [] };
};

export async function runTestFile(name: string, text: string): Promise<CaseResult[]> {
  let commands: Command[];
  try {
    commands = parseTestFile(text);
  } catch (error) {
    return [{ place: name, query: '', outcome: 'failed', detail: messageOf(error) }];
  }
  const results: CaseResult[] = [];
  let state = newState();
  for (const command of commands) {
    if (command.kind === 'clear') state = newState();
    else if (command.kind === 'load') load(state, command);
    else results.push({ place: `${name}:${command.line}`, query: command.query, ...(await runCase(state, command)) });
  }
  return results;
}

function load(state: State, { step, series }: Load): void {
  // Of two lines for the same series in a block the later counts.
  const lines = new Map(series.map((line) => [labelKey(line.labels), line]));
  for (const line of lines.values()) {
    if (line.values.includes('histogram')) {
      state.histograms.push(line);
      continue;
    }
    const times: number[] = [];
    const values = new Float64Array(line.values.length);
    for (const [i, value] of line.values.entries()) {
      if (value === undefined) continue;
      if (value === 'stale') writeStale(values, times.length);
      else values[times.length] = value as number;
      times.push(i * step);
    }
    state.source.add(line.labels, times, values);
  }
}

async function runCase(state: State, test: Evaluate): Promise<Pick<CaseResult, 'outcome' | 'detail'>> {
  if (test.series.some(({ values }) => values.includes('histogram'))) return { outcome: 'skipped', detail: 'native histograms' };
  const fails = test.expectations.find(({ kind }) => kind === 'fail');
  let expr: Expr;
  try {
    expr = parse(test.query);
  } catch (error) {
    return verdict(checkFailure(fails, error));
  }
  if (fails === undefined && meetsHistograms(state, expr)) return { outcome: 'skipped', detail: 'native histograms' };
  return verdict(test.step > 0 ? await checkRange(state, test, expr) : await checkInstant(state, test, expr));
}

const verdict = (problem: string | undefined): Pick<CaseResult, 'outcome' | 'detail'> =>
  problem === undefined ? { outcome: 'passed', detail: '' } : { outcome: 'failed', detail: problem };

function meetsHistograms(state: State, expr: Expr): boolean {
  return selectorsOf(expr).some(({ matchers }) => {
    const compiled = matchers.map(compileMatcher);
    return state.histograms.some(({ labels }) => matchesAll(compiled, labels));
  });
}

async function checkRange({ engine }: State, test: Evaluate, expr: Expr): Promise<string | undefined> {
  return await ask(test, async () => await engine.range(expr, test.start, test.end, test.step));
}

/** At its time, with `@` at other times, and as the middle step of a range query. */
async function checkInstant({ engine }: State, test: Evaluate, expr: Expr): Promise<string | undefined> {
  const problem = await ask(test, async () => await engine.instant(expr, test.start));
  if (problem !== undefined) return problem;
  const fixed = withAt(expr, test.start);
  const hasAnnotations = test.expectations.some(({ match }) => match !== undefined);
  for (const time of fixed === undefined || hasAnnotations ? [] : otherTimes(test.start)) {
    const again = await ask(test, async () => await engine.instant(fixed!, time));
    if (again !== undefined) return `asked with @ ${test.start / 1000} at ${time / 1000}:\n${again}`;
  }
  const type = unwrap(expr).type;
  if (test.ordered || type === 'matrix' || type === 'string') return undefined;
  const middle = await ask(test, async () => middleStep(await engine.range(expr, test.start - 60_000, test.start + 60_000, 60_000), test));
  return middle === undefined ? undefined : `as the middle step of a range query:\n${middle}`;
}

function middleStep(result: QueryResult, { start, scalar }: Evaluate): QueryResult {
  if (result.kind !== 'matrix') return result;
  const { warnings, infos } = result;
  const samples = result.series.flatMap(({ labels, times, values }) => {
    const at = times.indexOf(start);
    return at < 0 ? [] : [{ labels, value: values[at]! }];
  });
  if (scalar !== undefined && samples.length === 1) return { kind: 'scalar', time: start, value: samples[0]!.value, warnings, infos };
  return { kind: 'vector', time: start, samples, warnings, infos };
}

/** What is wrong with the answer, if anything. */
async function ask(test: Evaluate, query: () => Promise<QueryResult>): Promise<string | undefined> {
  const fails = test.expectations.find(({ kind }) => kind === 'fail');
  let got: QueryResult;
  try {
    got = await query();
  } catch (error) {
    return checkFailure(fails, error);
  }
  if (fails !== undefined) return `  expected: a failure\n  got:      ${show(got)}`;
  return difference(test, got) ?? checkAnnotations(test, got);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function checkFailure(expected: Expectation | undefined, error: unknown): string | undefined {
  const message = messageOf(error);
  if (expected === undefined) return `  failed: ${message}`;
  return expected.match === undefined || fits(expected.match, message)
    ? undefined
    : `  expected the failure: ${expected.match.text}\n  got:                  ${message}`;
}

const fits = ({ text, regex }: { text: string; regex: boolean }, message: string): boolean =>
  regex ? new RegExp(text).test(message) : message === text;

function checkAnnotations(test: Evaluate, got: QueryResult): string | undefined {
  for (const { kind, match } of test.expectations) {
    const texts = kind === 'warn' || kind === 'no_warn' ? got.warnings : got.infos;
    const shown = texts.length === 0 ? 'none' : texts.join('\n            ');
    if (kind === 'no_warn' || kind === 'no_info') {
      if (texts.length > 0) return `  expected: no annotation\n  got:      ${shown}`;
    } else if (kind !== 'fail' && (texts.length === 0 || (match !== undefined && !texts.some((text) => fits(match, text))))) {
      return `  expected ${kind}: ${match?.text ?? 'any'}\n  got:      ${shown}`;
    }
  }
  return undefined;
}
