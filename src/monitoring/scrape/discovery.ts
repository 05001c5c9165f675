/**
 * Looks for the targets of scrapes again and again. What was found in a place counts until something else is found there:
 * a file that breaks, or a name server that doesn't answer, changes nothing.
 */
import type { Clock, Timer } from '../../platform/clock.ts';
import { parseDuration } from '../../platform/duration.ts';
import type { DiscoverySpec } from './discovery-spec.ts';
import type { Scrape } from './target.ts';
import type { TargetGroup } from './target-groups.ts';

/** What a look says of one place. */
export interface Found {
  /** A file, a name in DNS, an address. */
  readonly source: string;
  /** Undefined where nothing can be said: what was found there before stays. */
  readonly groups: readonly TargetGroup[] | undefined;
  /** Why nothing can be said, or why there is nothing. */
  readonly problem?: string;
}

/** A place where targets can't be looked up as they should. */
export interface DiscoveryProblem {
  readonly scrape: string;
  readonly source: string;
  readonly problem: string;
  /** Milliseconds since the epoch: when it began. */
  readonly since: number;
}

export interface Discovery {
  /** The scrapes whose targets to look for from now on. */
  update(scrapes: readonly Scrape[]): void;
  groupsOf(scrape: string): TargetGroup[];
  problems(): DiscoveryProblem[];
  stop(): Promise<void>;
}

export interface DiscoveryOptions {
  readonly clock: Clock;
  /** One look. Rejects where nothing can be said of any place. */
  readonly look: (spec: DiscoverySpec, scrape: Scrape, signal: AbortSignal) => Promise<readonly Found[]>;
  /** Calls `changed` when it is time for a look before the next one is due, until what it returns is called. */
  readonly watch?: (spec: DiscoverySpec, changed: () => void) => () => void;
  readonly onChange: () => void;
  /** Once for a problem, however often it is met. */
  readonly onError: (scrape: string, error: unknown) => void;
}

/** A file is often written in several steps: a look waits until it is likely to be whole. */
const SETTLE_MS = 100;

interface Looking {
  readonly scrape: string;
  readonly abort: AbortController;
  readonly found: Map<string, readonly TargetGroup[]>;
  problems: Map<string, DiscoveryProblem>;
  /** The next look. */
  timer: Timer | undefined;
  unwatch: (() => void) | undefined;
  settling: boolean;
  turn: Promise<void>;
}

/** The place of a look that failed as a whole. */
const placeOf = ({ http, files, dns }: DiscoverySpec): string => http ?? (files ?? dns?.names ?? []).join(', ');

export function createDiscovery({ clock, look, watch, onChange, onError }: DiscoveryOptions): Discovery {
  const all = new Map<string, Looking>();

  async function turn(one: Looking, spec: DiscoverySpec, scrape: Scrape): Promise<void> {
    let places: readonly Found[];
    try {
      places = await look(spec, scrape, one.abort.signal);
    } catch (error) {
      places = [{ source: placeOf(spec), groups: undefined, problem: error instanceof Error ? error.message : String(error) }];
    }
    if (one.abort.signal.aborted) return;
    const changed = take(one, places);
    one.timer = clock.after(parseDuration(spec.refreshInterval), () => void (one.turn = turn(one, spec, scrape)));
    if (changed) onChange();
  }

  /** Whether there are other targets than before. */
  function take(one: Looking, places: readonly Found[]): boolean {
    const before = JSON.stringify([...one.found]);
    const problems = new Map<string, DiscoveryProblem>();
    for (const { source, groups, problem } of places) {
      if (groups !== undefined) one.found.set(source, groups);
      if (problem === undefined) continue;
      const known = one.problems.get(source);
      if (known?.problem === problem) problems.set(source, known);
      else {
        problems.set(source, { scrape: one.scrape, source, problem, since: known?.since ?? clock.now() });
        onError(one.scrape, new Error(problem));
      }
    }
    one.problems = problems;
    const named = new Set(places.map(({ source }) => source));
    for (const source of one.found.keys()) if (!named.has(source)) one.found.delete(source);
    return JSON.stringify([...one.found]) !== before;
  }

  function start(key: string, spec: DiscoverySpec, scrape: Scrape): void {
    const one: Looking = {
      scrape: scrape.name,
      abort: new AbortController(),
      found: new Map(),
      problems: new Map(),
      timer: undefined,
      unwatch: undefined,
      settling: false,
      turn: Promise.resolve(),
    };
    all.set(key, one);
    one.turn = turn(one, spec, scrape);
    one.unwatch = watch?.(spec, () => {
      // Not put off by what comes next: a busy folder must not stay unread.
      if (one.settling) return;
      one.settling = true;
      // A look that is under way ends first: it may have been too early for what has just changed.
      one.turn = one.turn.then(() => {
        if (one.abort.signal.aborted) return;
        one.timer?.cancel();
        one.timer = clock.after(SETTLE_MS, () => {
          one.settling = false;
          one.turn = turn(one, spec, scrape);
        });
      });
    });
  }

  function halt(key: string, one: Looking): Promise<void> {
    one.abort.abort();
    one.timer?.cancel();
    one.unwatch?.();
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
          if (!all.has(key)) start(key, spec, scrape);
        }
      }
      for (const [key, one] of all) if (!wanted.has(key)) void halt(key, one);
    },
    groupsOf: (scrape) => [...all.values()].filter((one) => one.scrape === scrape).flatMap(({ found }) => [...found.values()].flat()),
    problems: () => [...all.values()].flatMap(({ problems }) => [...problems.values()]),
    stop: async () => void (await Promise.all([...all].map(([key, one]) => halt(key, one)))),
  };
}
