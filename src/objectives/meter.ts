import type { Events } from './error-budget.ts';
import { burnWindows } from './burn-alerts.ts';
import { measureMinutes, measureSince } from './measure.ts';
import { HOUR, MINUTE, MinuteHistory, type HourOfEvents } from './minute-history.ts';
import type { Change, Counted, ObjectiveStore } from './objective-store.ts';
import type { Objective } from './objective.ts';
import type { QueryPort } from './query-port.ts';

const DAY = 24 * HOUR;
/** Samples may still arrive for so long after their minute: until then a minute is counted anew each time. */
const LATE_MS = 2 * MINUTE;

/** Whether what happened in the minute from this time on counts nothing. */
type LeftOut = (minute: number) => boolean;
const NOTHING: Events = { good: 0, total: 0 };

const floor = (time: number, unit: number): number => time - (time % unit);

/**
 * Keeps the events of one objective: counts new minutes, counts the last two again for what came late, and goes back a day
 * at a time through the samples that were stored before the objective was. What was counted is kept in PostgreSQL, so that a
 * month's budget costs no query over a month of samples, and survives a restart and the samples themselves.
 */
export class Meter {
  readonly objective: Objective;
  readonly history = new MinuteHistory();
  #counted: Counted | undefined;
  /** Hours with minutes that are not stored yet. */
  readonly #unsaved = new Map<number, HourOfEvents>();
  /** When it last counted. */
  measuredAt = Number.NEGATIVE_INFINITY;

  constructor(objective: Objective) {
    this.objective = objective;
  }

  /** Times before this are counted for good. */
  get end(): number {
    return this.#counted?.end ?? Number.NEGATIVE_INFINITY;
  }

  /** Takes up what an earlier process counted; forgets it where the indicator has changed since. */
  async load(store: ObjectiveStore, stored: Counted | undefined, now: number): Promise<void> {
    const { name, indicator } = this.objective;
    if (stored === undefined) return;
    if (stored.identity !== indicator.identity) return store.reset(name);
    const { hours, old } = await store.load(name, floor(Math.min(now, stored.end) - this.#minutesFor, HOUR));
    for (const hour of hours) this.history.load(hour);
    for (const { start, events } of old) this.history.loadOld(start, events);
    this.#counted = stored;
    return undefined;
  }

  /** Counts up to `now`, but for the minutes that are left out. Answers with what has to be stored, if anything. */
  async measure(query: QueryPort, now: number, leftOut: LeftOut = () => false): Promise<Change | undefined> {
    const { indicator, name, windowMs } = this.objective;
    const start = this.#counted ?? { identity: indicator.identity, begin: floor(now, HOUR) - HOUR, end: floor(now, HOUR) - HOUR };
    // The clock was set back: what it counted in the future is counted again when that comes.
    const counted = { ...start, end: Math.min(start.end, floor(now, MINUTE)) };
    const take = (minutes: ReadonlyMap<number, Events>, final: number): void => {
      for (const [minute, events] of minutes) {
        this.history.set(minute, leftOut(minute) ? NOTHING : events);
        const hour = floor(minute, HOUR);
        if (minute < final) this.#unsaved.set(hour, this.history.hour(hour)!);
      }
    };
    const to = floor(now, MINUTE);
    const final = Math.max(counted.end, floor(now - LATE_MS, MINUTE));
    for (let from = counted.end; from < to; from = Math.min(to, from + DAY)) {
      take(await measureMinutes(query, indicator, from, Math.min(to, from + DAY)), final);
    }
    if (now > to) this.history.set(to, leftOut(to) ? NOTHING : await measureSince(query, indicator, to, now));
    const oldest = floor(now - windowMs, HOUR);
    const begin = Math.min(counted.begin, Math.max(oldest, counted.begin - DAY));
    if (begin < counted.begin) take(await measureMinutes(query, indicator, begin, counted.begin), final);
    this.#counted = { ...counted, begin, end: final };
    this.measuredAt = now;
    this.history.compact(Math.min(now - this.#minutesFor, final), oldest);
    return this.#unsaved.size > 0 ? { objective: name, counted: this.#counted, hours: [...this.#unsaved.values()] } : undefined;
  }

  /** The last change that `measure` answered with is stored. */
  saved(): void {
    this.#unsaved.clear();
  }

  /** Minutes are told apart for as long as the longest alert looks back. */
  get #minutesFor(): number {
    return (burnWindows(this.objective.alerts).at(-1) ?? 0) + HOUR;
  }
}
