export { influxRoutes } from './routes.ts';
