import type { Tx } from '../../platform/sql/index.ts';
import type { Message } from '../messages/index.ts';

export interface DeliveryRecord {
  readonly id: string;
  readonly key: string;
  readonly channel: string;
  readonly address: string;
  readonly person: string | null;
  readonly about: string | null;
  readonly reason: string;
  readonly subject: string;
  readonly state: 'queued' | 'sent' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly lastError: string | null;
  /** The provider's answer to the attempt that it accepted. */
  readonly answer: string | null;
  readonly createdAt: number;
  /** The provider has it; it says that it reached the device; it was opened; its page was acknowledged by whom it was for. */
  readonly sentAt: number | null;
  readonly deliveredAt: number | null;
  readonly seenAt: number | null;
  readonly acknowledgedAt: number | null;
  /** The provider that took it. */
  readonly provider: string | null;
  /** The message that told of it, with others: its id. */
  readonly bundle: string | null;
}

/** Gets messages to people: durable, at least once, one key a message. */
export interface Delivery {
  /** Queues within the caller's transaction; leaves at once after its commit. */
  send(tx: Tx, messages: readonly Message[]): Promise<void>;
  /** What was sent about something (`page/…`), oldest first. */
  about(about: string): Promise<DeliveryRecord[]>;
}

/** What paging needs beside: to take back what has become pointless, and to try another way when one has failed for good. */
export interface PagingDelivery extends Delivery {
  /** Takes back what was queued about something and has not left: with `reason`, only what was queued for that reason. Returns what it took back. */
  withdraw(tx: Tx, about: string, reason?: string): Promise<DeliveryRecord[]>;
  /** `listener` is called in the transaction that gives a message up. */
  onFailed(listener: (tx: Tx, failed: DeliveryRecord) => Promise<void>): void;
  /** `listener` is called once for a page (priority 0) that can't leave now: its provider is down. It goes on being tried. */
  onDelayed(listener: (tx: Tx, delayed: DeliveryRecord) => Promise<void>): void;
  /** Whoever it was for has acknowledged what these messages are about. */
  acknowledged(tx: Tx, about: string, person: string): Promise<void>;
  /** The link in a message was opened by someone. */
  opened(url: string): Promise<void>;
}
