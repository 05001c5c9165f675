export { remoteReadRoutes } from './routes.ts';
