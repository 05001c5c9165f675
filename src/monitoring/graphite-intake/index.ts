export { createGraphiteListeners } from './graphite-listeners.ts';
