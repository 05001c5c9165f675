export { usageMigrations } from './migrations.ts';
export { selectionsOf, type MetricUse, type MetricUses } from './metric-use.ts';
export { DiskWatch } from './disk-watch.ts';
export type { DiskForecast } from './disk-forecast.ts';
export { usageRoutes } from './routes.ts';
export { Usage } from './usage.ts';
