/** Whatever stands in a rule file or a file of rule tests: it is taken or refused with its place, soon. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { checkDocuments } from '../../catalog/index.ts';
import { ruleFileKind } from './rule-file.ts';
import { ruleTestKind } from '../unit-test/rule-test-kind.ts';

const registry = { kinds: [], foreignKinds: [ruleFileKind, ruleTestKind] };

const RULES = `groups:
  - name: g
    interval: 30s
    limit: 3
    query_offset: 10s
    labels: { team: web }
    rules:
      - alert: A
        expr: sum by (job) (rate(up[5m])) > 1
        for: 5m
        keep_firing_for: 1m
        labels: { severity: page }
        annotations: { summary: '{{ range query "up" }}{{ .Value }}{{ end }}' }
      - record: a:b
        expr: 1
`;
const TESTS = `rule_files: [a.yml]
evaluation_interval: 1m
group_eval_order: [g]
tests:
  - interval: 1m
    input_series: [{ series: 'up{job="a"}', values: '1+1x5 _x3 stale NaN' }]
    alert_rule_test: [{ eval_time: 5m, alertname: A, exp_alerts: [{ exp_labels: { a: b } }] }]
    promql_expr_test: [{ expr: up, eval_time: 5m, exp_samples: [{ labels: 'up{}', value: 1 }] }]
`;

const junk = fc.oneof(
  fc.constantFrom(': ', '- ', '[', ']', '{', '}', '"', "'", '|', '&a ', '*a', '!!int ', '\n', '\t', 'null', '1e999', '99999999999999999999d', 'x999999999', '{{', '}}', '\u0000', '\ud800'),
  fc.string({ maxLength: 8 }),
); // prettier-ignore

const mutated = (text: string) =>
  fc
    .array(fc.tuple(fc.nat({ max: text.length }), fc.nat({ max: 12 }), junk), { minLength: 1, maxLength: 5 })
    .map((edits) => edits.reduce((now, [at, length, added]) => now.slice(0, at) + added + now.slice(at + length), text));

test.each([
  ['rules', RULES],
  ['tests of rules', TESTS],
])('%s', async (_, text) => {
  const check = (changed: string): void => {
    const began = performance.now();
    const { problems } = checkDocuments([{ file: 'a.yml', text: changed }], registry, 0);
    for (const { line, column, message } of problems) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(message).not.toContain('could not be checked');
    }
    expect(performance.now() - began).toBeLessThan(1_000);
  };
  expect(checkDocuments([{ file: 'a.yml', text }], { ...registry, foreignKinds: [{ ...ruleFileKind, check: () => [] }, ruleTestKind] }, 0).problems).toEqual([]); // prettier-ignore
  await fuzz(fc.property(mutated(text), check), 400);
});
