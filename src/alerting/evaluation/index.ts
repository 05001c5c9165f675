/** Evaluation: what turns samples into alerts and recorded series, when samples arrive and when only time passes. */
export { alertSeries } from './alert-series.ts';
export { dueAt, evaluateRule, type Evaluation, type RuleSample } from './evaluate-rule.ts';
export { Evaluator } from './evaluator.ts';
export { recordSeries } from './record-series.ts';
export { createRuleHealth } from './rule-health.ts';
export type { RuleStatus } from './running-rule.ts';
export { writeSeries, type Written } from './write-series.ts';
