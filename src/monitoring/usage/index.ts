export { usageMigrations } from './migrations.ts';
export { selectionsOf, type MetricUse, type MetricUses } from './metric-use.ts';
export { usageRoutes } from './routes.ts';
export { Usage } from './usage.ts';
