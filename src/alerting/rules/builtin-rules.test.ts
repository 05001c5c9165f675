import { expect, test } from 'vitest';
import { setOf } from '../../../test/harness/resources.ts';
import { DEFAULT_RULES_YAML } from '../../monitoring/index.ts';
import { evaluateRule } from '../evaluation/evaluate-rule.ts';
import type { AlertRule } from './rule.ts';
import { rulesInForce } from './rules-in-force.ts';
import { fitSummary } from './summary.ts';

const probe = (name: string, service: string | undefined, alert?: object): [string, string, object] => [
  'Probe',
  name,
  {
    interval: '30s',
    http: { url: `https://${name}.example/` },
    ...(service !== undefined && { service }),
    ...(alert !== undefined && { alert }),
  },
];
const set = setOf([
  ['Service', 'shop', { tier: 1 }],
  ['Service', 'wiki', { tier: 4 }],
  probe('shop-home', 'shop'),
  probe('wiki', 'wiki'),
  probe('wiki-login', 'wiki', { severity: 'critical' }),
  probe('blog', undefined, { failures: 3 }),
  ['Scrape', 'nodes', {}],
]);
const rules = rulesInForce(set, [], [{ name: 'host', yaml: DEFAULT_RULES_YAML }], { probeReason: () => 'connection refused' });

test('one rule for all probes of a cadence, and the default rules but those it stands for', () => {
  expect(rules.filter(({ name }) => name === 'ProbeFailing').map(({ expr }) => expr)).toEqual([
    'probe_success{job="probe", probe=~"shop-home|wiki|wiki-login"} == 0',
    'max_over_time(probe_success{job="probe", probe=~"blog"}[1m30s]) == 0 and count_over_time(probe_success{job="probe", probe=~"blog"}[1m30s]) >= 3',
  ]);
  expect(rules.filter(({ name }) => name === 'TargetDown')).toHaveLength(1);
  expect(rules.some(({ name }) => name === 'DiskAlmostFull')).toBe(true);
  expect(new Set(rules.map(({ key }) => key)).size).toBe(rules.length);
});

test.each([
  ['shop-home', 'critical', 'shop', 'Restore shop: HTTP check fails'],
  ['wiki', 'today', 'wiki', 'Restore wiki: HTTP check fails'],
  ['wiki-login', 'critical', 'wiki', 'Restore wiki: HTTP check fails'],
])('a failing probe %s is %s of %s', (name, severity, service, summary) => {
  const rule = rules.find(({ key }) => key === 'probe/ProbeFailing/1') as AlertRule;
  const vector = [{ labels: { __name__: 'probe_success', job: 'probe', probe: name, service, instance: 'x' }, value: 0 }];
  const alert = evaluateRule(rule, new Map(), vector, { now: 0 }).transitions[0]!.alert;
  expect(alert).toMatchObject({ severity, service, annotations: { summary } });
  expect(alert.annotations.description).toContain('connection refused');
});

test.each([
  ['Restore', 'shop', 'HTTP check fails', 'Restore shop: HTTP check fails'],
  ['Check why', 'web-1:9100', 'is silent', 'Check why web-1:9100 is silent'],
  ['Restore', 'x'.repeat(63), 'HTTP check fails', `Restore ${'x'.repeat(23)}…: HTTP check fails`],
])('a summary fits a phone: %s %s %s', (verb, name, rest, expected) => {
  expect(fitSummary(verb, name, rest)).toBe(expected);
  expect(expected.length).toBeLessThanOrEqual(50);
});
