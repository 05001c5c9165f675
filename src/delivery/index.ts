export type { Attachment, Delivery, DeliveryRecord, Message } from './delivery.ts';
