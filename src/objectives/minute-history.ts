import type { Events } from './error-budget.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The events of one hour, minute by minute; `start` is the hour's start. A minute that isn't known yet counts nothing. */
export interface HourOfEvents {
  readonly start: number;
  readonly good: Float64Array;
  readonly total: Float64Array;
}

/**
 * The events of an objective, by the minute, and by the hour where that is long ago: a month fits in a hundred kilobytes, and
 * any window is summed in microseconds. A minute is named by its start (milliseconds) and counts what happened in the 60 s
 * after it.
 */
export class MinuteHistory {
  readonly #hours = new Map<number, HourOfEvents>();
  /** Whole hours whose minutes are no longer told apart. */
  readonly #old = new Map<number, Events>();

  /** Sets (not adds) what a minute counted. */
  set(minute: number, { good, total }: Events): void {
    const start = minute - (minute % HOUR);
    let hour = this.#hours.get(start);
    if (hour === undefined) {
      hour = { start, good: new Float64Array(60), total: new Float64Array(60) };
      this.#hours.set(start, hour);
    }
    const i = (minute - start) / MINUTE;
    hour.good[i] = good;
    hour.total[i] = total;
  }

  load(hour: HourOfEvents): void {
    this.#hours.set(hour.start, hour);
  }

  loadOld(start: number, events: Events): void {
    this.#old.set(start, events);
  }

  hour(start: number): HourOfEvents | undefined {
    return this.#hours.get(start);
  }

  /** When the first event that is still known happened, to the minute (or hour, where it is long ago); undefined without any. */
  get firstEvent(): number | undefined {
    let first = Infinity;
    for (const [start, { total }] of this.#old) if (total > 0 && start < first) first = start;
    for (const { start, total } of this.#hours.values()) {
      if (start >= first) continue;
      const minute = total.findIndex((events) => events > 0);
      if (minute >= 0) first = start + minute * MINUTE;
    }
    return first === Infinity ? undefined : first;
  }

  /** Events in [from, to). A minute, or old hour, that is only partly within counts by its share. */
  sum(from: number, to: number): Events {
    const sum = { good: 0, total: 0 };
    for (let start = from - (from % HOUR); start < to; start += HOUR) {
      const old = this.#old.get(start);
      if (old !== undefined) {
        const share = overlap(from, to, start, HOUR);
        sum.good += old.good * share;
        sum.total += old.total * share;
      }
      const hour = this.#hours.get(start);
      if (hour !== undefined) addMinutes(sum, hour, from, to);
    }
    return sum;
  }

  /** Folds hours that ended by `cut` and won't change any more, and forgets those that ended by `oldest`. */
  compact(cut: number, oldest: number): void {
    for (const [start, { good, total }] of this.#hours) {
      if (start + HOUR > cut) continue;
      this.#old.set(start, { good: sumOf(good), total: sumOf(total) });
      this.#hours.delete(start);
    }
    for (const start of this.#old.keys()) if (start + HOUR <= oldest) this.#old.delete(start);
  }
}

function addMinutes(sum: { good: number; total: number }, { start, good, total }: HourOfEvents, from: number, to: number): void {
  const first = Math.max(0, Math.floor((from - start) / MINUTE));
  const end = Math.min(60, Math.ceil((to - start) / MINUTE));
  for (let i = first; i < end; i++) {
    const share = overlap(from, to, start + i * MINUTE, MINUTE);
    sum.good += good[i]! * share;
    sum.total += total[i]! * share;
  }
}

/** Which share of the `length` after `start` is within [from, to). */
const overlap = (from: number, to: number, start: number, length: number): number =>
  (Math.min(to, start + length) - Math.max(from, start)) / length;

export const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
