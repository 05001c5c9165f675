import { burnWindows } from './burn-alerts.ts';
import type { ObjectiveStatus } from './contract.ts';
import { attainment, burnRate, errorBudget, timeToExhaustion, type Events } from './error-budget.ts';
import type { Objective } from './objective.ts';

const HOUR = 3_600_000;

/** How an objective stands at `now`. `eventsIn` counts the events of the last so many milliseconds. Pure. */
export function objectiveStatus(objective: Objective, eventsIn: (lastMs: number) => Events, now: number): ObjectiveStatus {
  const { name, title, service, target, windowMs, alerts } = objective;
  const events = eventsIn(windowMs);
  const budget = errorBudget(target, events);
  const rate = (ms: number): number | null => burnRate(target, eventsIn(ms));
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
