import { expect, test } from 'vitest';
import { checkDocuments, formatProblem } from '../../catalog/index.ts';
import { prometheusKind } from '../../monitoring/index.ts';
import { ruleFileKind } from './rule-file.ts';
import { rulesInForce } from './rules-in-force.ts';

const RULES = `groups:
  - name: plain
    rules: [{record: 'a:plain', expr: up}]
  - name: own
    interval: 7s
    query_offset: 0s
    rules: [{record: 'a:own', expr: up}]
`;
const PROMETHEUS = `global:
  evaluation_interval: 20s
  rule_query_offset: 30s
  external_labels: {region: eu, price: '5$$', home: '\${NINES_TEST_NOT_SET}x'}
rule_files: ['rules/*.yml']
`;

const rulesOf = (files: Record<string, string>) => {
  const documents = Object.entries(files).map(([file, text]) => ({ file, text }));
  const { set, problems } = checkDocuments(documents, { kinds: [], foreignKinds: [ruleFileKind, prometheusKind] }, 0);
  expect(problems.map(formatProblem)).toEqual([]);
  return rulesInForce(set, [], [], { probeReason: () => undefined, ruleDefaults: { intervalMs: 45_000, offsetMs: 1_000, externalLabels: { a: 'b' } } })
    .filter(({ source }) => source.startsWith('rules/'))
    .map(({ name, intervalMs, offsetMs, externalLabels }) => [name, intervalMs, offsetMs, externalLabels]); // prettier-ignore
};

test('groups that say nothing are evaluated as the prometheus.yml says, and without one as the settings say', () => {
  const labels = { region: 'eu', price: '5$', home: 'x' };
  expect(rulesOf({ 'prometheus.yml': PROMETHEUS, 'rules/a.yml': RULES })).toEqual([
    ['a:plain', 20_000, 30_000, labels],
    ['a:own', 7_000, 0, labels],
  ]);
  expect(rulesOf({ 'rules/a.yml': RULES })).toEqual([
    ['a:plain', 45_000, 1_000, { a: 'b' }],
    ['a:own', 7_000, 0, { a: 'b' }],
  ]);
});
