/** Alerts of rules: what one is, and how it is kept. */
export {
  externalRuleKey,
  fingerprintOf,
  groupKeyOf,
  RESOLVED_RETENTION_MS,
  signature,
  type AlertSink,
  type AlertState,
  type AlertTransition,
  type RuleState,
} from './alert.ts';
export { AlertKeeper } from './alert-keeper.ts';
export { alertOf, createAlertStore, type AlertRow, type AlertStore } from './alert-store.ts';
export { AlertWriter, type AlertWriterDeps } from './alert-writer.ts';
