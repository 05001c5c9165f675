import type { Severity } from '../catalog/contract.ts';
import type { Tx } from '../platform/sql/index.ts';

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
}

/** What alerting tells of its alerts, in the transaction that changes them. It is the shape of alerting's port of the same name. */
export interface AlertSink {
  changed(tx: Tx, transitions: readonly AlertTransition[]): Promise<void>;
}
