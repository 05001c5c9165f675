import type { AlertState } from '../alerts/index.ts';
import type { Severity } from '../contract.ts';

/** An alert that someone else decided, as it is reported. Times are milliseconds. */
export interface ReportedAlert {
  /** Who decides it: `alertmanager`, `pagerduty/shop`, `heartbeat`. Letters, digits and `._/-`, at most 100. */
  readonly source: string;
  /** What makes it the same alert each time that the source tells of it; at most 1,024 characters. */
  readonly key: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** When it is, or was, over; in the future: then, unless it is told of again. Null: when the source says so. */
  readonly endsAt: number | null;
  /** By default what the label `severity` says. */
  readonly severity?: Severity;
  /** By default the label `service`. */
  readonly service?: string | null;
  /** What makes several of them one failure, where that is not their service: for nines' own sources. */
  readonly group?: string;
  /** Where it comes from, for a person to look. */
  readonly generatorUrl?: string | null;
}

/** What is kept of it. */
export interface ExternalAlert {
  readonly alert: AlertState;
  readonly source: string;
  readonly key: string;
  readonly endsAt: number | null;
  /** When the source last told of it. */
  readonly updatedAt: number;
  readonly generatorUrl: string | null;
}
