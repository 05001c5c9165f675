/** Alerts over Graphite series: one for each that a glob matches, and for each that disappears from it. */
export { graphiteRuleKind, type GraphiteRuleSpec } from './graphite-rule-kind.ts';
export { createGraphiteRules, type GraphiteQuery } from './graphite-rules.ts';
export { listRuleRows } from './graphite-rule-store.ts';
export { graphiteRuleRoutes } from './routes.ts';
