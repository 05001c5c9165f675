import type { Resource, ResourceProblem, ResourceSet } from '../../catalog/index.ts';
import type { GraphiteRuleSpec } from '../graphite-rules/index.ts';
import { lintContext, type LintSettings } from './lint-file.ts';
import { lintRule, type LintedRule } from './lint-rule.ts';

/** A GraphiteRule as the linter looks at it: of the classes that it may fire in, the one that wakes people counts. */
function linted({ name, spec }: Resource<GraphiteRuleSpec>): LintedRule {
  const { service, labels, annotations, critical, today, target } = spec;
  const severity = critical !== undefined ? 'critical' : today !== undefined ? 'today' : 'eventually';
  return { name, expr: target, parsed: undefined, labels: { ...(service !== undefined && { service }), ...labels, severity }, annotations };
}

/** Where in the document: what is not in it is told at its name. */
function placeOf(path: readonly string[], spec: GraphiteRuleSpec): string[] {
  const [first, name = ''] = path;
  if (first === 'expr') return ['spec', 'target'];
  if (first === 'annotations') return ['spec', 'annotations', name];
  if (first === 'labels' && name === 'service' && spec.service !== undefined) return ['spec', 'service'];
  return ['metadata', 'name'];
}

/** What the linter says of a GraphiteRule. Its subject, where none is written, is made of the series: that is for nines to word. */
export function lintGraphiteRule(rule: Resource<GraphiteRuleSpec>, set: ResourceSet, settings: LintSettings): ResourceProblem[] {
  const { level = 'warning', ...rest } = settings;
  if (level === 'off') return [];
  const { findings } = lintRule(linted(rule), lintContext(set, rest));
  return findings
    .filter(({ check }) => check !== 'subject')
    .map(({ path, message, hint }) => ({ path: placeOf(path, rule.spec), severity: level, message, hint }));
}
