import type { ResourceSet } from '../../catalog/index.ts';
import { type Route, route } from '../../platform/http/index.ts';
import { severityOf, BUILT_IN, type AlertRule, type Rule } from '../rules/index.ts';
import { labelsOf, textsOf } from '../prometheus-api/index.ts';
import { lintAnswer, lintQuery, type RuleLint } from './contract.ts';
import type { DocumentationSettings } from './documentation.ts';
import { lintContext } from './lint-file.ts';
import { documentationOf, lintRule, type LintContext, type LintedRule } from './lint-rule.ts';

const linted = (rule: AlertRule): LintedRule => ({
  name: rule.name,
  expr: rule.expr,
  parsed: rule.parsed,
  labels: labelsOf(rule),
  annotations: textsOf(rule.annotations),
});

function lintOf(rule: AlertRule, context: LintContext): RuleLint {
  const one = linted(rule);
  const { findings, ignored } = lintRule(one, context);
  const { service } = one.labels;
  return {
    rule: rule.name,
    group: rule.group,
    source: rule.source,
    severity: severityOf(one.labels['severity']),
    service: service === undefined || service.includes('{{') ? null : service,
    expr: rule.expr,
    documentation: documentationOf(one, context) ?? null,
    findings: findings.map(({ check, message, hint, path }) => ({ check, message, hint, where: path.join('.') })),
    ignored: [...ignored],
  };
}

export interface LintRoutesDeps {
  readonly rules: () => readonly Rule[];
  readonly set: () => ResourceSet;
  readonly settings: DocumentationSettings;
}

/** The rules that nines makes itself are right by construction: only those that people wrote are told of. */
export const lintRoutes = ({ rules, set, settings }: LintRoutesDeps): Route[] => [
  route({
    method: 'GET',
    path: '/nines/v1/rules/lint',
    access: 'viewer',
    summary: 'What the linter says of every alerting rule in force, the worst first',
    query: lintQuery,
    response: lintAnswer,
    handler({ query: { service, rule } }) {
      const context = lintContext(set(), settings);
      const all = rules()
        .filter((one) => one.kind === 'alert' && !BUILT_IN.has(one.source) && (rule === undefined || one.name === rule))
        .map((one) => lintOf(one as AlertRule, context))
        .filter((one) => service === undefined || one.service === service)
        .sort((a, b) => b.findings.length - a.findings.length || a.rule.localeCompare(b.rule));
      return { rules: all, findings: all.reduce((sum, { findings }) => sum + findings.length, 0) };
    },
  }),
];
