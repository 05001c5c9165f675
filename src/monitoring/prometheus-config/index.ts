export { configRoot } from './config-root.ts';
export { expandExternalLabels } from './external-labels.ts';
export { prometheusConfigOf, prometheusKind, prometheusScrapes } from './prometheus-kind.ts';
