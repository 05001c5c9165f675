import type { Tx } from '../sql/index.ts';

/** What only one of several processes on a database may do at a time. Alone on its database, a process always has it. */
export interface Lease {
  /** Whether this process has it now: false as soon as it may have run out, whatever the database would say. */
  readonly held: boolean;
  /**
   * Within a transaction: makes sure that this process still has it, and that nobody else can get it before the commit.
   * Rejects with a LeaseLost otherwise: what a process does that was asleep, or cut off, must not be stored.
   */
  guard(tx: Tx): Promise<void>;
  /**
   * `gained` is called whenever this process gets it, `lost` when it no longer has it; never both at once. `gained` may throw:
   * then the lease is given up, and asked for again.
   */
  start(told: { gained(): Promise<void>; lost(): Promise<void> }): Promise<void>;
  /** Gives it up, so that another can have it at once. */
  stop(): Promise<void>;
}

/** Another process has taken over. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`another nines on this database has taken over ${name}`);
  }
}
