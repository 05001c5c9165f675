import type { Severity } from '../../catalog/contract.ts';
import type { Queryable, Tx } from '../../platform/sql/index.ts';
import type { PagedAlert } from './alert-sink.ts';

/** An alert within a page, and whether it still fires. */
export interface PageAlert extends PagedAlert {
  readonly state: 'firing' | 'resolved';
}

/** One failure that people are called for. Times are milliseconds. */
export interface PageState {
  readonly id: string;
  readonly groupKey: string;
  /** At most 50 characters, says what to do. */
  readonly subject: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly team: string | null;
  /** The escalation policy it follows; null when there is no one to call. */
  readonly policy: string | null;
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  /** What is told: numbers, who is affected, what changed. Without anyone's acknowledge link. */
  readonly text: string;
  /** Those that fire first, the oldest first, 200 at most; none for a page that a person sent. */
  readonly alerts: readonly PageAlert[];
  /** How many fire, where they are more than are listed. */
  readonly firing?: number;
  /** When the failure began: the first alert's activeAt. */
  readonly beganAt: number;
  readonly triggeredAt: number;
  readonly acknowledgedAt: number | null;
  /** A person's name (or an account's, where it stands for no Person). */
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: number | null;
  /** The last escalation step that was taken, from 0; -1 before the first. */
  readonly step: number;
  /** Counts the times that the policy was begun anew. */
  readonly round: number;
  readonly escalatesAt: number | null;
  /** An acknowledged page that is left alone until then. */
  readonly snoozedUntil: number | null;
  /** Until when its class promises an answer, and when the first came; null for a page that waits in the queue. */
  readonly respondBy: number | null;
  readonly respondedAt: number | null;
  /** Since when nobody is called, because all that fires of it is held back (a silence, maintenance, another alert). */
  readonly mutedAt?: number | null;
  readonly incident: string | null;
}

/**
 * `grown`: another alert joined it. `escalated`: the next people were called, because nobody answered or because a
 * person asked for it. `declined`: someone said that it is not theirs. `overdue`:
 * nobody answered in the time that its class promises. A page that is resolved and fires again soon after
 * is `triggered` once more, with the same id; so is one whose snooze ended.
 */
export type PageTransition = 'triggered' | 'grown' | 'acknowledged' | 'snoozed' | 'declined' | 'escalated' | 'overdue' | 'resolved';

/** What a page did; `actor` as in the ledger (`person:ana`, `nines`). */
export interface PageChange {
  readonly page: PageState;
  readonly transition: PageTransition;
  readonly actor: string;
}

/** Who follows pages. Called in the transaction that changes the page. */
export interface PageSink {
  changed(tx: Tx, page: PageState, transition: PageTransition, actor: string): Promise<void>;
  /** Those of these changes that concern it: of many at once it is told of these alone. All do where it doesn't say. */
  concerned?(queryable: Queryable, changes: readonly PageChange[]): Promise<readonly PageChange[]>;
  /** The incidents that pages belong to, by page. Without it, pages don't say. */
  incidentsOf?(queryable: Queryable, pages: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
