export { createExternalAlerts, type ExternalAlerts } from './external-alerts.ts';
export type { ExternalAlert, ReportedAlert } from './external-alert.ts';
export { DEFAULT_EXTERNAL_LIMITS, reportProblem, type ExternalLimits } from './external-limits.ts';
