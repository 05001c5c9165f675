/** Rules: those of files, those that nines brings, and which of them are in force. */
export { severityOf, type AlertRule, type RecordRule, type Rule } from './rule.ts';
export { ruleFileKind } from './rule-file.ts';
export { ruleFileSpec, type RuleFileSpec, type RuleSpec } from './rule-file-spec.ts';
export { rulesBefore } from './rule-order.ts';
export { readsOf } from './rule-selectors.ts';
export { BUILT_IN, ruleUses } from './rule-uses.ts';
export { rulesInForce, type DefaultRuleFile } from './rules-in-force.ts';
export { rulesOfFile, type RuleDefaults } from './rules-of-file.ts';
