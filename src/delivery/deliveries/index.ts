/** Messages as they are kept: queued, told with others, how far they came, and for how long they are remembered. */
export { BUNDLE_WITHIN_MS, bundleText } from './bundle.ts';
export { countTold, lockDelivery, sortMessages, untoldOf, updateMembers } from './bundle-store.ts';
export type { Delivery, DeliveryRecord, PagingDelivery } from './delivery.ts';
export {
  countQueued,
  findDelivery,
  insertDeliveries,
  listAttempts,
  listDeliveries,
  pageByRef,
  queuedAbout,
  recordAttempts,
  toldBy,
  toMessage,
  toRecord,
  updateDelivery,
  type DeliveryRow,
  type DeliveryTables,
} from './delivery-store.ts';
export { markAcknowledged, markOpened, markProgress } from './progress.ts';
export { startRetention } from './retention.ts';
