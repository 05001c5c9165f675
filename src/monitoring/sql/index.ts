export { sqlRoutes } from './routes.ts';
export { DEFAULT_SQL_SETTINGS, type SqlSettings } from './run-sql.ts';
