/** Alertmanager's API: for those who send nines alerts or ask it for them, and for an Alertmanager beside nines that is told what fires. */
export { alertmanagerRoutes } from './api-routes.ts';
export { createForwarder, isForwarded, type ForwardTarget } from './forward.ts';
export { silenceRoutes } from './silence-routes.ts';
export { suppressionOf } from './suppressions.ts';
export type { FiringAlert } from './shown-alert.ts';
