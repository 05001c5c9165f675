import type { ForeignKind } from '../catalog/index.ts';
import { lintFile, type LintSettings } from './lint/index.ts';
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

/** The same, with what the linter says of its alerts. */
export const lintedRuleFileKind = (lint: LintSettings): ForeignKind<RuleFileSpec> => ({
  ...ruleFileKind,
  check: (resource, all) => [...checkRuleFile(resource, all), ...lintFile(resource, all, lint)],
});
