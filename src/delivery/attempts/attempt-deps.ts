import type { Clock } from '../../platform/clock.ts';
import type { Sql, Tx } from '../../platform/sql/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { DeliveryRecord, DeliveryRow } from '../deliveries/index.ts';
import type { Message } from '../messages/index.ts';
import type { Try } from './try-ways.ts';

export interface AttemptDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** Where the UI is, without a slash at the end. */
  readonly url: string;
  /** Called in the transaction that gives a message up. */
  readonly failed: (tx: Tx, record: DeliveryRecord) => Promise<void>;
  /** Called once in the transaction that finds that a page can't leave now. */
  readonly delayed: (tx: Tx, record: DeliveryRecord) => Promise<void>;
  /** The lane's messages may leave now: its provider works again. */
  readonly hurry: (tx: Tx, row: DeliveryRow) => Promise<void>;
  /** What is added to a message as it leaves: the graph in a mail. */
  readonly dress: (message: Message) => Promise<Message>;
  /** Told of every try, for health and metrics. */
  readonly attempted: (row: DeliveryRow, tried: Try) => Promise<void>;
}

/** A message as it leaves now, and those that it tells of where it is a bundle. */
export interface Leaving {
  readonly message: Message;
  readonly members: readonly DeliveryRow[];
}
