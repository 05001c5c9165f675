import { SharedResults, sharedParts } from '../../monitoring/index.ts';
import type { Clock, Timer } from '../../platform/clock.ts';
import { rulesBefore, type Rule } from '../rules/index.ts';
import type { RunningRule, Tick } from './running-rule.ts';

export interface RuleTurnsDeps {
  readonly clock: Clock;
  readonly now: () => number;
  readonly ruleOf: (key: string) => RunningRule | undefined;
  /** It is its turn: to be evaluated in so many milliseconds. */
  readonly request: (key: string, inMs: number) => void;
  /** So many rules had not had the turn before when another came. */
  readonly onMissed: (rules: number) => void;
}

/** The rules of an interval. */
interface Beat {
  readonly keys: string[];
  readonly parts: ReadonlySet<string>;
  timer: Timer | undefined;
}

/**
 * Turns of rules: one timer an interval, at multiples of it, so that samples of recording rules are evenly spaced. In a group, a rule
 * that reads what another records has its turn after it.
 */
export class RuleTurns {
  readonly #deps: RuleTurnsDeps;
  #beats: Beat[] = [];
  #before = new Map<string, readonly string[]>();
  #stopped = false;

  constructor(deps: RuleTurnsDeps) {
    this.#deps = deps;
  }

  /** These rules have turns from now on, and no others; those that wait for one go on waiting. */
  replace(rules: readonly Rule[]): void {
    this.#before = new Map();
    for (const group of groupedBy(rules, ({ source, group: name }) => `${source}\u0000${name}`).values())
      for (const [key, before] of rulesBefore(group)) this.#before.set(key, before);
    this.#cancel();
    this.#beats = [];
    for (const [intervalMs, ofInterval] of groupedBy(rules, (rule) => rule.intervalMs)) {
      const parts = sharedParts(ofInterval.map(({ parsed }) => parsed));
      const beat: Beat = { keys: ofInterval.map(({ key }) => key), parts, timer: undefined };
      this.#beats.push(beat);
      this.#arm(intervalMs, beat);
    }
  }

  /** A turn for all of these. Who has not yet had the one before misses this one. */
  begin(rules: readonly RunningRule[], tick: Tick = { at: undefined, shared: undefined }): void {
    const taking = rules.filter((running) => running.tick === undefined);
    for (const running of taking) {
      running.tick = tick;
      running.waits = 0;
      for (const key of this.#before.get(running.rule.key) ?? []) {
        const earlier = this.#deps.ruleOf(key);
        if (earlier?.tick === undefined) continue;
        earlier.followers.push(running);
        running.waits++;
      }
    }
    if (taking.length < rules.length) this.#deps.onMissed(rules.length - taking.length);
    for (const running of taking) if (running.waits === 0) this.#take(running);
  }

  /** Its turn is over: those that waited for it may have theirs. */
  end(running: RunningRule): void {
    running.tick = undefined;
    const { followers } = running;
    running.followers = [];
    for (const follower of followers) if (--follower.waits === 0) this.#take(follower);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #cancel(): void {
    for (const { timer } of this.#beats) timer?.cancel();
  }

  #arm(intervalMs: number, beat: Beat): void {
    if (this.#stopped) return;
    const { clock, now, ruleOf } = this.#deps;
    const due = (Math.floor(now() / intervalMs) + 1) * intervalMs;
    beat.timer = clock.after(due - now(), () => {
      // A timer counts by another clock, and is at times a millisecond early: that would be the turn before, once more, and this one missed.
      if (now() < due) return this.#arm(intervalMs, beat);
      const at = Math.floor(now() / intervalMs) * intervalMs;
      const running = beat.keys.map(ruleOf).filter((one) => one !== undefined);
      this.begin(running, { at, shared: new SharedResults(beat.parts) });
      this.#arm(intervalMs, beat);
    });
  }

  #take({ rule, tick }: RunningRule): void {
    this.#deps.request(rule.key, tick?.at === undefined ? spread(rule) : 0);
  }
}

/** Spreads new rules over a second, so that a thousand of them aren't due at once. */
function spread({ key, intervalMs }: Rule): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) >>> 0;
  return (hash % 1000) * Math.min(1, intervalMs / 1000 / 10);
}

function groupedBy<T, K>(all: Iterable<T>, keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}
