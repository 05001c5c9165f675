import type { Resource, ResourceProblem, ResourceSet, ServiceSpec } from '../../catalog/index.ts';
import { parsePromQL } from '../../monitoring/index.ts';
import type { RuleFileSpec, RuleSpec } from '../rules/index.ts';
import type { DocumentationSettings } from './documentation.ts';
import { documentationOf, lintRule, type LintContext, type LintedRule } from './lint-rule.ts';

/** How documents are linted. */
export interface LintSettings extends DocumentationSettings {
  /** What a finding is: a warning by default; `error` refuses the document. */
  readonly level?: 'warning' | 'error' | 'off' | undefined;
  /** What is wrong with links that were asked, by their address. */
  readonly deadLinks?: ReadonlyMap<string, string>;
}

export const lintContext = (set: ResourceSet, settings: Omit<LintSettings, 'level'>): LintContext => ({
  ...settings,
  serviceOf: (name) => set.get<ServiceSpec>('Service', name)?.spec,
});

const linted = (rule: RuleSpec, group: RuleFileSpec['groups'][number]): LintedRule => ({
  name: rule.alert!,
  expr: rule.expr,
  parsed: parsePromQL(rule.expr),
  labels: { ...group.labels, ...rule.labels },
  annotations: rule.annotations,
});

/** What the linter says of the alerts of a rule file, each at its place. */
export function lintFile({ spec }: Resource<RuleFileSpec>, set: ResourceSet, settings: LintSettings): ResourceProblem[] {
  const { level = 'warning', ...rest } = settings;
  if (level === 'off') return [];
  const context = lintContext(set, rest);
  return spec.groups.flatMap((group, g) =>
    group.rules.flatMap((rule, r) => {
      if (rule.alert === undefined) return [];
      return lintRule(linted(rule, group), context).findings.map(({ path, message, hint }): ResourceProblem => {
        // A label that its group gives is not in the rule: the alert's name stands for it.
        const here = path[0] === 'labels' && rule.labels[path[1] ?? ''] === undefined ? ['alert'] : path;
        return { path: ['groups', g, 'rules', r, ...here], severity: level, message, hint };
      });
    }),
  );
}

/** The links to documentation that alerts of a rule file carry, each once. */
export function linksOfFile({ spec }: Resource<RuleFileSpec>, set: ResourceSet, settings: DocumentationSettings): string[] {
  const context = lintContext(set, settings);
  const links = spec.groups.flatMap((group) =>
    group.rules.flatMap((rule) => (rule.alert === undefined ? [] : (documentationOf(linted(rule, group), context) ?? []))),
  );
  return [...new Set(links)].filter((link) => !link.includes('{{'));
}
