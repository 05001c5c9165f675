import type { Clock, Timer } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { AlertState, AlertTransition, RuleState } from './alert.ts';
import type { AlertWriter } from './alert-writer.ts';

interface AlertKeeperDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly writer: AlertWriter;
  /** Whether this process decides alerts: what another decides, it stores. */
  readonly decides: () => boolean;
  readonly stateOf: (ruleKey: string) => RuleState | undefined;
  readonly now: () => number;
}

/** What changed without a transition is stored within this time. */
const FLUSH_MS = 1_000;
/** So often is said that alerting runs: a restart then knows how long nobody looked. */
const ALIVE_MS = 15_000;

/** Brings to PostgreSQL what may wait a second, in batches: pending alerts, and the ends of those whose rule is gone. */
export class AlertKeeper {
  readonly #deps: AlertKeeperDeps;
  readonly #changed = new Set<string>();
  #orphans: AlertState[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #flushTimer: Timer | undefined;
  #aliveTimer: Timer | undefined;
  #stopped = false;

  constructor(deps: AlertKeeperDeps) {
    this.#deps = deps;
  }

  /** Nothing waits to be stored. */
  get clean(): boolean {
    return this.#changed.size === 0 && this.#orphans.length === 0;
  }

  /** The alerts of a rule changed. */
  changed(ruleKey: string): void {
    this.#changed.add(ruleKey);
    this.#soon();
  }

  /** Alerts whose rule is gone: those that fire are resolved. */
  orphaned(alerts: readonly AlertState[]): void {
    if (alerts.length === 0) return;
    this.#orphans.push(...alerts);
    this.#soon();
  }

  start(): void {
    this.#aliveTimer?.cancel();
    this.#aliveTimer = this.#deps.clock.after(ALIVE_MS, () => {
      void this.flush();
      this.start();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#aliveTimer?.cancel();
    await this.flush();
    this.#flushTimer?.cancel();
  }

  /** Resolves when nothing is being stored. */
  idle(): Promise<void> {
    return this.#flushing;
  }

  /** One after the other: the later one must not be overtaken by what the earlier saw. What fails is tried again. */
  flush(): Promise<void> {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    this.#flushing = this.#flushing
      .then(() => this.#store())
      .catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'alerts could not be stored');
        this.#soon();
      });
    return this.#flushing;
  }

  #soon(): void {
    if (!this.#stopped) this.#flushTimer ??= this.#deps.clock.after(FLUSH_MS, () => void this.flush());
  }

  async #store(): Promise<void> {
    const { writer, stateOf, now, decides } = this.#deps;
    if (!decides()) {
      this.#changed.clear();
      this.#orphans = [];
      return;
    }
    const orphans = this.#orphans;
    if (orphans.length > 0) {
      const ended = orphans
        .filter(({ state }) => state === 'firing')
        .map((alert): AlertState => ({ ...alert, state: 'resolved', resolvedAt: now(), keepFiringSince: null }));
      const transitions = ended.map((alert): AlertTransition => ({ to: 'resolved', alert, groupKey: alert.groupKey }));
      if (transitions.length > 0) await writer.commit(transitions, now());
      this.#orphans = this.#orphans.slice(orphans.length);
      for (const { ruleKey } of orphans) this.#changed.add(ruleKey);
    }
    const keys = [...this.#changed];
    this.#changed.clear();
    try {
      await writer.flush(new Map(keys.map((key) => [key, stateOf(key) ?? new Map()])), now());
    } catch (error) {
      for (const key of keys) this.#changed.add(key);
      throw error;
    }
  }
}
