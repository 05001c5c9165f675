import type { Resource, ResourceProblem, ResourceSet } from '../catalog/index.ts';
import { whyNoOneIsCalled } from '../objectives/index.ts';
import { severityOf } from './rule.ts';
import type { RuleFileSpec, RuleSpec } from './rule-file-spec.ts';

/** A subject has to fit a locked phone's screen. */
export const SUMMARY_MAX = 50;

type Group = RuleFileSpec['groups'][number];

/** What the format can't say: an alert with no one to call, a summary that no one can read at night. */
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
  const { summary } = rule.annotations;
  if (summary === undefined) {
    problems.push({
      path: ['alert'],
      severity: 'warning',
      message: `alert '${rule.alert}' has no annotation summary: it is the subject of the page`,
      hint: `say what to do, in under ${SUMMARY_MAX} characters: 'Restore checkout: payments fail'`,
    });
  } else if (!summary.includes('{{') && summary.length >= SUMMARY_MAX) {
    problems.push({
      path: ['annotations', 'summary'],
      severity: 'warning',
      message: `the summary has ${summary.length} characters: a phone shows fewer than ${SUMMARY_MAX}`,
      hint: 'say what to do in the summary, and the details in description',
    });
  }
  return problems;
}
