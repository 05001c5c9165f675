export type { AlertSink, AlertState, AlertTransition } from './alert.ts';
export { alertingMigrations } from './migrations.ts';
export { createAlerting, type Alerting, type AlertingDeps } from './module.ts';
export { ruleFileKind } from './rule-file.ts';
export type { DefaultRuleFile } from './rules-in-force.ts';
