export { createStatsdListener } from './statsd-listener.ts';
export { DEFAULT_STATSD_SETTINGS, type StatsdSettings } from './settings.ts';
export type { StatsdEvent } from './flush-batch.ts';
export { recordEvents } from './record-events.ts';
