import type { ForeignKind } from '../../catalog/index.ts';
import { checkRuleFile } from './rule-file-check.ts';
import { ruleFileSpec, type RuleFileSpec } from './rule-file-spec.ts';

/** Prometheus rule files as they are: known by `groups:` at the root. */
export const ruleFileKind: ForeignKind<RuleFileSpec> = {
  kind: 'PrometheusRules',
  summary: 'A Prometheus rule file, taken as it is.',
  recognises: (document) => Array.isArray(document.groups) && document.kind === undefined,
  spec: ruleFileSpec,
  check: checkRuleFile,
};
