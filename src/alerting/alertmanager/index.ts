export { alertmanagerKind } from './alertmanager-kind.ts';
export { alertmanagerRoutes } from './api-routes.ts';
export { createRouting } from './routing.ts';
export type { FiringAlert } from './shown-alert.ts';
