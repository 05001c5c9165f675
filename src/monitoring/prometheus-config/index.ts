export { createAlertmanagers, type FoundAlertmanager } from './alertmanagers.ts';
export { configRoot } from './config-root.ts';
export { expandExternalLabels } from './external-labels.ts';
export { hideSecrets, Secret } from './secret.ts';
export { prometheusConfigOf, prometheusKind, prometheusScrapes } from './prometheus-kind.ts';
