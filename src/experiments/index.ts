/** What is tried on purpose: page drills. */
export { experimentsMigrations } from './migrations.ts';
export { createExperiments, type Experiments } from './module.ts';
export { drillKind } from './page-drill/drill-kind.ts';
