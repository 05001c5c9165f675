/**
 * Random PromQL over the native histograms of `native-data.ts`. What Prometheus 2.42 knows of them is asked in the same words. All
 * else is asked of the numbers beside them: each step from the stored samples to an answer is linear, and so the count (sum, …) of
 * what comes out is what comes out of the counts (sums, …).
 */
import { EDGES, type NativeTraits } from './native-data.ts';
import { matrix, NOTHING, option, vector, write, type Piece, type Spelled } from './query-tree.ts';
import { QueryMaker, type Asked } from './random-query.ts';
import type { Dice } from './random.ts';

const RANGES = ['1m', '2m30s', '5m', '5m', '10m', '30m', '1h', '61s'];
const MATCHERS = ['job="api"', 'instance!="b"', 'job=~"a.+|db"', 'instance=""', 'instance=~"[ab]"'];
const LABELS = ['job', 'instance', 'none'];
const SCALARS = ['2', '0.25', '1e3', '3'];

/** Whether counts below zero are in the way of what is asked, and differences of large counts too. */
type Flow = 'any' | 'positive' | 'large';

interface Ask {
  readonly name: 'dwell' | 'balance';
  readonly flow: Flow;
}

export class NativeQueryMaker extends QueryMaker {
  private readonly traits: NativeTraits;

  constructor(dice: Dice, asked: Asked, traits: NativeTraits) {
    super(dice, asked);
    this.traits = traits;
  }

  native(depth: number): Piece {
    return this.traits.plain && this.dice.chance(0.5) ? this.inSameWords(depth) : this.inNumbers(depth);
  }

  /** Answers that are numbers. */
  private inNumbers(depth: number): Piece {
    const { dice } = this;
    const name = dice.pick(['dwell', 'balance'] as const);
    const any = (): Piece => this.flow({ name, flow: 'any' }, depth);
    const positive = (): Piece => this.flow({ name, flow: 'positive' }, depth);
    const large = (): Piece => this.flow({ name, flow: 'large' }, depth);
    return dice.pick([
      () => seen('histogram_count(', any(), '_count'),
      () => seen('histogram_sum(', any(), '_sum'),
      () => seen('histogram_count(', any(), '_count'),
      () => seen('histogram_sum(', any(), '_sum'),
      () => this.share(positive()),
      () => this.share(positive()),
      () => average(positive()),
      () => (this.traits.steady ? this.spread(large()) : average(positive())),
      () => (this.traits.steady ? this.spread(large()) : this.share(positive())),
      () => seen(`${dice.pick(['count', 'group'])} by (${dice.pick(LABELS)}) (`, any(), '_count', true),
      () => seen('absent(', any(), '_count', true),
      () =>
        seen(`${dice.pick(['changes', 'count_over_time', 'present_over_time', 'absent_over_time'])}(`, this.stretch(name), '_mark', true),
      () => seen('resets(', this.stretch('dwell'), '_count', true),
      () => seen('timestamp(', this.modified(this.stored(name)), '_count', true),
    ])();
  }

  /** The share of what is beyond an edge, or between two of them. */
  private share(flow: Piece): Piece {
    const { dice } = this;
    const [low, high] = [dice.between(-1, EDGES.length - 1), dice.between(0, EDGES.length)];
    const below = (edge: number): string => (edge < 0 ? '0' : edge === EDGES.length ? of(flow, '_count') : of(flow, `_below_${edge}`));
    const edge = (i: number): string => (i < 0 ? '-Inf' : i === EDGES.length ? '+Inf' : String(EDGES[i]));
    const theirs = low >= high ? `0 * (${of(flow, '_count')})` : low < 0 ? `(${below(high)})` : `((${below(high)}) - (${below(low)}))`;
    return whole(`histogram_fraction(${edge(low)}, ${edge(high)}, ${ours(flow)})`, `${theirs} / (${of(flow, '_count')})`);
  }

  private spread(flow: Piece): Piece {
    const [count, sum] = [`(${of(flow, '_count')})`, `(${of(flow, '_sum')})`];
    const mean = `(${sum} / ${count})`;
    const variance = `((${of(flow, '_squares')}) / ${count} - 2 * ${mean} * (${of(flow, '_middles')}) / ${count} + ${mean} ^ 2)`;
    return this.dice.chance(0.5)
      ? whole(`histogram_stdvar(${ours(flow)})`, variance)
      : whole(`histogram_stddev(${ours(flow)})`, `sqrt(${variance})`);
  }

  /** Histograms made of histograms, linearly. Where the text says `#`, the name of the numbers ends. */
  private flow(ask: Ask, depth: number): Piece {
    const { dice } = this;
    if (depth <= 0) return this.ofStored(ask);
    const inner = (): Piece => this.flow(ask, depth - 1);
    const less = (): Piece => (ask.flow === 'any' ? vector`(${inner()}) - (${inner()})` : inner());
    return dice.pick([
      () => this.ofStored(ask),
      () => this.ofStored(ask),
      () => vector`${dice.pick(['sum', 'avg'])}${this.by()} (${inner()})`,
      () => vector`${dice.pick(['sum', 'avg'])}${this.by()} (${inner()})`,
      () => vector`(${inner()}) + (${inner()})`,
      () => vector`(${inner()}) + on (job, instance) (${inner()})`,
      () => vector`sum by (job, instance) (${inner()}) + on (job) group_left avg by (job) (${inner()})`,
      less,
      () => (ask.flow === 'any' ? vector`-(${inner()})` : inner()),
      () => vector`(${inner()}) ${dice.pick(['*', '/'])} ${dice.pick(SCALARS)}`,
      () => vector`${dice.pick(SCALARS)} * (${inner()})`,
      () => vector`(${inner()}) ${dice.pick(['and', 'or', 'unless'])}${option` on (job)`} (${inner()})`,
      () => vector`label_replace(${inner()}, "new", "$1", "job", "(.).*")`,
      () => this.overHistograms(ask, depth),
      () => this.overHistograms(ask, depth),
    ])();
  }

  private overHistograms(ask: Ask, depth: number): Piece {
    const { dice } = this;
    if (this.subqueries > 1) return this.ofStored(ask);
    const half = this.subqueries > 0 ? '500ms' : '';
    const length = `${dice.pick(['2m', '5m', '10m', '3m7s'])}${half}`;
    this.subqueries++;
    const counter = ask.name === 'dwell' && ask.flow !== 'large' && dice.chance(0.3);
    const inner = counter ? this.stored('dwell') : this.flow(ask, depth - 1);
    this.subqueries--;
    const range = this.modified(matrix`(${inner})[${length}:${dice.pick(['30s', '1m', '15s', '', '7s', '2m'])}]`);
    return vector`${dice.pick(counter ? ['rate', 'increase', 'irate'] : ['sum_over_time', 'avg_over_time', 'last_over_time'])}(${range})`;
  }

  private ofStored({ name, flow }: Ask): Piece {
    const { dice } = this;
    if (dice.chance(0.25)) return this.modified(this.stored(name));
    const always = ['sum_over_time', 'avg_over_time', 'last_over_time'];
    const counter = name === 'dwell' && flow !== 'large' ? ['rate', 'increase', 'irate', 'rate', 'increase', 'irate'] : [];
    const differences = flow === 'any' ? ['delta', 'idelta'] : [];
    return vector`${dice.pick([...always, ...counter, ...differences])}(${this.stretch(name)})`;
  }

  /** A selector of histograms, and of numbers by whichever name. */
  private stored(name: string): Piece {
    const matchers = this.dice.chance(0.6) ? [] : this.dice.some(MATCHERS, 2);
    return vector`${{ ours: name, theirs: `${name}#` }}${matchers.length === 0 ? NOTHING : option`{${matchers.join(',')}}`}`;
  }

  private by(): Piece {
    const { dice } = this;
    return dice.chance(0.3) ? NOTHING : option` ${dice.pick(['by', 'without'])} (${dice.some(LABELS, 2).join(', ')})`;
  }

  private rangeOf(selector: Piece): Piece {
    return this.modified(matrix`${selector}[${this.dice.pick(RANGES)}]`);
  }

  private stretch(name: string): Piece {
    return this.rangeOf(this.stored(name));
  }

  /** What Prometheus 2.42 knows of histograms, some of it as histograms. No quantile falls between two buckets: 3 takes the nearer of either end. */
  private inSameWords(depth: number): Piece {
    const { dice } = this;
    const histograms = this.plain(depth);
    // What differences leave in buckets may be below zero, and no quantile is there then.
    const kept = (): Piece => this.plain(depth, []);
    return dice.pick([
      () => histograms,
      () => histograms,
      () => vector`histogram_count(${histograms})`,
      () => vector`histogram_sum(${histograms})`,
      () => vector`histogram_quantile(${dice.pick(['0.371239', '0.897123', '0.998713', '0.011337', '1', '-1', '2', 'NaN'])}, ${kept()})`,
      () => vector`histogram_quantile(${dice.pick(['0.371239', '0.897123', '0.613177'])}, ${kept()})`,
      () => vector`histogram_fraction(${dice.pick(['-Inf', '1'])}, ${dice.pick(['65536', '+Inf', '1'])}, ${kept()})`,
      () => vector`${dice.pick(['count', 'group'])}${this.by()} (${histograms})`,
      () => vector`${dice.pick(['count_over_time', 'present_over_time', 'absent_over_time'])}(${this.rangeOf(vector`blend`)})`,
      () => vector`absent(${histograms})`,
      () => vector`timestamp(${this.modified(vector`${dice.pick(['dwell', 'balance', 'blend'])}`)})`,
    ])();
  }

  private plain(depth: number, differences: readonly string[] = ['delta']): Piece {
    const { dice } = this;
    const leaf = (): Piece => {
      const name = dice.pick(['dwell', 'balance', 'dwell', 'balance', 'blend']);
      const selector = vector`${name}${option`{${dice.some(MATCHERS, 1).join(',')}}`}`;
      const fn = dice.pick(name === 'balance' ? ['', ...differences] : ['', 'rate', 'increase', 'rate']);
      return fn === '' ? this.modified(selector) : vector`${fn}(${this.rangeOf(selector)})`;
    };
    if (depth <= 0) return leaf();
    return dice.pick([
      leaf,
      leaf,
      () => vector`sum${this.by()} (${this.plain(depth - 1, differences)})`,
      () => vector`sum${this.by()} (${this.plain(depth - 1, differences)})`,
      () => vector`(${this.plain(depth - 1, differences)}) ${dice.pick(['and', 'or', 'unless'])} (${this.plain(depth - 1, differences)})`,
    ])();
  }
}

const ours = (flow: Piece): string => write(flow, 'ours');
/** The same of the numbers whose name ends so. */
const of = (flow: Piece, end: string): string => write(flow, 'theirs').replaceAll('#', end);
/** Text that is not made smaller. */
const whole = (mine: string, theirs: string): Piece => vector`${{ ours: mine, theirs } satisfies Spelled}`;

/** Something asked of histograms here and of numbers there; both without a name. */
function seen(call: string, flow: Piece, end: string, both = false): Piece {
  return whole(`${call}${ours(flow)})`, both ? `${call}${of(flow, end)})` : `1 * (${of(flow, end)})`);
}

const average = (flow: Piece): Piece => whole(`histogram_avg(${ours(flow)})`, `(${of(flow, '_sum')}) / (${of(flow, '_count')})`);
