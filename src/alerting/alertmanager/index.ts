export { alertmanagerKind } from './alertmanager-kind.ts';
export { routeBook } from './route-book.ts';
export { routeLookup } from './route-lookup.ts';
export { createGroupRouter } from './group-router.ts';
export { followConfig } from './follow-config.ts';
export { receiverBook } from './receiver-book.ts';
export { createTemplateFiles } from './template-files.ts';
export { createRouting } from './routing.ts';
