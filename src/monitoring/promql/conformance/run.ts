/** Runs promqltest files against the engine. One eval statement is one case. Longer than most: every way in which a case is checked. */
import { systemClock } from '../../../platform/clock.ts';
import type { Histogram } from '../../histogram.ts';
import { writeStale, type Labels } from '../../series.ts';
import { createQueryEngine, type QueryEngine } from '../engine.ts';
import { labelKey } from '../labels.ts';
import { compileMatcher, matchesAll } from '../matchers.ts';
import { MemorySource } from '../memory-source.ts';
import { parse } from '../parse-cache.ts';
import type { QueryResult } from '../result.ts';
import { selectorsOf } from '../selectors.ts';
import { children, unwrap, type Expr } from '../syntax/ast.ts';
import { otherTimes, withAt } from './at-variants.ts';
import { classicToNative } from './classic-to-native.ts';
import { difference, show } from './compare.ts';
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
  /** Series that were loaded as what nines doesn't keep: queries that meet one can't be answered. */
  unsupported: { readonly labels: Labels; readonly as: 'start timestamps' }[];
}

const newState = (): State => {
  const source = new MemorySource();
  return { source, engine: createQueryEngine({ source, clock: systemClock }), unsupported: [] };
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

function load(state: State, { step, series, withNative }: Load): void {
  // Of two lines for the same series in a block the later counts.
  const lines = new Map(series.filter((line) => !line.startTimestamps).map((line) => [labelKey(line.labels), line]));
  for (const { labels, startTimestamps } of series) if (startTimestamps) state.unsupported.push({ labels, as: 'start timestamps' });
  const native = withNative ? classicToNative(lines.values()) : [];
  for (const line of [...lines.values(), ...native]) {
    const times: number[] = [];
    const histograms = new Map<number, Histogram>();
    const values = new Float64Array(line.values.length);
    for (const [i, value] of line.values.entries()) {
      if (value === undefined) continue;
      if (value === 'stale') writeStale(values, times.length);
      else if (typeof value === 'number') values[times.length] = value;
      else {
        values[times.length] = NaN;
        histograms.set(times.length, value.histogram);
      }
      times.push(i * step);
    }
    state.source.add(line.labels, times, values, histograms);
  }
}

async function runCase(state: State, test: Evaluate): Promise<Pick<CaseResult, 'outcome' | 'detail'>> {
  const fails = test.expectations.find(({ kind }) => kind === 'fail');
  let expr: Expr;
  try {
    expr = parse(test.query);
  } catch (error) {
    return verdict(checkFailure(fails, error));
  }
  const met = fails === undefined ? meetsUnsupported(state, expr) : undefined;
  if (met !== undefined) return { outcome: 'skipped', detail: met };
  const problem = test.step > 0 ? await checkRange(state, test, expr) : await checkInstant(state, test, expr);
  const unanswerable = problem === undefined ? undefined : meetsUnsupported(state, expr);
  return unanswerable === undefined ? verdict(problem) : { outcome: 'skipped', detail: unanswerable };
}

const verdict = (problem: string | undefined): Pick<CaseResult, 'outcome' | 'detail'> =>
  problem === undefined ? { outcome: 'passed', detail: '' } : { outcome: 'failed', detail: problem };

function meetsUnsupported({ unsupported }: State, expr: Expr): string | undefined {
  for (const { matchers } of selectorsOf(expr)) {
    const compiled = matchers.map(compileMatcher);
    const met = unsupported.find(({ labels }) => matchesAll(compiled, labels));
    if (met !== undefined) return met.as;
  }
  return undefined;
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
  if (test.ordered || type === 'matrix' || type === 'string' || speaksOfQuery(expr)) return undefined;
  const middle = await ask(test, async () => middleStep(await engine.range(expr, test.start - 60_000, test.start + 60_000, 60_000), test));
  return middle === undefined ? undefined : `as the middle step of a range query:\n${middle}`;
}

/** Whether the answer hangs on the query's range and step, so that a range query is another question. */
const speaksOfQuery = (expr: Expr): boolean =>
  (expr.kind === 'call' && /^(?:start|end|step|range)$/.test(expr.name)) ||
  ('range' in expr && typeof expr.range !== 'number') ||
  ('offset' in expr && typeof expr.offset !== 'number') ||
  ('at' in expr && expr.at !== undefined && expr.at.kind !== 'time') ||
  children(expr).some(speaksOfQuery);

function middleStep(result: QueryResult, { start, scalar }: Evaluate): QueryResult {
  if (result.kind !== 'matrix') return result;
  const { warnings, infos } = result;
  const samples = result.series.flatMap(({ labels, times, values, histograms }) => {
    const at = times.indexOf(start);
    const histogram = histograms?.[at];
    return at < 0 ? [] : [{ labels, value: values[at]!, ...(histogram && { histogram }) }];
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

/** Newer Prometheus tells the place in annotations, older tests don't. */
function fits({ text, regex }: { text: string; regex: boolean }, message: string): boolean {
  const variants = [message, message.replace(/ \(\d+:\d+\)$/, '')];
  const wanted = [text, text.replace(/^"(.*)"$/, '$1')];
  return variants.some((variant) => wanted.some((one) => (regex ? new RegExp(one).test(variant) : variant === one)));
}

/** Each expectation must be met; where any speaks of a kind, each annotation of the kind must be expected. */
function checkAnnotations(test: Evaluate, got: QueryResult): string | undefined {
  for (const kind of ['warn', 'info'] as const) {
    const texts = kind === 'warn' ? got.warnings : got.infos;
    const expected = test.expectations.filter((expectation) => expectation.kind === kind);
    const none = test.expectations.some((expectation) => expectation.kind === `no_${kind}`);
    const unmet = expected.filter(({ match }) => !texts.some((text) => match === undefined || fits(match, text)));
    const surprising =
      expected.length === 0 && !none ? [] : texts.filter((text) => !expected.some(({ match }) => match === undefined || fits(match, text)));
    if (unmet.length === 0 && surprising.length === 0) continue;
    const wanted = expected.map(({ match }) => match?.text ?? 'any');
    return `  expected ${kind}: ${wanted.join(', ') || 'none'}\n  got:      ${texts.join('\n            ') || 'none'}`;
  }
  return undefined;
}
