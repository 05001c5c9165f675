/** Rules and alerts, as Prometheus' HTTP API tells of them. */
export { documentRules } from './document-rules.ts';
export { prometheusRoutes } from './prometheus-routes.ts';
export { labelsOf, textsOf } from './rule-groups.ts';
