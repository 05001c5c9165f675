/**
 * Random data: every round other series, in other rhythms. Samples are at odd milliseconds, and questions are asked at even ones:
 * Prometheus 2 counts a sample on the left edge of a range, 3 doesn't, and so none is ever there.
 */
import type { Histogram } from '../../../src/monitoring/histogram.ts';
import type { Labels } from '../../../src/monitoring/series.ts';
import { NativeMaker, type NativeTraits } from './native-data.ts';
import { Dice } from './random.ts';

/** 'stale' is a staleness marker. */
export interface DataSeries {
  readonly labels: Labels;
  readonly times: readonly number[];
  readonly values: readonly (number | 'stale' | Histogram)[];
}

export interface DataSet {
  readonly seed: number;
  /** Milliseconds, on a whole second: the data begin about here. */
  readonly start: number;
  readonly end: number;
  readonly series: readonly DataSeries[];
  readonly native: NativeTraits;
}

/** With the longest jitter less than an hour: an empty Prometheus takes no samples further back than that. */
const MINUTES = 55;
/** A moment between 2010 and 2030, so that calendars are asked as well. */
const epochOf = (dice: Dice): number => dice.between(1_262_304_000, 1_893_456_000) * 1000;

type Next = (before: number, i: number) => number;

/** Makes the data of a seed; `start` (milliseconds, a whole second) puts them at another time. */
export function makeData(seed: number, start?: number): DataSet {
  const dice = new Dice(seed);
  const drawn = epochOf(dice);
  const maker = new DataMaker(dice, start ?? drawn);
  const series = maker.all();
  const native = new NativeMaker(dice, () => maker.rhythm(true));
  return { seed, start: maker.start, end: maker.start + MINUTES * 60_000, series: [...series, ...native.all()], native };
}

class DataMaker {
  readonly start: number;
  private readonly dice: Dice;
  private readonly made: DataSeries[] = [];

  constructor(dice: Dice, start: number) {
    this.dice = dice;
    this.start = start;
  }

  all(): DataSeries[] {
    const { dice } = this;
    for (const job of dice.chance(0.5) ? ['api', 'db', 'web'] : ['api', 'db']) {
      for (const instance of ['a', 'b', 'aa']) this.ofInstance({ job, instance });
      this.buckets(job);
    }
    // A label that one of them lacks, and values beyond ASCII.
    for (const zone of [undefined, 'nord', 'süd', '東', '😀', 'a"b\\c']) {
      const where: Record<string, string> = zone === undefined ? {} : { zone };
      this.add({ __name__: 'places', job: 'api', ...where }, () => dice.between(-3, 3));
    }
    return this.made;
  }

  private ofInstance(at: { job: string; instance: string }): void {
    const { dice } = this;
    const zone = at.instance === 'a' ? 'nord' : 'süd';
    this.add({ __name__: 'temperature', ...at, zone }, () => 20 + dice.random() * 10);
    if (dice.chance(0.9)) this.add({ __name__: 'spiky', ...at }, () => this.odd());
    this.add({ __name__: 'extreme', ...at }, () => dice.pick([1, -1]) * dice.random() * 10 ** dice.between(-300, 300));
    // What is small and whole has equals, and comes back to what it was.
    this.add({ __name__: 'level', ...at, zone }, (before) => before + dice.between(-1, 1));
    if (dice.chance(0.9)) this.add({ __name__: 'info', ...at, version: dice.pick(['1.2', '1.10', 'v2']) }, () => 1, true);
    for (const code of dice.some(['200', '404', '500'], 3)) {
      this.add({ __name__: 'requests_total', ...at, code }, this.counter(1e5, 100), true);
      if (dice.chance(0.5)) this.add({ __name__: 'errors_total', ...at, code }, this.counter(1e3, 3, true), true);
    }
    this.fresh(at);
  }

  private odd(): number {
    const { dice } = this;
    if (dice.chance(0.1)) return dice.pick([NaN, Infinity, -Infinity]);
    return dice.between(-2, 3);
  }

  /** Falls at times, never soon after it began or after a fall, for 2 and 3 guess otherwise where a rate starts near zero. */
  private counter(base: number, most: number, whole = false): Next {
    let since = 0;
    return (before, i) => {
      if (i === 0 || (++since > 8 && this.dice.chance(0.05))) {
        since = 0;
        return base * 10 + (whole ? 1 : this.dice.random());
      }
      const more = this.dice.random() * most;
      return before + (whole ? Math.floor(more) : more);
    };
  }

  /** A counter that begins at zero, and again and again; in an even rhythm, for 2 and 3 guess otherwise after a gap near zero. */
  private fresh(at: Record<string, string>): void {
    const { dice } = this;
    const every = dice.pick([10_000, 15_000, 30_000]);
    const from = this.start + dice.pick([0, 0, 600_000, 1_500_000]) + 4321 + dice.between(0, 50) * 2;
    const times = Array.from({ length: Math.floor((this.start + MINUTES * 60_000 - from) / every) }, (_, i) => from + i * every);
    let now = 0;
    const values = times.map((_, i) => (now = i === 0 || dice.chance(0.01) ? 0 : now + dice.between(0, 5)));
    this.put({ __name__: 'fresh_total', ...at }, times, values);
  }

  /** A classic histogram; in some rounds with bounds that aren't, without +Inf, or with buckets that fall. */
  private buckets(job: string): void {
    const { dice } = this;
    const bounds = dice.pick([
      ['0.1', '0.5', '1', '5', '+Inf'],
      ['0.1', '0.5', '1', '5', '+Inf'],
      ['-1', '0', '1', '+Inf'],
      ['0.1', '0.5', '1'],
      ['0.1', '0.50', 'five', '', '1e1', 'inf'],
      ['+Inf'],
      ['1', '1.0', '0x2', '+Inf'],
      ['0x1p-2', '1_0', ' 2', '20', 'Infinity'],
    ]);
    const times = this.rhythm(true);
    const falls = dice.chance(0.2);
    const counts = bounds.map(() => 1e6);
    const columns = times.map(() => {
      let more = 0;
      return counts.map((_, i) => {
        more += dice.chance(0.3) ? 0 : dice.between(0, 4);
        return (counts[i]! += falls && dice.chance(0.1) ? 0 : more);
      });
    });
    for (const [i, le] of bounds.entries()) {
      const labels = { __name__: 'latency_bucket', job, ...(le !== '' && { le }) };
      this.put(labels, times, columns.map((column) => column[i]! + i * 1e5)); // prettier-ignore
    }
  }

  private add(labels: Labels, next: Next, steady = false): void {
    const times = this.rhythm(steady);
    let value = 0;
    const values: (number | 'stale')[] = times.map((_, i) => (value = next(value, i)));
    if (!steady && this.dice.chance(0.3)) for (let n = this.dice.between(1, 3); n > 0; n--) values[this.dice.between(0, values.length - 1)] = 'stale'; // prettier-ignore
    this.put(labels, times, values);
  }

  private put(labels: Labels, times: readonly number[], values: readonly (number | 'stale')[]): void {
    if (times.length > 0) this.made.push({ labels, times, values });
  }

  /** When samples come: evenly, with jitter, sparsely, with gaps, or for a while only. */
  rhythm(steady = false): number[] {
    const { dice } = this;
    const every = dice.pick([5_000, 15_000, 15_000, 15_000, 30_000, 60_000, 290_000]);
    const jitter = dice.pick([0, 0, 0.05, steady ? 0.02 : 0.8]) * every;
    const [first, last] = dice.pick([[0, 1], [0, 1], [0, 1], [0.3, 1], [0, 0.6], [0.45, 0.55]] as const); // prettier-ignore
    const gaps = !steady && dice.chance(0.3) ? 0.03 : 0;
    const span = MINUTES * 60_000;
    const times: number[] = [];
    const phase = dice.between(0, every - 1);
    for (let at = first * span + phase; at < last * span; at += every) {
      if (gaps > 0 && dice.chance(gaps)) at += dice.between(1, 8) * 60_000;
      if (at >= last * span) break;
      const time = offGrid(this.start + Math.floor(at + dice.random() * jitter));
      if (times.length === 0 || time > times.at(-1)!) times.push(time);
    }
    return times;
  }
}

/** The next odd millisecond. */
const offGrid = (time: number): number => (time % 2 === 0 ? time + 1 : time);
