export type { AlertSink, AlertState, AlertTransition } from './alert.ts';
export { DEFAULT_EXTERNAL_LIMITS, type ExternalAlerts, type ReportedAlert } from './external/index.ts';
export { alertingMigrations } from './migrations.ts';
export { createAlerting, type Alerting, type AlertingDeps } from './module.ts';
export { ruleFileKind } from './rule-file.ts';
export { ruleTestKind } from './unit-test/rule-test-kind.ts';
export { runRuleTests, type RuleTestResult } from './unit-test/run-rule-tests.ts';
export type { RuleTestSpec } from './unit-test/rule-test-spec.ts';
export type { DefaultRuleFile } from './rules-in-force.ts';
