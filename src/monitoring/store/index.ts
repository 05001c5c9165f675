export { createStore, Store, type ArrivalListener, type StoreOptions } from './store.ts';
export { DEFAULT_STORE_SETTINGS, type StoreSettings } from './settings.ts';
export type { SourceStats } from './series/source-book.ts';
export type { StoreHealth, StoreStats } from './store-stats.ts';
export type { StoreShape } from './store-shape.ts';
export { restoreStore } from './recovery/restore-store.ts';
