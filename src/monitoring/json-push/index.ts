export { jsonPushRoutes } from './routes.ts';
