import type { ResourceKind, ResourceProblem } from '../catalog/index.ts';
import { formatDuration } from '../platform/duration.ts';
import { highestBurnRate } from './error-budget.ts';
import { objectiveOf } from './read-objective.ts';
import { sloSpec, type SloSpec } from './slo-spec.ts';
import { whyNoOneIsCalled } from './who-to-call.ts';

export const sloKind: ResourceKind<SloSpec> = {
  kind: 'SLO',
  apiVersion: 'openslo/v1',
  spec: sloSpec,
  summary: 'What a service promises: a ratio of good events over a rolling window (OpenSLO v1).',
  plural: 'SLOs',
  example: `apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout-answers
  displayName: Checkout answers
spec:
  service: checkout
  description: 99.9 % of requests are answered without an error, over 30 days.
  indicator:
    metadata: { name: checkout-answers }
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: prometheus
            spec: { query: 'http_requests_total{job="checkout", code!~"5.."}' }
        total:
          metricSource:
            type: prometheus
            spec: { query: 'http_requests_total{job="checkout"}' }
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
`,
  references: (spec) => [{ path: ['spec', 'service'], kind: 'Service', name: spec.service }],
  check(resource, all) {
    const problems: ResourceProblem[] = [];
    const reason = whyNoOneIsCalled(all, resource.spec.service);
    if (reason !== undefined) {
      problems.push({
        path: ['spec', 'service'],
        severity: 'warning',
        message: `the alerts of this objective: ${reason}`,
        hint: "give the service an escalation policy, or its owner, or name one 'default'",
      });
    }
    if ((resource.spec.alertPolicies ?? []).length > 0) {
      problems.push({
        path: ['spec', 'alertPolicies'],
        severity: 'warning',
        message: 'alertPolicies are not read: nines alerts on how fast the budget burns, over several windows',
        hint: 'leave alertPolicies out',
      });
    }
    const { target, windowMs, alerts } = objectiveOf(resource);
    const highest = highestBurnRate(target);
    const silent = alerts.filter(({ severity, burnRate }) => severity === 'critical' && burnRate >= highest);
    if (silent.length === alerts.filter(({ severity }) => severity === 'critical').length) {
      problems.push({
        path: ['spec', 'objectives', 0, target === resource.spec.objectives[0]?.target ? 'target' : 'targetPercent'],
        severity: 'warning',
        message: `with so low a target a total outage burns the budget of ${formatDuration(windowMs)} only ${highest.toFixed(1)} times too fast: no critical alert can fire (the slowest needs ${Math.min(...silent.map(({ burnRate }) => burnRate))})`,
        hint: 'add a Probe, whose failure pages by itself',
      });
    }
    return problems;
  },
};
