/**
 * The same files, read by Debian's promtool (2.42) and by nines. What Prometheus 3 takes and 2.42 doesn't (labels of any characters,
 * labels and query_offset of groups) is in src/alerting/rules/rule-file.test.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ruleFileKind, ruleTestKind, runRuleTests, type RuleTestSpec } from '../../src/alerting/index.ts';
import { checkDocuments } from '../../src/catalog/index.ts';

const missing = spawnSync('promtool', ['--version']).status !== 0;
const own = join(import.meta.dirname, 'rule-tests');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nines-promtool-'));
  for (const file of readdirSync(own)) writeFileSync(join(folder, file), readFileSync(join(own, file)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const promtool = (...args: string[]): { ok: boolean; output: string } => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { ok: status === 0, output: stdout + stderr };
};
const registry = { kinds: [], foreignKinds: [{ ...ruleFileKind, check: () => [] }, ruleTestKind] };

async function runTests(text: string): Promise<string[]> {
  const { set, problems } = checkDocuments([{ file: 'a_test.yml', text }], registry, 0);
  if (problems.length > 0) return problems.map(({ message }) => message);
  const results = await Promise.all(
    set
      .list<RuleTestSpec>(ruleTestKind.kind)
      .map(({ spec }) =>
        runRuleTests(spec, async (files) => files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))),
      ),
  );
  return results.flat().flatMap(({ failures }) => failures);
}

const good = readFileSync(join(own, 'good_test.yml'), 'utf8');
const tests: [name: string, ok: boolean, text: string][] = [
  ['all that is expected comes', true, good],
  ['another label', false, good.replace('extra: PROMETHEUS', 'extra: PROM')],
  ['another annotation', false, good.replace('5 minutes. 2', '5 minutes. 3')],
  ['an alert that does not come', false, good.replace('eval_time: 4m\n        alertname: InstanceDown', 'eval_time: 4m\n        alertname: InstanceDown\n        exp_alerts: [{ exp_labels: {} }]')],
  ['an alert that is still kept', false, good.replace('eval_time: 6m', 'eval_time: 5m')],
  ['a value', false, good.replace('value: 420', 'value: 421')],
  ['a sample too few', false, good.replace(/ {10}- labels: 'job:up:sum\{job="prometheus"\}'\n {12}value: 0\n/, '')],
  ['rules between two evaluations', true, good.replace('eval_time: 10m\n        alertname', 'eval_time: 10m30s\n        alertname')],
  ['an interval of its own', true, good.replaceAll('evaluation_interval: 1m', 'evaluation_interval: 30s').replace("- expr: ALERTS\n", "- expr: ALERTS > 0\n")],
  ['an unknown rule file', false, good.replace('[rules.yml]', '[nothing.yml]')],
  ['an unknown field', false, good.replace('name: down', 'nam: down')],
  ['no expression', false, good.replace('expr: job:up:sum\n', 'expr: sum(\n')],
  ['a series without values', false, good.replace("'1 6 7 1x10'", "'1 6 7 1xx10'")],
]; // prettier-ignore

test.skipIf(missing).each(tests)('promtool test rules: %s', async (_, ok, text) => {
  const file = join(folder, 'a_test.yml');
  writeFileSync(file, text);
  const theirs = promtool('test', 'rules', file);
  const ours = await runTests(text);
  expect({ promtool: theirs.ok, nines: ours.length === 0 }, `${theirs.output}\n${ours.join('\n')}`).toEqual({ promtool: ok, nines: ok });
});

/** What Prometheus 3 takes and Debian's promtool refuses by its form: native histograms. */
const histograms = (
  expected: string,
  values: string = '{{schema:0 sum:3 count:2 buckets:[2]}}+{{sum:3 count:2 buckets:[2]}}x4',
): string => `
rule_files: [rules.yml]
tests:
  - input_series:
      - { series: 'sizes{job="a"}', values: '${values}' }
    promql_expr_test:
      - expr: sizes
        eval_time: 2m
        exp_samples: [{ labels: 'sizes{job="a"}', histogram: '${expected}' }]
      - expr: histogram_count(increase(sizes[2m]))
        eval_time: 4m
        exp_samples: [{ labels: '{job="a"}', value: 4 }]
`;
const sizes = '{{count:6 sum:9 counter_reset_hint:not_reset buckets:[6]}}';
test.each<[string, string, RegExp | undefined]>([
  ['as they come', histograms(sizes), undefined],
  ['what is known of a reset is compared', histograms(sizes.replace(' counter_reset_hint:not_reset', '')), /got: .*not_reset/s],
  ['another count', histograms(sizes.replace('[6]', '[5]')), /expected: .*\[5\].*got: .*\[6/s],
  ['a histogram where a number comes', histograms(sizes, '2 4 6 8 10'), /expected: .*count:6.*got: .* 6/s],
  ['no histogram', histograms('{{count}}'), /'histogram' can't be/],
  ['two of them', histograms('{{count:1}} {{count:1}}'), /'histogram' can't be/],
  ['too many', histograms(sizes, '{{count:1}}x99999999'), /'values' can't be/],
])('native histograms in tests of rules: %s', async (_, text, says) => {
  const problems = await runTests(text);
  if (says) expect(problems.join('\n')).toMatch(says);
  else expect(problems).toEqual([]);
});

const one = (rule: string): string => `groups: [{ name: g, rules: [${rule}] }]`;
const rules: [name: string, ok: boolean, text: string][] = [
  ['an alert', true, one("{ alert: A, expr: up == 0, for: 5m, keep_firing_for: 1m, labels: { a: b }, annotations: { c: '{{ $value }}' } }")],
  ['a record', true, one("{ record: 'a:b', expr: sum(up), labels: { a: '{{ no template' } }")],
  ['limit and interval', true, 'groups: [{ name: g, interval: 15s, limit: 3, rules: [] }]'],
  ['durations of several units', true, one('{ alert: A, expr: 1, for: 1d2h3m4s5ms }')],
  ['zero', true, one('{ alert: A, expr: 1, for: 0s }')],
  ['query, range and with', true, one("{ alert: A, expr: 1, annotations: { a: '{{ range query `up` }}{{ .Value }}{{ else }}x{{ end }}{{ with $labels.a }}{{ . }}{{ end }}' } }")],
  ['two rules of one name', true, one('{ alert: A, expr: 1 }, { alert: A, expr: 2 }')],
  ['no rules', true, 'groups: [{ name: g }]'],
  ['a number for a label', true, one('{ alert: A, expr: 1, labels: { a: 1 } }')],
  ['a bad expression', false, one('{ alert: A, expr: sum(up }')],
  ['a type error', false, one('{ alert: A, expr: rate(up) }')],
  ['a bad duration', false, one('{ alert: A, expr: 1, for: 5 minutes }')],
  ['a fraction of a duration', false, one('{ alert: A, expr: 1, for: 1.5h }')],
  ['a negative duration', false, one('{ alert: A, expr: 1, for: -5m }')],
  ['a bad template', false, one("{ alert: A, expr: 1, annotations: { a: '{{ $value' } }")],
  ['an unknown function', false, one("{ alert: A, expr: 1, labels: { a: '{{ nothing 1 }}' } }")],
  ['an unknown variable', false, one("{ alert: A, expr: 1, labels: { a: '{{ $nothing }}' } }")],
  ['an unknown field', false, one('{ alert: A, expr: 1, summary: x }')],
  ['an unknown field of a group', false, 'groups: [{ name: g, intervall: 1m }]'],
  ['both', false, one('{ alert: A, record: b, expr: 1 }')],
  ['neither', false, one('{ expr: 1 }')],
  ['no expression', false, one('{ alert: A }')],
  ['annotations of a record', false, one('{ record: a, expr: 1, annotations: { a: b } }')],
  ['for of a record', false, one('{ record: a, expr: 1, for: 1m }')],
  ['a reserved label', false, one('{ alert: A, expr: 1, labels: { __name__: x } }')],
  ['a group twice', false, 'groups: [{ name: g }, { name: g }]'],
  ['no name of a group', false, 'groups: [{ rules: [] }]'],
  ['a list for labels', false, one('{ alert: A, expr: 1, labels: [a] }')],
]; // prettier-ignore

test.skipIf(missing).each(rules)('promtool check rules: %s', (_, ok, text) => {
  const file = join(folder, 'checked.yml');
  writeFileSync(file, text);
  const theirs = promtool('check', 'rules', '--lint=none', file);
  const ours = checkDocuments([{ file: 'checked.yml', text }], registry, 0).problems;
  expect({ promtool: theirs.ok, nines: ours.length === 0 }, `${theirs.output}\n${ours.map(({ message }) => message).join('\n')}`).toEqual({ promtool: ok, nines: ok }); // prettier-ignore
});
