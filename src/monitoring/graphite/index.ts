/** Graphite: targets, functions, globs and tags, and graphite-web's HTTP answers. */
export { Graphite, type GraphiteDeps } from './graphite.ts';
export { createEventBook } from './events/event-book.ts';
export { eventRoutes } from './events/event-routes.ts';
export { graphiteRoutes } from './routes.ts';
export type { GraphiteSettings } from './settings.ts';
export { parseTarget } from './syntax/parse-target.ts';
