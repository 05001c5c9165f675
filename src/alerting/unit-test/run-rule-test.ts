/** Runs one test: the rules over the input series on their own timeline, as `promtool test rules` does, and what was expected of them. */
import {
  createQueryEngine,
  formatNotation,
  MemorySource,
  parseSeriesLine,
  quote,
  writeStale,
  type Histogram,
  type Labels,
  type SampleSink,
  type SeriesSource,
  type VectorSample,
} from '../../monitoring/index.ts';
import { queryPort, type QueryPort } from '../../objectives/index.ts';
import { systemClock } from '../../platform/clock.ts';
import { formatDuration, parseDuration } from '../../platform/duration.ts';
import type { RuleState } from '../alerts/index.ts';
import { alertSeries, evaluateRule, recordSeries, writeSeries, type Evaluation, type Written } from '../evaluation/index.ts';
import type { Rule } from '../rules/index.ts';
import { Queries, Sample } from '../template/index.ts';
import { histogramOf, startOf, type RuleTest, type RuleTestSpec } from './rule-test-spec.ts';

interface Running {
  readonly rule: Rule;
  state: RuleState;
  written: Written;
}

/** Like the store it never tells of what is yet to come. */
class Timeline implements SeriesSource {
  readonly memory = new MemorySource();
  now = Number.NEGATIVE_INFINITY;
  readonly sink: SampleSink;

  constructor() {
    const series: Labels[] = [];
    this.sink = {
      resolve: (labels) => series.push(labels) - 1,
      append: async ({ ids, times, values, histograms }) =>
        ids.forEach((id, i) => {
          const histogram = histograms?.get(i);
          this.memory.add(series[id]!, [times[i]!], values.slice(i, i + 1), histogram && new Map([[0, histogram]]));
        }),
      describe: () => undefined,
    };
  }

  select: SeriesSource['select'] = (matchers, from, to) => this.memory.select(matchers, from, Math.min(to, this.now));
}

function load({ input_series }: RuleTest, memory: MemorySource, start: number, step: number): void {
  for (const { series, values: text } of input_series) {
    const { labels } = parseSeriesLine(series);
    const { values } = parseSeriesLine(`a ${text}`);
    const times: number[] = [];
    const numbers = new Float64Array(values.length);
    const histograms = new Map<number, Histogram>();
    for (const [i, value] of values.entries()) {
      if (value === undefined) continue;
      if (value === 'stale') writeStale(numbers, times.length);
      else if (typeof value === 'object') {
        histograms.set(times.length, value.histogram);
        numbers[times.length] = Number.NaN;
      } else numbers[times.length] = value;
      times.push(start + i * step);
    }
    memory.add(labels, times, numbers, histograms);
  }
}

/** What is wrong, each in a few lines; nothing where the test passes. */
export async function runRuleTest(test: RuleTest, spec: RuleTestSpec, rules: readonly Rule[]): Promise<string[]> {
  const timeline = new Timeline();
  const start = startOf(test.start_timestamp ?? spec.start_timestamp);
  const step = parseDuration(spec.evaluation_interval);
  load(test, timeline.memory, start, parseDuration(test.interval ?? spec.evaluation_interval));
  const query = queryPort(createQueryEngine({ source: timeline, clock: systemClock }));
  const running = rules.map((rule): Running => ({ rule, state: new Map(), written: new Map() }));
  const times = [...test.alert_rule_test, ...test.promql_expr_test].map(({ eval_time }) => parseDuration(eval_time));
  const last = start + Math.max(0, ...times);
  const problems: string[] = [];
  for (let now = start; now <= last; now += step) {
    timeline.now = now;
    const failed = await evaluateAll(running, { now, start, query, sink: timeline.sink, test });
    if (failed.length > 0) return failed;
    for (const expected of test.alert_rule_test) {
      const at = start + parseDuration(expected.eval_time);
      if (at >= now && at < now + step) problems.push(...checkAlerts(expected, running));
    }
  }
  timeline.now = last;
  for (const expected of test.promql_expr_test) problems.push(...(await checkExpr(expected, start, query, spec.fuzzy_compare)));
  return problems;
}

interface Evaluate {
  readonly now: number;
  readonly start: number;
  readonly query: QueryPort;
  readonly sink: SampleSink;
  readonly test: RuleTest;
}

async function evaluateAll(running: readonly Running[], at: Evaluate): Promise<string[]> {
  const problems: string[] = [];
  for (const one of running) {
    try {
      await evaluate(one, at);
    } catch (error) {
      problems.push(`rule: ${one.rule.name}, time: ${formatDuration(at.now - at.start)}, err: ${(error as Error).message}`);
    }
  }
  return problems;
}

async function evaluate(one: Running, { now, query, sink, test }: Evaluate): Promise<void> {
  const { rule } = one;
  const at = now - rule.offsetMs;
  const vector = await query.instant(rule.expr, at);
  if (rule.kind === 'record') {
    one.written = await writeSeries(sink, one.written, recordSeries(rule, vector), at);
    return;
  }
  const queries = new Queries();
  const { external_labels: externalLabels, external_url: externalUrl } = test;
  const decide = (): Evaluation => evaluateRule(rule, one.state, vector, { now, queries, externalLabels, externalUrl });
  const answer = async (expr: string) => {
    try {
      return (await query.instant(expr, now)).map(({ labels, value }) => new Sample(labels, value));
    } catch (error) {
      return (error as Error).message;
    }
  };
  let outcome = decide();
  while (await queries.resolve(answer)) outcome = decide();
  one.state = outcome.state;
  one.written = await writeSeries(sink, one.written, alertSeries(one.state), at);
}

type Texts = Readonly<Record<string, string>>;

const show = (texts: Texts): string =>
  `{${Object.keys(texts)
    .sort()
    .map((name) => `${name}=${quote(texts[name]!)}`)
    .join(', ')}}`;

function checkAlerts({ alertname, eval_time, exp_alerts }: RuleTest['alert_rule_test'][number], running: readonly Running[]): string[] {
  const line = (labels: Texts, annotations: Texts): string => `Labels:${show(labels)} Annotations:${show(annotations)}`;
  const expected = exp_alerts.map(({ exp_labels, exp_annotations }) => line({ ...exp_labels, alertname }, exp_annotations)).sort();
  const got = running
    .filter(({ rule }) => rule.kind === 'alert' && rule.name === alertname)
    .flatMap(({ state }) => [...state.values()])
    .filter(({ state }) => state === 'firing')
    .map(({ labels, annotations }) => line(labels, annotations))
    .sort();
  return got.join('\n') === expected.join('\n') ? [] : [mismatch(`alertname: ${alertname}, time: ${eval_time}`, expected, got)];
}

const mismatch = (what: string, expected: readonly string[], got: readonly string[]): string => {
  const list = (lines: readonly string[]): string => (lines.length === 0 ? 'nothing' : lines.join('\n            '));
  return `${what},\n    expected: ${list(expected)}\n    got:      ${list(got)}`;
};

interface Comparable {
  readonly name: string;
  readonly value: number;
  /** As promtool compares them: by their text, with what is known of a counter reset. */
  readonly histogram: string | undefined;
}

function comparable(samples: readonly VectorSample[]): Comparable[] {
  const all = samples.map(({ labels, value, histogram }) => ({
    name: show(labels),
    value,
    histogram: histogram && formatNotation(histogram),
  }));
  return all.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.value - b.value));
}

async function checkExpr(
  { expr, eval_time, exp_samples }: RuleTest['promql_expr_test'][number],
  start: number,
  query: QueryPort,
  fuzzy: boolean,
): Promise<string[]> {
  const what = `expr: ${quote(expr)}, time: ${eval_time}`;
  try {
    const got = comparable(await query.instant(expr, start + parseDuration(eval_time)));
    const expected = comparable(
      exp_samples.map(({ labels, value, histogram }) => ({
        labels: parseSeriesLine(labels).labels,
        value,
        ...(histogram !== undefined && { histogram: histogramOf(histogram) }),
      })),
    );
    const same =
      got.length === expected.length &&
      got.every(({ name, value, histogram }, i) => {
        const other = expected[i]!;
        return name === other.name && histogram === other.histogram && (histogram !== undefined || equal(value, other.value, fuzzy));
      });
    const text = ({ name, value, histogram }: Comparable): string => `${name} ${histogram ?? value}`;
    return same ? [] : [mismatch(what, expected.map(text), got.map(text))];
  } catch (error) {
    return [`${what}, err: ${(error as Error).message}`];
  }
}

/** `fuzzy` takes the numbers next to each other for the same. */
function equal(a: number, b: number, fuzzy: boolean): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (!fuzzy || Math.sign(a) !== Math.sign(b)) return false;
  const bits = (value: number): bigint => new BigInt64Array(Float64Array.of(Math.abs(value)).buffer)[0]!;
  const apart = bits(a) - bits(b);
  return apart === 1n || apart === -1n;
}
