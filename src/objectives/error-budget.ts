/**
 * The arithmetic of objectives: Google's Site Reliability Workbook (2018), chapters 2 ("Implementing SLOs") and 5
 * ("Alerting on SLOs"). Ratios are 0 to 1, times milliseconds. Pure.
 */

/** Events in a span. `total` of 0 means that nothing was measured, and then nothing can be said. */
export interface Events {
  readonly good: number;
  readonly total: number;
}

export interface Budget {
  /** Bad events that the target allows over the whole window, at the traffic that is known. */
  readonly allowed: number;
  /** Bad events that there were. */
  readonly spent: number;
  /** 1 untouched, 0 spent, negative overspent. */
  readonly remaining: number;
}

/** Never negative, and never more than there were: two queries at slightly different times may disagree by an event. */
export const badEvents = ({ good, total }: Events): number => Math.min(total, Math.max(0, total - good));

/** good / total; null without events. */
export const attainment = (events: Events): number | null => (events.total > 0 ? 1 - badEvents(events) / events.total : null);

/** The least share of a window that is taken as known: a minute-old objective must not promise the traffic of a stampede. */
const LEAST_KNOWN = 1e-4;

/** How much of a window is known: 1 when the first event is at least as old as the window. */
export const knownShare = (knownForMs: number, windowMs: number): number => Math.min(1, Math.max(LEAST_KNOWN, knownForMs / windowMs));

/**
 * The budget of the whole window. Where only a share of it is known (0 to 1), the rest is taken to have the same traffic and
 * no failures yet: an hour-old objective over 30 days has the budget of 30 days, not of an hour. Null without events.
 */
export function errorBudget(target: number, events: Events, known = 1): Budget | null {
  if (!(events.total > 0)) return null;
  const allowed = ((1 - target) * events.total) / known;
  const spent = badEvents(events);
  return { allowed, spent, remaining: 1 - spent / allowed };
}

/**
 * How many times faster than sustainable the budget goes: the ratio of bad events over what the target allows. At 1 it
 * lasts exactly the window. Null without events, so that silence never pages.
 */
export function burnRate(target: number, events: Events): number | null {
  return events.total > 0 ? badEvents(events) / events.total / (1 - target) : null;
}

/** The rate at which everything fails: no burn rate is above it. */
export const highestBurnRate = (target: number): number => 1 / (1 - target);

/**
 * Milliseconds until the budget is gone if it goes on burning at `rate`: the share that remains, of the window, over the
 * rate. Null when it burns no faster than it refills (1 or less), 0 when it is gone.
 */
export function timeToExhaustion(remaining: number, rate: number | null, windowMs: number): number | null {
  if (remaining <= 0) return 0;
  return rate === null || rate <= 1 ? null : (remaining * windowMs) / rate;
}

/** The share of the whole window's budget that a span's events took; null where the window has no events. `known` as in `errorBudget`. */
export function budgetShare(target: number, span: Events, window: Events, known = 1): number | null {
  const budget = errorBudget(target, window, known);
  return budget === null ? null : badEvents(span) / budget.allowed;
}
