/** Unit tests of rules in the format of `promtool test rules` (cmd/promtool/unittest.go). */
import { z } from 'zod';
import { parsePromQL, parseSeriesLine, PromQLSyntaxError, type Histogram } from '../../monitoring/index.ts';
import { durationText, parseDuration } from '../../platform/duration.ts';

const MAX_REPEATS = 100_000;
const MAX_EVALUATIONS = 100_000;
/** Characters of a series' values times repetitions. */
const MAX_HISTOGRAM_WORK = 10_000_000;

const text = z.union([z.string().max(65_536), z.number(), z.boolean()]).transform(String);
const texts = z
  .record(z.string().min(1).max(500), text)
  .nullish()
  .transform((map) => map ?? {});
const duration = durationText().default('0s');

/** Says what is wrong with a text that `parse` throws for. */
const parses =
  (parse: (text: string) => unknown) =>
  (context: z.core.ParsePayload<string>): void => {
    try {
      parse(context.value);
    } catch (error) {
      context.issues.push({ code: 'custom', message: (error as Error).message, input: context.value });
    }
  };

function boundedSeries(values: string): void {
  for (const [, count] of values.matchAll(/x(\d+)/g))
    if (Number(count) > MAX_REPEATS) throw new Error(`x${count} is too many: at most ${MAX_REPEATS} samples of a series`);
  // Each of a histogram's repetitions has buckets of its own.
  for (const [, count] of values.matchAll(/\}\}x(\d+)/g))
    if (Number(count) * values.length > MAX_HISTOGRAM_WORK) throw new Error(`x${count} is too many for native histograms of this size`);
  parseSeriesLine(`a ${values}`);
}

/** The one histogram of `exp_samples`. */
export function histogramOf(text: string): Histogram {
  const [value, ...more] = parseSeriesLine(`a ${text}`).values;
  if (typeof value !== 'object' || more.length > 0) throw new Error('a histogram is one, such as {{count:3 sum:1.5 buckets:[1 2]}}');
  return value.histogram;
}

const expression = text.check(
  parses((expr) => {
    try {
      parsePromQL(expr);
    } catch (error) {
      if (error instanceof PromQLSyntaxError) throw error;
      throw new Error(`not an expression: ${expr}`, { cause: error });
    }
  }),
);

const inputSeries = z.strictObject({
  series: z
    .string()
    .max(65_536)
    .check(parses((series) => parseSeriesLine(series))),
  values: text.check(parses(boundedSeries)),
});

const alertTest = z.strictObject({
  eval_time: duration,
  alertname: z.string().min(1).max(500),
  exp_alerts: z
    .array(z.strictObject({ exp_labels: texts, exp_annotations: texts }))
    .nullish()
    .transform((alerts) => alerts ?? []),
});

const exprTest = z.strictObject({
  expr: expression,
  eval_time: duration,
  exp_samples: z
    .array(
      z.strictObject({
        labels: text.default('').check(parses((labels) => parseSeriesLine(labels))),
        value: z.union([z.number(), z.enum(['NaN', 'Inf', '+Inf', '-Inf', '.nan', '.inf']).transform(numberOf)]).default(0),
        histogram: text.check(parses(histogramOf)).optional(),
      }),
    )
    .nullish()
    .transform((samples) => samples ?? []),
});

function numberOf(word: string): number {
  return /nan/i.test(word) ? Number.NaN : word.startsWith('-') ? -Infinity : Infinity;
}

const list = <T extends z.ZodType>(item: T) => z.array(item).max(10_000).nullish().transform((items) => items ?? []); // prettier-ignore

const testGroup = z.strictObject({
  name: text.default(''),
  interval: durationText({ min: '1ms' }).nullish(),
  start_timestamp: z.union([z.number(), z.string()]).optional(),
  input_series: list(inputSeries),
  alert_rule_test: list(alertTest),
  promql_expr_test: list(exprTest),
  external_labels: texts,
  external_url: z.string().max(2_000).default(''),
});

export const ruleTestSpec = z
  .strictObject({
    rule_files: list(z.string().min(1).max(1_000)),
    evaluation_interval: durationText({ min: '1ms' }).default('1m'),
    group_eval_order: list(z.string()),
    fuzzy_compare: z.boolean().default(false),
    start_timestamp: z.union([z.number(), z.string()]).optional(),
    tests: list(testGroup),
  })
  .check((context) => {
    const step = parseDuration(context.value.evaluation_interval);
    for (const [i, test] of context.value.tests.entries()) {
      const last = Math.max(0, ...[...test.alert_rule_test, ...test.promql_expr_test].map(({ eval_time }) => parseDuration(eval_time)));
      if (last / step > MAX_EVALUATIONS) {
        const message = `up to the last eval_time there are more than ${MAX_EVALUATIONS} evaluations: take a longer evaluation_interval`;
        context.issues.push({ code: 'custom', path: ['tests', i], message, input: test });
      }
      const start = startOf(test.start_timestamp ?? context.value.start_timestamp);
      if (Number.isNaN(start)) {
        const message = 'start_timestamp is seconds since the epoch, or a time such as 2026-01-01T00:00:00Z';
        context.issues.push({ code: 'custom', path: ['tests', i], message, input: test });
      }
    }
  });

export type RuleTestSpec = z.output<typeof ruleTestSpec>;
export type RuleTest = RuleTestSpec['tests'][number];

/** Milliseconds since the epoch; NaN where it is no time. */
export function startOf(given: number | string | undefined): number {
  if (given === undefined) return 0;
  const seconds = Number(given);
  return Number.isNaN(seconds) ? Date.parse(String(given)) : seconds * 1000;
}
