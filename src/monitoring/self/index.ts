export { registerProcessMetrics, type ProcessMetrics } from './process-metrics.ts';
export { createSelfWatch, type SelfWatch, type SelfWatchOptions } from './self-watch.ts';
