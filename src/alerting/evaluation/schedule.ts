import type { Clock, Timer } from '../../platform/clock.ts';

export interface ScheduleOptions {
  readonly clock: Clock;
  /** How many run side by side. */
  readonly concurrency: number;
  /** Does the work of `key`. Must not throw. */
  run(key: string): Promise<Next>;
}

export interface Next {
  /** Due again after so many milliseconds, whatever happens. */
  readonly inMs: number;
  /** Not again before so many milliseconds have passed since this run began, whoever asks. */
  readonly restMs: number;
}

/** What took longer last time shares this many places with its like, so that the quick ones always find one. */
const SLOW_MS = 500;
const SLOW_PLACES = 2;

interface Entry {
  readonly key: string;
  slow: boolean;
  running: boolean;
  queued: boolean;
  /** Its next turn comes whether or not it has rested. */
  forced: boolean;
  /** On the monotonic clock: it rests until then. */
  restsUntil: number;
  /** On the monotonic clock: when it is to run. */
  dueAt: number;
  timer: Timer | undefined;
}

/**
 * Runs each key when it is due, at most once at a time, and never so that one waits for another's slowness while there is a
 * free place. What is asked for while it runs is run once more afterwards: requests coalesce, none is lost.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #entries = new Map<string, Entry>();
  /** What arrival asked for goes before what only time made due. */
  readonly #urgent: Entry[] = [];
  readonly #ready: Entry[] = [];
  #active = 0;
  #slowActive = 0;
  #stopped = false;
  #waiters: (() => void)[] = [];

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Runs `key` in `inMs` at the latest; sooner if it was due sooner. `rested`: whether or not it has rested. */
  request(key: string, inMs: number, rested = false): void {
    if (this.#stopped) return;
    const now = this.#options.clock.monotonic();
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        key,
        slow: false,
        running: false,
        queued: false,
        forced: false,
        restsUntil: Number.NEGATIVE_INFINITY,
        dueAt: Infinity,
        timer: undefined,
      };
      this.#entries.set(key, entry);
    }
    entry.forced ||= rested;
    const at = rested ? now + inMs : Math.max(now + inMs, entry.restsUntil);
    if (at >= entry.dueAt || entry.queued) return;
    entry.dueAt = at;
    if (!entry.running) this.#arm(entry, inMs <= 0);
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    entry?.timer?.cancel();
    if (entry !== undefined) entry.dueAt = Infinity;
    this.#entries.delete(key);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#entries.values()) timer?.cancel();
    this.#entries.clear();
    this.#urgent.length = 0;
    this.#ready.length = 0;
    this.#wake();
  }

  /** Resolves when nothing runs and nothing waits for a place. What is due later doesn't count. */
  idle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  get #isIdle(): boolean {
    return this.#active === 0 && this.#urgent.length === 0 && this.#ready.length === 0;
  }

  #arm(entry: Entry, urgent: boolean): void {
    entry.timer?.cancel();
    entry.timer = undefined;
    const wait = entry.dueAt - this.#options.clock.monotonic();
    if (wait > 0) {
      entry.timer = this.#options.clock.after(wait, () => this.#enqueue(entry, urgent));
      return;
    }
    this.#enqueue(entry, urgent);
  }

  #enqueue(entry: Entry, urgent: boolean): void {
    entry.timer = undefined;
    if (entry.queued || this.#entries.get(entry.key) !== entry) return;
    entry.queued = true;
    (urgent ? this.#urgent : this.#ready).push(entry);
    this.#pump();
  }

  #pump(): void {
    while (this.#active < this.#options.concurrency) {
      const entry = this.#take(this.#urgent) ?? this.#take(this.#ready);
      if (entry === undefined) break;
      if (this.#entries.get(entry.key) !== entry) continue;
      void this.#run(entry);
    }
    this.#wake();
  }

  #take(queue: Entry[]): Entry | undefined {
    if (this.#slowActive < SLOW_PLACES) return queue.shift();
    const quick = queue.findIndex(({ slow }) => !slow);
    return quick < 0 ? undefined : queue.splice(quick, 1)[0];
  }

  async #run(entry: Entry): Promise<void> {
    const { slow } = entry;
    this.#active++;
    if (slow) this.#slowActive++;
    entry.queued = false;
    entry.forced = false;
    entry.running = true;
    entry.dueAt = Infinity;
    const started = this.#options.clock.monotonic();
    try {
      const { inMs, restMs } = await this.#options.run(entry.key);
      entry.slow = this.#options.clock.monotonic() - started > SLOW_MS;
      entry.restsUntil = started + restMs;
      // Asked for again while it ran, or due by time: whichever is sooner.
      const asked = entry.dueAt;
      const next = Math.min(asked, this.#options.clock.monotonic() + Math.max(0, inMs));
      entry.dueAt = entry.forced ? next : Math.max(entry.restsUntil, next);
      // Arming it may run it at once: from here on it is not this run that it runs.
      entry.running = false;
      if (entry.dueAt < Infinity && !this.#stopped && this.#entries.get(entry.key) === entry) this.#arm(entry, asked < Infinity);
    } catch (error) {
      entry.running = false;
      throw error;
    } finally {
      this.#active--;
      if (slow) this.#slowActive--;
      this.#pump();
    }
  }

  #wake(): void {
    if (!this.#isIdle) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
