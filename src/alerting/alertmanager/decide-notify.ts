import type { Route } from './route-tree.ts';
import { inAnyInterval } from './time-interval.ts';

/** What an integration was told last: fingerprints, and when in milliseconds. */
export interface Told {
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly at: number;
}

interface Now {
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
}

/** Whether an integration is to be told, as Alertmanager decides it (notify.DedupStage). */
export function needsTelling(told: Told | undefined, now: Now, options: { sendResolved: boolean; repeatMs: number; at: number }): boolean {
  if (told === undefined) return now.firing.length > 0;
  if (!isSubset(now.firing, told.firing)) return true;
  // Nothing fires any more: that is news only where something did.
  if (now.firing.length === 0) return told.firing.length > 0;
  if (options.sendResolved && !isSubset(now.resolved, told.resolved)) return true;
  return told.at < options.at - options.repeatMs;
}

function isSubset(some: readonly string[], all: readonly string[]): boolean {
  const known = new Set(all);
  return some.every((one) => known.has(one));
}

/** Whether the route's time intervals let it speak. */
export const maySpeak = ({ muted, active }: Pick<Route, 'muted' | 'active'>, at: number): boolean =>
  !inAnyInterval(muted, at) && (active === undefined || inAnyInterval(active, at));

/** The first flush of a group: after its wait, or at once where the alert has waited as long elsewhere. */
export const firstFlush = (groupWaitMs: number, activeAt: number, now: number): number =>
  Math.max(now, Math.min(now, activeAt) + groupWaitMs);
