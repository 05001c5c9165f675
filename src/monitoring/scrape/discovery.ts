/** Looks for the targets of scrapes again and again. What it found last counts until it finds something else: a look that fails changes nothing. */
import type { Clock, Timer } from '../../platform/clock.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { DiscoverySpec } from './discovery-spec.ts';
import type { Scrape } from './target.ts';
import type { TargetGroup } from './target-groups.ts';

export interface Discovery {
  /** The scrapes whose targets to look for from now on. */
  update(scrapes: readonly Scrape[]): void;
  groupsOf(scrape: string): TargetGroup[];
  stop(): Promise<void>;
}

export interface DiscoveryOptions {
  readonly clock: Clock;
  /** One look. Rejects where nothing can be said. */
  readonly look: (spec: DiscoverySpec, scrape: Scrape, signal: AbortSignal) => Promise<TargetGroup[]>;
  readonly onChange: () => void;
  readonly onError: (scrape: string, error: unknown) => void;
}

interface Looking {
  readonly scrape: string;
  readonly abort: AbortController;
  groups: TargetGroup[];
  found: string;
  timer: Timer | undefined;
  turn: Promise<void>;
}

export function createDiscovery({ clock, look, onChange, onError }: DiscoveryOptions): Discovery {
  const all = new Map<string, Looking>();

  async function turn(one: Looking, spec: DiscoverySpec, scrape: Scrape): Promise<void> {
    try {
      const groups = await look(spec, scrape, one.abort.signal);
      const found = JSON.stringify(groups);
      if (!one.abort.signal.aborted && found !== one.found) {
        one.groups = groups;
        one.found = found;
        onChange();
      }
    } catch (error) {
      if (!one.abort.signal.aborted) onError(one.scrape, error);
    }
    if (!one.abort.signal.aborted)
      one.timer = clock.after(parseDuration(spec.refreshInterval), () => void (one.turn = turn(one, spec, scrape)));
  }

  function halt(key: string, one: Looking): Promise<void> {
    one.abort.abort();
    one.timer?.cancel();
    all.delete(key);
    return one.turn;
  }

  return {
    update(scrapes) {
      const wanted = new Set<string>();
      for (const scrape of scrapes) {
        for (const spec of scrape.spec.discover ?? []) {
          const key = `${scrape.name} ${JSON.stringify([spec, scrape.spec.tls, scrape.spec.proxy])}`;
          wanted.add(key);
          if (all.has(key)) continue;
          const one: Looking = {
            scrape: scrape.name,
            abort: new AbortController(),
            groups: [],
            found: '[]',
            timer: undefined,
            turn: Promise.resolve(),
          };
          all.set(key, one);
          one.turn = turn(one, spec, scrape);
        }
      }
      for (const [key, one] of all) if (!wanted.has(key)) void halt(key, one);
    },
    groupsOf: (scrape) => [...all.values()].filter((one) => one.scrape === scrape).flatMap(({ groups }) => groups),
    stop: async () => void (await Promise.all([...all].map(([key, one]) => halt(key, one)))),
  };
}
