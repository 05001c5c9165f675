import type { Kind } from './metric-key.ts';
import type { SeriesPlan } from './names.ts';
import { spreadOf, statisticOf, type Statistic } from './statistics.ts';

/** Beyond so many values in one interval a timer keeps a fair choice of them; counts, sums and extremes stay exact. */
const MOST_VALUES = 100_000;
const MOST_MEMBERS = 100_000;

/** One metric with one set of tags: what came since the last flush, and what lasts. */
export class Metric {
  readonly kind: Kind;
  readonly plans: readonly SeriesPlan[];
  /** By plan: the number that the series goes by. */
  readonly slots: readonly number[];
  readonly key: string;
  /** When something last came, in milliseconds. */
  seen = 0;
  /** Whether something came since the last flush. */
  active = false;
  gone = false;
  /** By plan: whether the last flush had a value. */
  readonly told: boolean[];
  #total = 0;
  #interval = 0;
  #value = 0;
  #count = 0;
  #totalCount = 0;
  #totalSum = 0;
  #lower = Infinity;
  #upper = -Infinity;
  #values: Float64Array | undefined;
  #kept = 0;
  #came = 0;
  #members: Set<string> | undefined;

  constructor(kind: Kind, key: string, plans: readonly SeriesPlan[], slots: readonly number[]) {
    this.kind = kind;
    this.key = key;
    this.plans = plans;
    this.slots = slots;
    this.told = plans.map(() => false);
  }

  count(value: number, rate: number): void {
    this.#interval += value / rate;
  }

  set(value: number, relative: boolean): void {
    this.#value = relative ? this.#value + value : value;
  }

  observe(value: number, rate: number): void {
    this.#count += 1 / rate;
    this.#totalSum += value / rate;
    if (value < this.#lower) this.#lower = value;
    if (value > this.#upper) this.#upper = value;
    const at = this.#kept < MOST_VALUES ? this.#kept++ : Math.floor(Math.random() * (this.#came + 1));
    this.#came++;
    if (at >= MOST_VALUES) return;
    this.#values ??= new Float64Array(16);
    if (at >= this.#values.length) {
      const larger = new Float64Array(Math.min(this.#values.length * 2, MOST_VALUES));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[at] = value;
  }

  /** False when the set has as many members as it may. */
  join(member: string): boolean {
    this.#members ??= new Set();
    if (this.#members.size >= MOST_MEMBERS && !this.#members.has(member)) return false;
    this.#members.add(member);
    return true;
  }

  /** The number of each plan, NaN where there is none now, and begins a new interval. False where counts went down. */
  flush(seconds: number, tell: (plan: number, value: number) => void): boolean {
    const rises = this.#interval >= 0;
    if (rises) this.#total += this.#interval;
    this.#totalCount += this.#count;
    const spread = this.#kept > 0 ? spreadOf((this.#values as Float64Array).slice(0, this.#kept)) : undefined;
    for (const [i, { statistic, divisor }] of this.plans.entries()) {
      const own = this.#own(statistic, seconds);
      tell(i, (own ?? (spread ? statisticOf(spread, statistic) : NaN)) / divisor);
    }
    this.#interval = 0;
    this.#count = 0;
    this.#kept = 0;
    this.#came = 0;
    this.#lower = Infinity;
    this.#upper = -Infinity;
    // A burst's memory is given back.
    if (this.#values && this.#values.length > 1024) this.#values = undefined;
    this.#members?.clear();
    return rises;
  }

  /** What needs no sorted values; undefined for the rest. */
  #own({ of }: Statistic, seconds: number): number | undefined {
    switch (of) {
      case 'total':
        return this.#total;
      case 'count':
        return this.kind === 'counter' ? this.#interval : this.#count;
      case 'rate':
        return this.#interval / seconds;
      case 'count_ps':
        return this.#count / seconds;
      case 'value':
        return this.#value;
      case 'status':
        return this.active ? this.#value : NaN;
      case 'distinct':
        return this.#members?.size ?? 0;
      case 'totalCount':
        return this.#totalCount;
      case 'totalSum':
        return this.#totalSum;
      case 'lower':
        return this.#lower === Infinity ? NaN : this.#lower;
      case 'upper':
        return this.#upper === -Infinity ? NaN : this.#upper;
      default:
        return undefined;
    }
  }
}
