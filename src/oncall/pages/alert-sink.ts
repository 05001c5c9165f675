import type { Severity } from '../../catalog/contract.ts';
import type { Queryable, Tx } from '../../platform/sql/index.ts';

/** An alert as a page tells of it. Times are milliseconds. */
export interface PagedAlert {
  readonly fingerprint: string;
  readonly rule: string;
  readonly group: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly expr: string;
  /** When its condition became true. */
  readonly activeAt: number;
  readonly firedAt: number | null;
  readonly resolvedAt: number | null;
}

/** An alert that began to fire, or stopped. */
export interface AlertTransition {
  readonly to: 'firing' | 'resolved';
  readonly alert: PagedAlert;
  /** What makes several alerts one failure: the alerts of a group are one page. */
  readonly groupKey: string;
  /** Pages by this EscalationPolicy, whatever the service has. */
  readonly policy?: string;
}

/** What alerting tells of its alerts, in the transaction that changes them. It is the shape of alerting's port of the same name. */
export interface AlertSink {
  changed(tx: Tx, transitions: readonly AlertTransition[]): Promise<void>;
  /** These fire, were told of, and are no longer held back: their calls go on. */
  unmuted(tx: Tx, fingerprints: readonly string[]): Promise<void>;
  /** Other services' alerts are held back because these services fail, or no longer are. */
  explained(tx: Tx, services: readonly string[]): Promise<void>;
}

/** What holds pages back (silences, maintenance, other alerts), as on-call asks it before each call. */
export interface Muted {
  /** Those of these alerts for which nobody is to be called now. */
  muted(queryable: Queryable, fingerprints: readonly string[]): Promise<ReadonlySet<string>>;
  /** The services whose pages are held back because this one fails. */
  heldBy(queryable: Queryable, service: string): Promise<readonly string[]>;
}
