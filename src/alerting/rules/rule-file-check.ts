import type { Resource, ResourceProblem, ResourceSet } from '../../catalog/index.ts';
import { prometheusConfigOf } from '../../monitoring/index.ts';
import { whyNoOneIsCalled } from '../../objectives/index.ts';
import { severityOf } from './rule.ts';
import type { RuleFileSpec, RuleSpec } from './rule-file-spec.ts';

type Group = RuleFileSpec['groups'][number];

/** What the format can't say: an alert with no one to call. */
export function checkRuleFile({ spec, file }: Resource<RuleFileSpec>, all: ResourceSet): ResourceProblem[] {
  // Who comes from Prometheus has an Alertmanager, which goes on calling people.
  const elsewhere = (prometheusConfigOf(all, file)?.alerting?.alertmanagers?.length ?? 0) > 0;
  return spec.groups.flatMap((group, g) =>
    group.rules.flatMap((rule, r) =>
      rule.alert === undefined ? [] : checkAlert(rule, group, all, elsewhere).map((problem) => at(problem, g, r)),
    ),
  );
}

const at = (problem: ResourceProblem, group: number, rule: number): ResourceProblem => ({
  ...problem,
  path: ['groups', group, 'rules', rule, ...problem.path],
});

function checkAlert(rule: RuleSpec, group: Group, all: ResourceSet, elsewhere: boolean): ResourceProblem[] {
  const problems: ResourceProblem[] = [];
  const labels = { ...group.labels, ...rule.labels };
  const service = labels.service;
  const critical = severityOf(labels.severity) === 'critical';
  // A label that is filled in from the series can't be known here.
  const reason = service?.includes('{{') === true ? undefined : whyNoOneIsCalled(all, service ?? null);
  if (reason !== undefined) {
    problems.push({
      path: [rule.labels.service === undefined ? 'alert' : 'labels', ...(rule.labels.service === undefined ? [] : ['service'])],
      severity: critical && !elsewhere ? 'error' : 'warning',
      message: `${critical ? 'critical alert' : 'alert'} '${rule.alert}': ${reason}`,
      hint: 'name a service that has an EscalationPolicy (spec.escalation), or whose owner has one',
    });
  }
  return problems;
}
