import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { setOf } from '../../../test/harness/resources.ts';
import type { ResourceSet } from '../../catalog/index.ts';
import { ruleFileKind } from './rule-file.ts';
import { ruleFileSpec } from './rule-file-spec.ts';
import { rulesOfFile } from './rules-of-file.ts';
import type { Template } from '../template/index.ts';

const problems = (yaml: string): string[] => {
  const result = ruleFileSpec.safeParse(parse(yaml));
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const one = (rule: string): string => `groups: [{ name: g, rules: [${rule}] }]`;

test.each([
  [
    'everything',
    `groups: [{ name: g, interval: 30s, limit: 5, query_offset: 10s, labels: { team: web }, rules: [{ alert: A, expr: up == 0, for: 5m, keep_firing_for: 1m, labels: { severity: page, tier: 1 }, annotations: { summary: 'x {{ $value }}' } }, { record: 'job:up:sum', expr: sum by (job) (up), labels: { a: b } }] }]`,
  ],
  ['a number as expression', one('{ record: one, expr: 1 }')],
  ['no rules', 'groups: [{ name: g }]'],
  ['no groups', 'groups: []'],
  ['labels of any characters', one("{ record: one, expr: 1, labels: { 'ins-tance': x } }")],
])('%s is taken', (_, yaml) => {
  expect(problems(yaml)).toEqual([]);
});

test.each([
  ['what is no PromQL', one('{ alert: A, expr: "sum(up" }'), 'groups.0.rules.0.expr: 1:7: parse error'],
  ['the wrong type of an argument', one('{ record: a, expr: rate(hi) }'), 'groups.0.rules.0.expr: '],
  ['an unknown key', one('{ alert: A, expr: 1, annotation: { a: b } }'), 'groups.0.rules.0: Unrecognized key'],
  ['neither alert nor record', one('{ expr: 1 }'), "groups.0.rules.0: a rule is an 'alert' or a 'record'"],
  ['both', one('{ expr: 1, alert: A, record: b }'), 'not both'],
  ['no expression', one('{ record: a }'), 'groups.0.rules.0.expr: expr is missing'],
  ['for on a record', one('{ record: a, expr: 1, for: 1m }'), 'groups.0.rules.0.for'],
  ['keep_firing_for on a record', one('{ record: a, expr: 1, keep_firing_for: 1m }'), 'groups.0.rules.0.keep_firing_for'],
  ['matchers in a record', one('{ record: "a{b=\'c\'}", expr: 1 }'), 'groups.0.rules.0.record'],
  ['a reserved label', one('{ record: a, expr: 1, labels: { __name__: x } }'), 'groups.0.rules.0.labels.__name__'],
  ['a group twice', 'groups: [{ name: g }, { name: g }]', "groups.1.name: the group 'g' is there twice"],
  ['a bad duration', one('{ alert: A, expr: 1, for: 5 minutes }'), "did you mean '5m'"],
  ['a loop without end', one('{ alert: A, expr: 1, annotations: { summary: "{{ range query `up` }}" } }'), 'groups.0.rules.0.annotations.summary: {{range}} without {{end}}'],
])('%s is refused, where it stands', (_, yaml, problem) => {
  expect(problems(yaml).join('\n')).toContain(problem);
}); // prettier-ignore

test('what it makes of a file', () => {
  const spec = ruleFileSpec.parse(
    parse(`groups: [{ name: g, interval: 30s, labels: { team: web, tier: 2 }, rules: [
      { alert: A, expr: "rate(a[10m]) > b", for: 5m, labels: { tier: 1 } }, { alert: A, expr: '{job="x"}' }, { record: c, expr: 1 }] }]`),
  );
  const rules = rulesOfFile('web', spec);
  expect(rules.map(({ key, kind, intervalMs }) => [key, kind, intervalMs])).toEqual([
    ['file/web/g/A/0', 'alert', 30_000],
    ['file/web/g/A/1', 'alert', 30_000],
    ['file/web/g/c/0', 'record', 30_000],
  ]);
  expect(rules[0]).toMatchObject({ forMs: 300_000, reads: { metrics: new Set(['a', 'b']), reaches: [300_000, 600_000], ranged: true } });
  expect(rules[0]!.labels.map(([name, template]) => `${name}=${(template as Template).text}`)).toEqual(['team=web', 'tier=1']);
  expect(rules[1]!.reads).toMatchObject({ metrics: 'any', ranged: false });
});

const check = (rule: string, set: ResourceSet) => {
  const spec = ruleFileSpec.parse(parse(one(rule)));
  const resource = { kind: ruleFileKind.kind, name: 'web', title: '', labels: {}, spec, file: 'web.yaml' };
  return ruleFileKind.check!(resource, set, 0).map(({ severity, path, message }) => `${severity} ${path.join('.')}: ${message}`);
};
const policies: [string, string, object][] = [
  ['EscalationPolicy', 'web', { team: 'web' }],
  ['EscalationPolicy', 'data', {}],
];
const calling = setOf([
  ...policies,
  ['Service', 'shop', { owner: 'web' }],
  ['Service', 'dwh', { owner: 'x', escalation: 'data' }],
  ['Service', 'lost', { owner: 'x' }],
]);
const good = 'annotations: { summary: Restore the shop }';

test.each([
  ['the policy of the owner', `{ alert: A, expr: 1, labels: { service: shop, severity: critical }, ${good} }`, []],
  ['the policy of the service', `{ alert: A, expr: 1, labels: { service: dwh, severity: critical }, ${good} }`, []],
  ['a service from the series', `{ alert: A, expr: 1, labels: { service: '{{ $labels.job }}', severity: critical }, ${good} }`, []],
  ['no policy, critical', `{ alert: A, expr: 1, labels: { service: lost, severity: Page }, ${good} }`, ["error groups.0.rules.0.labels.service: critical alert 'A': the service 'lost' has no escalation policy"]],
  ['no policy, a ticket', `{ alert: A, expr: 1, labels: { service: lost }, ${good} }`, ["warning groups.0.rules.0.labels.service: alert 'A'"]],
  ['no service', `{ alert: A, expr: 1, labels: { severity: critical }, ${good} }`, ["error groups.0.rules.0.alert: critical alert 'A': it names no service"]],
  ['an unknown service', `{ alert: A, expr: 1, labels: { service: nil, severity: critical }, ${good} }`, ["error groups.0.rules.0.labels.service: critical alert 'A': there is no service 'nil'"]],
])('who is called: %s', (_, rule, expected) => {
  const found = check(rule, calling);
  expect(found).toHaveLength(expected.length);
  for (const [i, problem] of expected.entries()) expect(found[i]).toContain(problem);
}); // prettier-ignore

test('beside an Alertmanager that the prometheus.yml names, no one to call is a warning', () => {
  const beside = setOf([...policies, ['PrometheusConfig', 'prometheus', { alerting: { alertmanagers: [{}] } }]]);
  const [found] = check(`{ alert: A, expr: 1, labels: { severity: critical }, ${good} }`, beside);
  expect(found).toContain("warning groups.0.rules.0.alert: critical alert 'A': it names no service");
});

test('with one policy everyone has someone to call', () => {
  expect(check(`{ alert: A, expr: 1, labels: { severity: critical }, ${good} }`, setOf([policies[0]!]))).toEqual([]);
});
