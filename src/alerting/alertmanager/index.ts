export { alertmanagerKind } from './alertmanager-kind.ts';
export { alertmanagerRoutes } from './api-routes.ts';
export { createGroupRouter } from './group-router.ts';
export { followConfig } from './follow-config.ts';
export { receiverBook } from './receiver-book.ts';
export { createRouting } from './routing.ts';
export { silenceRoutes } from './silence-routes.ts';
export { suppressionOf } from './suppressions.ts';
export type { FiringAlert } from './shown-alert.ts';
