import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ResourceSet } from '../catalog/index.ts';
import { objectiveOf } from './read-objective.ts';
import { sloKind } from './slo-document.ts';
import { sloSpec } from './slo-spec.ts';

const GOOD = `
service: shop
description: Requests are answered.
indicator:
  metadata: { name: answers }
  spec:
    ratioMetric:
      counter: true
      good: { metricSource: { type: Prometheus, spec: { query: 'sum(rate(http_requests_total{code!~"5.."}[5m]))' } } }
      total: { metricSource: { type: prometheus, spec: { query: 'sum(rate(http_requests_total[5m]))' } } }
timeWindow: [{ duration: 30d, isRolling: true }]
budgetingMethod: Occurrences
objectives: [{ displayName: Fine, target: 0.999 }]
`;
const problems = (yaml: string): string[] => {
  const result = sloSpec.safeParse(parse(yaml));
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};
const resource = (yaml: string) => ({ kind: 'SLO', name: 'answers', title: '', labels: {}, spec: sloSpec.parse(parse(yaml)), file: null });

test('a document as it is written', () => {
  expect(problems(GOOD)).toEqual([]);
  expect(objectiveOf(resource(GOOD))).toMatchObject({ name: 'answers', service: 'shop', target: 0.999, windowMs: 30 * 86_400_000 });
  expect(objectiveOf(resource(GOOD.replace('target: 0.999', 'targetPercent: 99.9'))).target).toBe(0.999);
});

test.each([
  ['a window of the calendar', 'isRolling: true', 'isRolling: false', 'timeWindow.0.isRolling: calendar windows are not taken'],
  ['timeslices', 'Occurrences', 'Timeslices', 'budgetingMethod: timeslices are not taken yet'],
  ['a slice of time', 'target: 0.999', 'target: 0.999, timeSliceWindow: 1m', 'objectives.0.timeSliceWindow: timeslices are not taken yet'],
  ['another source', 'type: prometheus', 'type: Datadog', "indicator.spec.ratioMetric.total.metricSource.type: the only source taken is 'prometheus'"],
  ['a target of 100 %', 'target: 0.999', 'target: 1', 'objectives.0.target: a target is below 1'],
  ['a percentage as ratio', 'target: 0.999', 'target: 99.9', 'write 99.9% as 0.999'],
  ['no target', ', target: 0.999', '', "objectives.0: give either 'target' or 'targetPercent'"],
  ['two targets', '[{ displayName: Fine, target: 0.999 }]', '[{ target: 0.999 }, { target: 0.99 }]', 'objectives: give exactly one target'],
  ['what is no PromQL', 'sum(rate(http_requests_total[5m]))', 'sum(rate(http_requests_total[5m])', 'indicator.spec.ratioMetric.total.metricSource.spec.query: '],
  ['a gauge', 'sum(rate(http_requests_total[5m]))', 'my_gauge', "indicator.spec.ratioMetric.total.metricSource.spec.query: whether my_gauge is a counter can't be told"],
  ['a raw ratio', 'counter: true', 'raw: {}', 'indicator.spec.ratioMetric.raw: a raw ratio'],
  ['a threshold', '    ratioMetric:', '    thresholdMetric: {}\n    ratioMetric:', 'indicator.spec.thresholdMetric: a threshold metric is not taken yet'],
  ['an unknown key', 'service: shop', 'service: shop\ntarget: 1', 'Unrecognized key'],
])('%s is refused by name', (_, before, after, problem) => {
  expect(GOOD).toContain(before);
  expect(problems(GOOD.replace(before, after)).join('\n')).toContain(problem);
}); // prettier-ignore

test('what can be said only of the whole', () => {
  const policies = (names: string[]): ResourceSet => ({
    version: 1,
    list: () => names.map((name) => ({ kind: 'EscalationPolicy', name, title: name, labels: {}, spec: {} as never, file: null })),
    get: () => undefined,
  });
  const check = (yaml: string, names = ['default']): string[] =>
    sloKind.check!(resource(yaml), policies(names), 0).map(({ severity, message }) => `${severity}: ${message}`);
  expect(check(GOOD)).toEqual([]);
  expect(check(GOOD, [])[0]).toContain("warning: the alerts of this objective: there is no service 'shop'");
  expect(check(`${GOOD}alertPolicies: [x]`)[0]).toContain('warning: alertPolicies are not read');
  expect(check(GOOD.replace('0.999', '0.8'))[0]).toContain('no critical alert can fire');
});

test('the example of the reference', () => {
  const document = parse(sloKind.example!) as { spec: unknown };
  expect(sloSpec.safeParse(document.spec).success).toBe(true);
});
