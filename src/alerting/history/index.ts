/** What became of an alert. */
export { historyRoutes, type HistoryDeps } from './history-routes.ts';
