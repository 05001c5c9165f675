import { selectionsOf, type MetricUse } from '../../monitoring/index.ts';
import type { Rule } from './rule.ts';

/** Sources of rules that nobody wrote. */
export const BUILT_IN: ReadonlySet<string> = new Set(['probe', 'scrape', 'host', 'objective']);

const kindOf = ({ kind, source }: Rule): string =>
  BUILT_IN.has(source) ? 'built-in rule' : kind === 'record' ? 'recording rule' : 'alerting rule';

/** Who reads which metrics, rule by rule. */
export const ruleUses = (rules: readonly Rule[]): MetricUse[] =>
  rules.map((rule) => ({
    kind: kindOf(rule),
    name: rule.name,
    link: '/alerts',
    selectors: selectionsOf(rule.parsed),
    exprs: [rule.parsed],
  }));
