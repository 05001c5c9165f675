import type { ResourceKind } from '../../catalog/index.ts';
import { graphiteRuleKind, type GraphiteRuleSpec } from '../graphite-rules/index.ts';
import type { LintSettings } from './lint-file.ts';
import { lintGraphiteRule } from './lint-graphite.ts';

/** GraphiteRules, with what the linter says of their alerts. */
export const lintedGraphiteRuleKind = (lint: LintSettings): ResourceKind<GraphiteRuleSpec> => ({
  ...graphiteRuleKind,
  check: (resource, all, now) => [...(graphiteRuleKind.check?.(resource, all, now) ?? []), ...lintGraphiteRule(resource, all, lint)],
});
