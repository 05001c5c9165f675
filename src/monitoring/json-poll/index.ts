export { jsonExposition } from './json-exposition.ts';
