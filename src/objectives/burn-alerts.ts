/**
 * Multi-window, multi-burn-rate alerts: Google's Site Reliability Workbook (2018), chapter 5, "6: Multiwindow,
 * Multi-Burn-Rate Alerts" (table 5-8), and its ticket at 3 over a day. The long window says that enough of the budget
 * went to matter (2 %, 5 %, 10 %, 10 % of 30 days), the short one that it still goes, so that the alert ends soon after.
 */
import { formatDuration } from '../platform/duration.ts';
import type { BurnAlert, Objective } from './objective.ts';
import type { RuleDefinition } from './rule-definition.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const FOR_30_DAYS: readonly BurnAlert[] = [
  { severity: 'critical', burnRate: 14.4, longMs: HOUR, shortMs: 5 * MINUTE },
  { severity: 'critical', burnRate: 6, longMs: 6 * HOUR, shortMs: 30 * MINUTE },
  { severity: 'today', burnRate: 3, longMs: DAY, shortMs: 2 * HOUR },
  { severity: 'today', burnRate: 1, longMs: 3 * DAY, shortMs: 6 * HOUR },
];

/** The series that burn-rate alerts look at; `window` is a duration, `1h`. */
export const BURN_RATE_METRIC = 'nines_slo_burn_rate';

/**
 * The alerts for a rolling window: the same burn rates, over windows in proportion, so that each stands for the same share
 * of the budget. In whole minutes, for that is how finely events are kept; at least one.
 */
export function burnAlertsFor(windowMs: number): BurnAlert[] {
  const scale = (ms: number): number => Math.max(1, Math.round((ms * windowMs) / (30 * DAY) / MINUTE)) * MINUTE;
  return FOR_30_DAYS.map((alert) => ({ ...alert, longMs: scale(alert.longMs), shortMs: scale(alert.shortMs) }));
}

/** Every window that the alerts look at, shortest first, none twice. */
export function burnWindows(alerts: readonly BurnAlert[]): number[] {
  return [...new Set(alerts.flatMap(({ shortMs, longMs }) => [shortMs, longMs]))].sort((a, b) => a - b);
}

/** The rules that alerting evaluates for an objective. */
export function burnAlerts(objective: Objective): RuleDefinition[] {
  return objective.alerts.map((alert) => {
    const series = (ms: number): string =>
      `${BURN_RATE_METRIC}{objective=${JSON.stringify(objective.name)}, window="${formatDuration(ms)}"}`;
    const { burnRate, longMs, shortMs, severity } = alert;
    return {
      name: severity === 'critical' ? 'ErrorBudgetBurnsFast' : 'ErrorBudgetBurns',
      expr: `${series(longMs)} > ${burnRate} and ignoring (window) ${series(shortMs)} > ${burnRate}`,
      forMs: 0,
      keepFiringForMs: 0,
      severity,
      service: objective.service,
      labels: { objective: objective.name, service: objective.service, severity },
      annotations: {
        summary: burnSummary(alert, objective.service),
        description: describe(objective, alert),
      },
    };
  });
}

/** What to do, in under 50 characters whatever the service's name. */
function burnSummary({ severity }: BurnAlert, service: string): string {
  const text = severity === 'critical' ? `Restore ${service}: too many failures` : `Check ${service}: error budget shrinks`;
  return text.length < 50 ? text : `${text.slice(0, 48)}…`;
}

function describe({ title, target, windowMs, service }: Objective, { longMs }: BurnAlert): string {
  const percent = `${Number((target * 100).toFixed(6))}%`;
  return (
    `Over the last ${formatDuration(longMs)} the error budget of '${title}' (${service}: ${percent} over ${formatDuration(windowMs)}) ` +
    `burned {{ $value | printf "%.1f" }} times faster than it can last.`
  );
}
