import type { AlertState } from '../alerts/index.ts';
import type { Severity } from '../contract.ts';

/** What of an alert decides whether its page is held back. Times are milliseconds. */
export interface MutableAlert {
  readonly fingerprint: string;
  /** As silences and inhibitions see them: `matchLabels`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly service: string | null;
  readonly severity: Severity;
  /** When its condition became true. */
  readonly activeAt: number;
  /** When it began to fire. */
  readonly firedAt: number;
}

/** Why nobody is told of an alert that fires. */
export interface Mute {
  readonly by: 'silence' | 'maintenance' | 'inhibition' | 'dependency' | 'flapping';
  /** What holds it back: the silence's id, the window's or the rule's name, the service. */
  readonly ref: string;
  /** For a person, after 'held back by …'. */
  readonly why: string;
  /** When time alone ends it; null where something else must happen. */
  readonly until: number | null;
}

/** One reason after the other to hold pages back, as the stages of Alertmanager's notify/ are: each sees what the ones before it let through. */
export type Stage = (alerts: readonly MutableAlert[], now: number) => ReadonlyMap<string, Mute>;

/** The alert's own labels; `service` and `severity` as nines understands them, where it has none of these names. */
export const matchLabels = ({
  labels,
  service,
  severity,
}: Pick<AlertState, 'labels' | 'service' | 'severity'>): Readonly<Record<string, string>> => ({
  ...(service !== null && { service }),
  severity,
  ...labels,
});

export const mutableOf = (
  alert: Pick<AlertState, 'fingerprint' | 'labels' | 'service' | 'severity' | 'activeAt' | 'firedAt'>,
): MutableAlert => ({
  fingerprint: alert.fingerprint,
  labels: matchLabels(alert),
  service: alert.service,
  severity: alert.severity,
  activeAt: alert.activeAt,
  firedAt: alert.firedAt ?? alert.activeAt,
});
