import { createHash } from 'node:crypto';
import type { Tx } from '../../platform/sql/index.ts';
import type { Severity } from '../contract.ts';

/** One alert: a rule's result for one set of labels. Times are milliseconds; never mutated. */
export interface AlertState {
  /** Stable for a rule and a set of labels. */
  readonly fingerprint: string;
  readonly ruleKey: string;
  readonly rule: string;
  readonly group: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly groupKey: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number;
  readonly state: 'pending' | 'firing' | 'resolved';
  /** When its condition became true. */
  readonly activeAt: number;
  readonly firedAt: number | null;
  readonly resolvedAt: number | null;
  /** Since when it only fires because of `keep_firing_for`. */
  readonly keepFiringSince: number | null;
}

/** The alerts of one rule, by fingerprint. */
export type RuleState = ReadonlyMap<string, AlertState>;

/** An alert that began to fire, or stopped. */
export interface AlertTransition {
  readonly to: 'firing' | 'resolved';
  readonly alert: AlertState;
  /** What makes several alerts one failure: the alerts of a group are one page. */
  readonly groupKey: string;
  /** Pages by this EscalationPolicy, whatever the service has. */
  readonly policy?: string;
}

/** Who is told of alerts, in the transaction that changes them. */
export interface AlertSink {
  changed(tx: Tx, transitions: readonly AlertTransition[]): Promise<void>;
  /** These fire, were told of, and are no longer held back: their calls go on. */
  unmuted?(tx: Tx, fingerprints: readonly string[]): Promise<void>;
  /** Other services' alerts are held back because these services fail, or no longer are. */
  explained?(tx: Tx, services: readonly string[]): Promise<void>;
}

export function fingerprintOf(ruleKey: string, labels: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256').update(ruleKey);
  for (const name of Object.keys(labels).sort()) hash.update(`\u0000${name}\u0000${labels[name]}`);
  return hash.digest('hex').slice(0, 16);
}

/** What fails together is paged together: a service's critical alerts, those for today, or a rule group where no service is known. */
export const groupKeyOf = (service: string | null, severity: Severity, group: string): string =>
  service === null ? `group/${group}/${severity}` : `service/${service}/${severity}`;

/** Resolved alerts are listed for so long (Prometheus' resolvedRetention). */
export const RESOLVED_RETENTION_MS = 15 * 60_000;

/** What of an alert has to survive a restart. */
export const signature = ({ state, activeAt, keepFiringSince, resolvedAt }: AlertState): string =>
  `${state} ${activeAt} ${keepFiringSince} ${resolvedAt}`;

/** Rule keys of alerts that others decide. */
const EXTERNAL = 'external/';
export const externalRuleKey = (source: string): string => EXTERNAL + source;
/** `external/<source>`, as a pattern of SQL's `like`. */
export const EXTERNAL_RULES = `${EXTERNAL}%`;
