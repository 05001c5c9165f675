/**
 * Random native histograms, and beside each of them numbers that say the same of its observations: how many, their sum, how many up to
 * an edge. What is true of a histogram and linear in it can so be asked of a Prometheus that only reckons with numbers.
 */
import type { Histogram } from '../../../src/monitoring/histogram.ts';
import { tighten } from '../../../src/monitoring/histogram/index.ts';
import type { DataSeries } from './data.ts';
import type { Dice } from './random.ts';

/** Ends of buckets in each schema that `dwell` and `balance` have (-2 to 8), beyond every zero bucket. */
export const EDGES = [1 / 16, 1, 16] as const;

/** What is known of the histograms of a data set. */
export interface NativeTraits {
  /** One schema, and nothing but zeros in the zero bucket: then the middles of buckets are known, and so what is reckoned with them. */
  readonly steady: boolean;
  /** Prometheus 2.42 reckons with them as well: whole counts, and buckets of the same width before and after a reset. */
  readonly plain: boolean;
}

/** Observations that come again and again: a value and how often it was seen. */
interface Seen {
  readonly value: number;
  count: number;
}

interface Shape {
  schema: number;
  zeroThreshold: number;
}

const THRESHOLDS = [0, 2 ** -16, 2 ** -8];
/** Counters begin so high, and fall to a tenth, that no rate is cut short at zero. */
const BASE = 1e6;

/** The bucket of a value, none of which is at an end of one. */
const indexOf = (value: number, schema: number): number => Math.ceil(Math.log2(Math.abs(value)) * 2 ** schema);

function histogramOf(seen: readonly Seen[], { schema, zeroThreshold }: Shape, resetHint: Histogram['resetHint']): Histogram {
  const [positive, negative] = [new Map<number, number>(), new Map<number, number>()];
  let zeroCount = 0;
  for (const { value, count } of seen) {
    if (Math.abs(value) <= zeroThreshold) zeroCount += count;
    else {
      const side = value > 0 ? positive : negative;
      const index = indexOf(value, schema);
      side.set(index, (side.get(index) ?? 0) + count);
    }
  }
  const sparse = (side: ReadonlyMap<number, number>): { indexes: number[]; counts: number[] } => {
    const indexes = [...side.keys()].sort((a, b) => a - b);
    return { indexes, counts: indexes.map((index) => side.get(index)!) };
  };
  return tighten({
    schema,
    zeroThreshold,
    zeroCount,
    count: total(seen),
    sum: total(seen, ({ value }) => value),
    positive: sparse(positive),
    negative: sparse(negative),
    customValues: undefined,
    resetHint,
  });
}

const total = (seen: readonly Seen[], weight: (one: Seen) => number = () => 1): number =>
  seen.reduce((sum, one) => sum + one.count * weight(one), 0);

/** Where a bucket's observations are taken to be: the geometric middle. */
function middleOf(value: number, schema: number): number {
  if (value === 0) return 0;
  return Math.sign(value) * 2 ** ((indexOf(value, schema) - 0.5) / 2 ** schema);
}

export class NativeMaker {
  readonly steady: boolean;
  readonly plain: boolean;
  private readonly dice: Dice;
  private readonly rhythm: () => number[];
  private readonly schema: number;
  private readonly made: DataSeries[] = [];

  constructor(dice: Dice, rhythm: () => number[]) {
    this.dice = dice;
    this.rhythm = rhythm;
    this.steady = dice.chance(0.4);
    this.plain = dice.chance(0.6);
    this.schema = dice.between(-1, 6);
  }

  all(): readonly DataSeries[] {
    for (const job of ['api', 'db']) {
      for (const instance of ['a', 'b']) {
        this.counter({ job, instance });
        this.gauge({ job, instance });
      }
      this.blend({ job });
    }
    return this.made;
  }

  private values(signed: boolean): Seen[] {
    const { dice } = this;
    const zero = dice.chance(0.4) ? [0] : [];
    const tiny = !this.steady && dice.chance(0.3) ? [2 ** -20.3] : [];
    const signs = signed ? [1, -1, -1] : [1];
    const others = Array.from({ length: dice.between(1, 7) }, () => dice.pick(signs) * 2 ** (dice.random() * 24 - 12));
    return [...zero, ...tiny, ...others].map((value) => ({ value, count: 0 }));
  }

  private firstShape(): Shape {
    const { dice, steady } = this;
    return { schema: steady ? this.schema : dice.between(-2, 8), zeroThreshold: steady ? 0 : dice.pick(THRESHOLDS) };
  }

  /** Between resets only coarser and with a wider zero bucket: what is finer is a reset by itself. */
  private counter(at: Record<string, string>): void {
    const { dice } = this;
    const seen = this.values(false);
    let shape = this.firstShape();
    let level = BASE;
    let since = 0;
    const times = this.rhythm();
    const columns = times.map((_, i) => {
      if (i === 0 || (++since > 10 && level > BASE / 50 && dice.chance(0.03))) {
        if (i > 0) level /= 10;
        since = 0;
        if (!this.plain) shape = this.firstShape();
        for (const one of seen) one.count = level + dice.between(0, 20);
      } else {
        for (const one of seen) one.count += dice.chance(0.4) ? 0 : dice.between(1, 20) / (this.plain ? 1 : 4);
        seen[0]!.count++;
        if (!this.steady && dice.chance(0.02)) shape = this.coarser(shape);
      }
      return this.column(seen, shape, 'unknown');
    });
    this.put({ __name__: 'dwell', ...at }, times, columns);
  }

  private coarser({ schema, zeroThreshold }: Shape): Shape {
    const { dice } = this;
    return {
      schema: Math.max(-2, schema - dice.between(0, 2)),
      zeroThreshold: Math.max(zeroThreshold, dice.pick(THRESHOLDS)),
    };
  }

  private gauge(at: Record<string, string>): void {
    const { dice } = this;
    const seen = this.values(true);
    let shape = this.firstShape();
    const times = this.rhythm();
    const columns = times.map(() => {
      // Prometheus 2.42 takes a zero bucket for another where its own layout of what was stored has empty buckets.
      for (const one of seen) one.count = this.plain ? dice.between(1, 50) : dice.chance(0.2) ? 0 : dice.between(0, 50) / 4;
      seen[0]!.count++;
      if (!this.steady && dice.chance(0.05)) shape = this.firstShape();
      return this.column(seen, shape, 'gauge');
    });
    this.put({ __name__: 'balance', ...at }, times, columns);
  }

  /** Numbers for a while, then histograms, and numbers again; the widest of schemas. */
  private blend(at: Record<string, string>): void {
    const { dice } = this;
    const seen = this.values(false);
    const shape = { schema: dice.between(-4, 8), zeroThreshold: 0 };
    let native = dice.chance(0.5);
    let number = BASE;
    const times = this.rhythm();
    const values = times.map(() => {
      if (dice.chance(0.05)) native = !native;
      for (const one of seen) one.count = (one.count === 0 ? BASE : one.count) + dice.between(1, 9);
      number += dice.between(0, 9);
      return native ? histogramOf(seen, shape, 'unknown') : number;
    });
    if (times.length > 0) this.made.push({ labels: { __name__: 'blend', ...at }, times, values });
  }

  private column(seen: readonly Seen[], shape: Shape, hint: Histogram['resetHint']): Record<string, number | Histogram> {
    const middle = ({ value }: Seen): number => middleOf(value, this.schema);
    return {
      '': histogramOf(seen, shape, hint),
      _count: total(seen),
      _sum: total(seen, ({ value }) => value),
      _mark: seen.reduce((sum, { count }, i) => sum + count * (i + 1) * 1.37 ** i, shape.schema / 1000 + shape.zeroThreshold),
      ...Object.fromEntries(EDGES.map((edge, i) => [`_below_${i}`, total(seen.filter(({ value }) => value <= edge))])),
      ...(this.steady && { _middles: total(seen, middle), _squares: total(seen, (one) => middle(one) ** 2) }),
    };
  }

  private put(labels: Record<string, string>, times: readonly number[], columns: readonly Record<string, number | Histogram>[]): void {
    const [first] = columns;
    if (first === undefined) return;
    const stale = new Set(this.dice.chance(0.3) ? [this.dice.between(0, columns.length - 1)] : []);
    for (const suffix of Object.keys(first)) {
      const values = columns.map((column, i) => (stale.has(i) ? 'stale' : column[suffix]!));
      this.made.push({ labels: { ...labels, __name__: `${labels['__name__']}${suffix}` }, times, values });
    }
  }
}
