import type { ObjectiveCost } from './contract.ts';
import { badEvents, budgetShare, knownShare, type Events } from './error-budget.ts';
import { measureSince } from './measure.ts';
import type { Meter } from './meter.ts';
import { MINUTE } from './minute-history.ts';
import type { ObjectiveStore } from './objective-store.ts';
import type { QueryPort } from './query-port.ts';

interface CostDeps {
  readonly meter: Meter;
  readonly store: ObjectiveStore;
  readonly query: QueryPort;
  readonly now: number;
  /** Whether what happened in the minute from this time on counts nothing, as far as it isn't counted yet. */
  readonly leftOut: (minute: number) => boolean;
}

const NONE: Events = { good: 0, total: 0 };

/** What [from, to) cost, as far as it is past: its events, and their share of the budget of the window that ends with it. */
export async function objectiveCost(deps: CostDeps, from: number, to: number): Promise<ObjectiveCost> {
  const { target, windowMs, name, title } = deps.meter.objective;
  const end = Math.min(to, deps.now);
  const span = from < end ? await eventsBetween(deps, from, end) : NONE;
  const window = await eventsBetween(deps, end - windowMs, end);
  const any = span.total > 0;
  return {
    objective: name,
    title,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    good: any ? span.good : null,
    total: any ? span.total : null,
    bad: any ? badEvents(span) : null,
    budgetShare: budgetShare(target, span, window, knownShare(end - (deps.meter.history.firstEvent ?? end), windowMs)),
  };
}

/** Whole minutes as they were counted, and what is cut of a minute at either end from the samples themselves. */
async function eventsBetween({ meter, store, query, leftOut }: CostDeps, from: number, to: number): Promise<Events> {
  const { objective, history, end } = meter;
  const minutes = async (from: number, to: number): Promise<Events> => {
    const stored = from < end ? await store.sum(objective.name, from, Math.min(to, end)) : NONE;
    const recent = to > end ? history.sum(Math.max(from, end), to) : NONE;
    return { good: stored.good + recent.good, total: stored.total + recent.total };
  };
  // What was decided as a minute was counted stands, whatever is planned now.
  const isLeftOut = async (minute: number): Promise<boolean> =>
    minute < meter.measuredAt ? (await minutes(minute, minute + MINUTE)).total === 0 : leftOut(minute);
  const cut = async (from: number, to: number): Promise<Events> => {
    if (from >= to) return NONE;
    if (objective.excludeMaintenance && (await isLeftOut(from - (from % MINUTE)))) return NONE;
    const exact = await measureSince(query, objective.indicator, from, to);
    // The samples may be gone by now: then its share of the minute.
    return exact.total > 0 ? exact : minutes(from, to);
  };
  const first = from + ((MINUTE - (from % MINUTE)) % MINUTE);
  const last = to - (to % MINUTE);
  if (first > last) return cut(from, to);
  const parts = [await cut(from, first), await minutes(first, last), await cut(last, to)];
  return parts.reduce((sum, { good, total }) => ({ good: sum.good + good, total: sum.total + total }));
}
