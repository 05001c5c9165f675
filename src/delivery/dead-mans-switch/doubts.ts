import type { ComponentHealth } from '../../platform/health.ts';

export interface PagingState {
  readonly components: readonly Pick<ComponentHealth, 'component' | 'state' | 'problem'>[];
  /** How long the page that waits longest is overdue, in milliseconds; 0 where none is. */
  readonly oldestPageMs: number;
}

/** A page that has waited for so long is not on its way. */
const STUCK_MS = 120_000;

/** Why nines can't say of itself that a page would arrive; empty where it can. */
export function doubts({ components, oldestPageMs }: PagingState): string[] {
  const down = components.filter(({ state }) => state === 'down').map(({ component, problem }) => `${component} is down: ${problem}`);
  const stuck = oldestPageMs > STUCK_MS ? [`A page has waited for ${Math.round(oldestPageMs / 1000)} s to leave.`] : [];
  return [...down, ...stuck];
}
