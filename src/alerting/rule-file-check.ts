import type { Resource, ResourceProblem, ResourceSet } from '../catalog/index.ts';
import { whyNoOneIsCalled } from '../objectives/index.ts';
import { severityOf } from './rule.ts';
import type { RuleFileSpec, RuleSpec } from './rule-file-spec.ts';

type Group = RuleFileSpec['groups'][number];

/** What the format can't say: an alert with no one to call. */
export function checkRuleFile({ spec }: Resource<RuleFileSpec>, all: ResourceSet): ResourceProblem[] {
  return spec.groups.flatMap((group, g) =>
    group.rules.flatMap((rule, r) => (rule.alert === undefined ? [] : checkAlert(rule, group, all).map((problem) => at(problem, g, r)))),
  );
}

const at = (problem: ResourceProblem, group: number, rule: number): ResourceProblem => ({
  ...problem,
  path: ['groups', group, 'rules', rule, ...problem.path],
});

function checkAlert(rule: RuleSpec, group: Group, all: ResourceSet): ResourceProblem[] {
  const problems: ResourceProblem[] = [];
  const labels = { ...group.labels, ...rule.labels };
  const service = labels.service;
  const critical = severityOf(labels.severity) === 'critical';
  // A label that is filled in from the series can't be known here.
  const reason = service?.includes('{{') === true ? undefined : whyNoOneIsCalled(all, service ?? null);
  if (reason !== undefined) {
    problems.push({
      path: [rule.labels.service === undefined ? 'alert' : 'labels', ...(rule.labels.service === undefined ? [] : ['service'])],
      severity: critical ? 'error' : 'warning',
      message: `${critical ? 'critical alert' : 'alert'} '${rule.alert}': ${reason}`,
      hint: 'name a service that has an EscalationPolicy (spec.escalation), or whose owner has one',
    });
  }
  return problems;
}
