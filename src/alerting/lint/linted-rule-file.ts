import type { ForeignKind } from '../../catalog/index.ts';
import { ruleFileKind, type RuleFileSpec } from '../rules/index.ts';
import { lintFile, type LintSettings } from './lint-file.ts';

/** Prometheus rule files as they are, with what the linter says of their alerts. */
export const lintedRuleFileKind = (lint: LintSettings): ForeignKind<RuleFileSpec> => ({
  ...ruleFileKind,
  check: (resource, all, now) => [...(ruleFileKind.check?.(resource, all, now) ?? []), ...lintFile(resource, all, lint)],
});
