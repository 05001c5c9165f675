export { burnAlerts, type BurnAlert } from './burn-alerts.ts';
export { objectivesMigrations } from './migrations.ts';
export { createObjectives, type Objectives, type ObjectivesDeps } from './module.ts';
export type { Objective } from './objective.ts';
export { selectorText } from './promql.ts';
export { queryPort, type QueryPort } from './query-port.ts';
export type { RuleDefinition } from './rule-definition.ts';
export { sloKind } from './slo-document.ts';
export { whyNoOneIsCalled } from './who-to-call.ts';
