import type { Clock } from './clock.ts';

export type HealthState = 'ok' | 'degraded' | 'down';

/** What one part of nines says of itself: shown in the UI's banner, by `nines status` and as `nines_component_state`. */
export interface ComponentHealth {
  /** For example `delivery.email`, `store.disk`, `clock`. */
  readonly component: string;
  readonly state: HealthState;
  /** What is wrong and what a person can do about it; empty when ok. */
  readonly problem: string;
  /** Since when it is in this state, in milliseconds. */
  readonly since: number;
}

/** Where every part of nines tells how it is, so that nothing in it is unwell unseen. */
export interface Health {
  /** Says how a component is from now on. Repeating the same state and problem keeps `since`. */
  report(component: string, state: HealthState, problem?: string): void;
  list(): ComponentHealth[];
  onChange(listener: (component: ComponentHealth, before: ComponentHealth | undefined) => void): void;
}

export function createHealth(clock: Clock): Health {
  const components = new Map<string, ComponentHealth>();
  const listeners: ((component: ComponentHealth, before: ComponentHealth | undefined) => void)[] = [];
  return {
    report(component, state, said = '') {
      const problem = state === 'ok' ? '' : said;
      const before = components.get(component);
      if (before?.state === state && before.problem === problem) return;
      const since = before?.state === state ? before.since : clock.now();
      const after: ComponentHealth = { component, state, problem, since };
      components.set(component, after);
      for (const listener of listeners) listener(after, before);
    },
    list: () => [...components.values()].sort((a, b) => a.component.localeCompare(b.component)),
    onChange(listener) {
      listeners.push(listener);
    },
  };
}
