import type { ForeignKind } from '../../catalog/index.ts';
import { ruleTestSpec, type RuleTestSpec } from './rule-test-spec.ts';

/** Tests of rules in promtool's format: known by `tests:` at the root. They may lie beside the rules; nothing but `nines check` runs them. */
export const ruleTestKind: ForeignKind<RuleTestSpec> = {
  kind: 'PrometheusRuleTests',
  summary: 'Unit tests of Prometheus rules, as `promtool test rules` takes them: `nines check` runs them.',
  recognises: (document) => Array.isArray(document.tests) && document.kind === undefined,
  spec: ruleTestSpec,
};
