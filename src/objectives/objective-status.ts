import { burnWindows } from './burn-alerts.ts';
import type { ObjectiveStatus } from './contract.ts';
import { attainment, burnRate, errorBudget, knownShare, timeToExhaustion, type Events } from './error-budget.ts';
import type { Objective } from './objective.ts';

const HOUR = 3_600_000;

export interface Counted {
  /** Counts the events of the last so many milliseconds. */
  eventsIn(lastMs: number): Events;
  /** How long ago the first event was that is known of. */
  readonly knownForMs: number;
}

/**
 * How an objective stands at `now`. Attainment is of the events there are. Budget and burn rates speak of the whole window: the
 * part of it from before the first event counts as time with the same traffic that spent nothing, so that the first failure
 * of a new service is not taken for three bad days, nor its budget for gone. Pure.
 */
export function objectiveStatus(objective: Objective, { eventsIn, knownForMs }: Counted, now: number): ObjectiveStatus {
  const { name, title, service, target, windowMs, alerts } = objective;
  const events = eventsIn(windowMs);
  const budget = errorBudget(target, events, knownShare(knownForMs, windowMs));
  const rate = (ms: number): number | null => {
    const burned = burnRate(target, eventsIn(ms));
    return burned === null ? null : burned * Math.min(1, knownForMs / ms);
  };
  const left = budget === null ? null : timeToExhaustion(budget.remaining, rate(Math.min(HOUR, windowMs)), windowMs);
  const burning = alerts.some(({ burnRate: above, longMs, shortMs }) => (rate(longMs) ?? 0) > above && (rate(shortMs) ?? 0) > above);
  return {
    name,
    title,
    service,
    target,
    windowMs,
    attainment: attainment(events),
    good: budget === null ? null : events.good,
    total: budget === null ? null : events.total,
    budget: { allowed: budget?.allowed ?? null, spent: budget?.spent ?? null, remaining: budget?.remaining ?? null },
    burnRates: burnWindows(alerts).map((ms) => ({ windowMs: ms, rate: rate(ms) })),
    exhaustedAt: left === null ? null : new Date(now + left).toISOString(),
    state: budget === null ? 'no-data' : budget.remaining <= 0 ? 'exhausted' : burning ? 'burning' : 'ok',
    alerts: alerts.map((alert) => ({ ...alert })),
    evaluatedAt: new Date(now).toISOString(),
  };
}
