export { RangeCache } from './range-cache.ts';
