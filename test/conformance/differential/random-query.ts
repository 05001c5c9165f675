/**
 * Random, well-typed PromQL over `data.ts`. What Prometheus 2 answers otherwise than 3 is written for each as it means the same
 * there, or is never made; docs/decisions/promql.md has the list.
 */
import type { Dice } from './random.ts';
import { matrix, NOTHING, option, scalar, side, vector, write, type Part, type Piece, type Spelled } from './query-tree.ts';

/** What a query is asked for, in milliseconds; `step` 0 is an instant query at `end`. */
export interface Asked {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const RANGES = ['4ms', '5s', '30s500ms', '1m', '1m', '90s', '2m30s', '5m', '5m', '5m', '10m', '10m', '30m', '1h', '1m1s'];
const COUNTERS = ['requests_total', 'requests_total', 'errors_total', 'fresh_total'];
const GAUGES = ['temperature', 'level', 'spiky', 'places', 'info', 'extreme'];
/** Those that never come near zero, nor fall by much. */
const LARGE = ['latency_bucket'];
/** Without infinities, NaNs and sums that hang on the last bit. */
const TAME = ['temperature', 'level', 'places', 'info'];
const ON_COUNTERS = ['rate', 'increase', 'irate', 'resets', 'changes', 'delta', 'idelta'];
const ON_GAUGES = [
  'delta', 'idelta', 'deriv', 'avg_over_time', 'min_over_time', 'max_over_time', 'sum_over_time', 'count_over_time',
  'last_over_time', 'present_over_time', 'changes', 'resets', 'irate',
]; // prettier-ignore
const SPREADS = ['stddev_over_time', 'stdvar_over_time'];
const MATH = [
  'abs', 'ceil', 'floor', 'exp', 'sqrt', 'ln', 'log2', 'log10', 'sgn', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh',
  'tanh', 'asinh', 'acosh', 'atanh', 'deg', 'rad', 'timestamp', 'timestamp', 'sort', 'sort_desc', 'round',
]; // prettier-ignore
const CALENDAR = ['minute', 'hour', 'day_of_week', 'day_of_month', 'days_in_month', 'month', 'year', 'day_of_year'];
const FOLDS = ['sum', 'avg', 'min', 'max', 'count', 'group'];
const LABELS = ['job', 'instance', 'code', 'zone', 'version', 'le'];
const MATCHERS: readonly (string | Spelled)[] = [
  'job="api"', 'job!="db"', 'code=""', 'instance!=""', 'zone="süd"', 'zone!="nord"', 'le="+Inf"', 'job="none"', 'version="1.2"', 'job="api"',
  'zone="a\\"b\\\\c"', "zone='a\"b\\\\c'", 'zone=`a"b\\c`', 'zone!=""', 'zone="😀"', 'le="1"', 'le=""',
  ...['instance=~"a|b"', 'instance!~"a.*"', 'code=~"2.."', 'zone=~".+"', 'zone=~"s.d|."', 'zone=~""', 'zone!~""', 'zone=~"nord|東|"', 'instance=~"a{1,2}"', 'code=~"^(?:2|4)\\\\d+$"', 'job=~"[[:alpha:]]{2}"', 'zone=~"\\\\p{Han}|n.*"', 'job=~"(?i)A.+"', 'job=~"[^d].*"', 'version!~"v\\\\d"', 'job=~".*"'].map(dotAll),
]; // prettier-ignore
const STRINGS = ['"text"', "'it\\'s'", '`a\\b`', '"\\u00e9\\t\\x41\\101"', '"東😀"'];
const SCALARS: readonly (string | Spelled)[] = [
  '2', '0.5', '-3', '1e3', '0', '-0', '0x1F', '+Inf', '-Inf', 'NaN', '.5', '5.', '1e-3', { ours: '1m30s', theirs: '90' },
]; // prettier-ignore

/** In 3 a dot matches a line break too. */
function dotAll(matcher: string): Spelled {
  return { ours: matcher, theirs: matcher.replace(/~"(.*)"$/, '~"(?s:$1)"') };
}

export class QueryMaker {
  protected readonly dice: Dice;
  protected readonly asked: Asked;
  /** Subqueries around the piece that is made now. */
  protected subqueries = 0;

  constructor(dice: Dice, asked: Asked) {
    this.dice = dice;
    this.asked = asked;
  }

  /** An expression for an instant vector or, seldom, a scalar. */
  query(depth: number): Piece {
    const { dice } = this;
    if (dice.chance(0.03)) return this.scalar(depth);
    if (this.asked.step === 0 && dice.chance(0.005)) return scalar`${dice.pick(STRINGS)}`;
    if (this.asked.step === 0 && dice.chance(0.02)) return this.choice(depth);
    return this.vector(depth);
  }

  private vector(depth: number): Piece {
    if (depth <= 0) return this.leaf();
    const { dice } = this;
    const make = dice.pick([
      () => this.fold(depth),
      () => this.fold(depth),
      () => this.binary(depth),
      () => this.binary(depth),
      () => this.call(depth),
      () => this.call(depth),
      () => this.overRange(),
      () => this.overRange(),
      () => (this.subqueries < 2 ? this.overSubquery(depth) : this.overRange()),
      () => this.leaf(),
    ]);
    return make();
  }

  /** At one time, where any of equals may be chosen. */
  private choice(depth: number): Piece {
    const { dice } = this;
    return vector`${dice.pick(['topk', 'bottomk'])}${this.grouping()} (${dice.pick(['1', '2', '5', '0'])}, ${this.vector(depth - 1)})`;
  }

  private selector(metrics: readonly string[]): Piece {
    const { dice } = this;
    const matchers = dice.chance(0.5) ? [] : dice.some(MATCHERS, 2);
    if (metrics.includes('places') && dice.chance(0.08)) {
      const name: Part = dice.pick(['__name__="level"', dotAll('__name__=~"temp.*|places"'), dotAll('__name__=~".*_total"'), dotAll('__name__!~"extreme|dwell|balance|blend|[a-z]+_.*"')]); // prettier-ignore
      return { kind: 'vector', parts: ['{', name, ...matchers.flatMap((one) => [option`,${one}`]), '}'] };
    }
    const name = dice.pick(metrics);
    if (matchers.length === 0) return vector`${name}`;
    return vector`${name}${{ kind: 'option', parts: ['{', ...matchers.flatMap((one, i) => (i > 0 ? [',', one] : [one])), '}'] }}`;
  }

  private offset(): Piece {
    const { dice } = this;
    if (!dice.chance(0.15)) return NOTHING;
    return option` offset ${dice.pick(['1m', '-1m', '4m30s', '1s', '20m', '-7m', '-1h', '5m', '4m59s998ms', '20ms', '1h', { ours: '60', theirs: '1m' }])}`;
  }

  private at(): Piece {
    const { dice } = this;
    if (!dice.chance(0.1)) return NOTHING;
    const within = (this.asked.start + dice.between(-600, 600) * 1000) / 1000;
    // Not at half a second: see overSubquery.
    return option` @ ${dice.pick(['start()', 'end()', String(within), (within + 0.2).toFixed(1)])}`;
  }

  protected modified(piece: Piece): Piece {
    const [offset, at] = [this.offset(), this.at()];
    const parts = this.dice.chance(0.5) ? [piece, offset, at] : [piece, at, offset];
    return { kind: piece.kind, parts };
  }

  private leaf(metrics: readonly string[] = [...COUNTERS, ...(this.subqueries > 0 ? TAME : GAUGES), ...GAUGES.slice(0, -1)]): Piece {
    if (this.dice.chance(0.05)) return vector`vector(${this.scalar(1)})`;
    return this.modified(this.selector(metrics));
  }

  private scalar(depth: number): Piece {
    const { dice } = this;
    const simple = (): Piece => scalar`${dice.pick(SCALARS)}`;
    if (depth <= 0 || dice.chance(0.6)) return simple();
    return dice.pick([
      () => scalar`time()`,
      () => scalar`pi()`,
      () => scalar`scalar(temperature{instance="a",job="api"})`,
      () => scalar`scalar(${this.vector(depth - 1)})`,
      () => scalar`(${this.scalar(depth - 1)} ${dice.pick(['+', '-', '*', '/', '%', '^', 'atan2'])} ${this.scalar(depth - 1)})`,
      () => scalar`(${this.scalar(depth - 1)} ${dice.pick(['>', '<', '==', '!=', '>=', '<='])} bool ${this.scalar(depth - 1)})`,
      () => scalar`-${this.scalar(0)} ^ 2`,
      () => scalar`${this.ofQuery()}`,
    ])();
  }

  /** Functions of 3 that tell what was asked. */
  private ofQuery(): Spelled {
    const { start, end, step } = this.asked;
    const seconds = (milliseconds: number): string => `(${milliseconds / 1000})`;
    return this.dice.pick([
      { ours: 'start()', theirs: seconds(step === 0 ? end : start) },
      { ours: 'end()', theirs: seconds(end) },
      { ours: 'step()', theirs: seconds(step) },
      { ours: 'range()', theirs: seconds(step === 0 ? 0 : end - start) },
    ]);
  }

  private range(metrics: readonly string[]): Piece {
    const { dice } = this;
    const range = dice.chance(0.05) ? { ours: '[300]', theirs: '[5m]' } : `[${dice.pick(RANGES)}]`;
    return this.modified(matrix`${this.selector(metrics)}${range}`);
  }

  private overRange(): Piece {
    const { dice } = this;
    if (dice.chance(0.4)) return vector`${dice.pick(ON_COUNTERS)}(${this.range(COUNTERS)})`;
    if (dice.chance(0.1)) return vector`${dice.pick(SPREADS)}(${this.range(TAME)})`;
    return this.ofRange(this.range(dice.chance(0.7) ? TAME : GAUGES));
  }

  /** A function over these samples, whatever they are. */
  private ofRange(range: Piece): Piece {
    const { dice } = this;
    if (dice.chance(0.1)) return vector`quantile_over_time(${dice.pick(['0.5', '0.9', '-1', '2', '0', '1', 'NaN'])}, ${range})`;
    // 2 takes a range under `@` for the same at every step.
    const fixed = matrix`${this.selector(TAME)}[${dice.pick(RANGES)}]${this.offset()}`;
    if (dice.chance(0.08))
      return vector`predict_linear(${this.asked.step === 0 && this.subqueries === 0 ? range : fixed}, ${dice.pick(['600', '-60', '0', '0.5'])})`;
    if (dice.chance(0.08)) {
      const name = { ours: 'double_exponential_smoothing', theirs: 'holt_winters' };
      return vector`${name}(${range}, ${dice.pick(['0.3', '0.9', '0.01'])}, ${dice.pick(['0.5', '0.2', '0.99'])})`;
    }
    if (dice.chance(0.05)) return vector`absent_over_time(${range})`;
    return vector`${dice.pick(ON_GAUGES)}(${range})`;
  }

  /** Steps of subqueries are on whole seconds: half a second in the length of an inner one keeps them off its left end. */
  private overSubquery(depth: number): Piece {
    const { dice } = this;
    const half = this.subqueries > 0 ? '500ms' : '';
    const length = `${dice.pick(['30s', '2m', '5m', '10m', '1m', '3m7s'])}${half}`;
    this.subqueries++;
    const inner = this.vector(depth - 1);
    this.subqueries--;
    const step = dice.pick(['30s', '1m', '15s', '', '7s', '2m', '11m', { ours: '45', theirs: '45s' }]);
    if (dice.chance(0.15)) return vector`${dice.pick(ON_COUNTERS)}(${this.modified(matrix`${this.selector(LARGE)}[${length}:${step}]`)})`;
    return this.ofRange(this.modified(matrix`(${inner})[${length}:${step}]`));
  }

  private grouping(most = 3): Piece {
    const { dice } = this;
    if (dice.chance(0.25)) return NOTHING;
    return option` ${dice.pick(['by', 'without'])} (${dice.some(LABELS, most).join(', ')})`;
  }

  private fold(depth: number): Piece {
    const { dice } = this;
    const grouping = this.grouping();
    if (dice.chance(0.15))
      return vector`${dice.pick(['topk', 'bottomk'])}${grouping} (${dice.pick(['1', '2', '3', '0', '-1', '1.9', '100'])}, ${this.distinct()})`;
    if (dice.chance(0.12)) return vector`${dice.pick(['stddev', 'stdvar'])}${grouping} (${this.distinct()})`;
    const inner = this.vector(depth - 1);
    if (dice.chance(0.1)) return vector`quantile${grouping} (${dice.pick(['0.5', '0.95', '1.5', '-0.1', '0', '1', 'NaN'])}, ${inner})`;
    if (dice.chance(0.07))
      return vector`count_values${this.grouping(2)} ("${dice.pick(['value', 'job', 'instance'])}", ${dice.chance(0.3) ? this.modified(this.selector(TAME.slice(1))) : vector`${dice.pick(['floor', 'round'])}(${inner})`})`;
    const fold = dice.pick(FOLDS);
    return dice.chance(0.5) ? vector`${fold}${grouping} (${inner})` : vector`${fold} (${inner})${grouping}`;
  }

  /** Numbers of which no two are the same, none infinite. */
  private distinct(): Piece {
    return this.dice.pick([
      () => this.modified(this.selector(['temperature'])),
      () => vector`rate(${this.range(['requests_total'])})`,
      () => vector`exp(${this.selector(['temperature'])})`,
      () => vector`avg_over_time(${this.range(['temperature'])})`,
    ])();
  }

  private call(depth: number): Piece {
    const { dice } = this;
    const inner = (): Piece => this.vector(depth - 1);
    return dice.pick([
      () => vector`${dice.pick(MATH)}(${inner()})`,
      () => vector`${dice.pick(MATH)}(${inner()})`,
      () =>
        vector`${dice.pick(CALENDAR)}(${dice.chance(0.3) ? '' : dice.chance(0.5) ? vector`timestamp(${inner()})` : this.leaf([...COUNTERS, ...TAME])})`,
      () => vector`clamp(${inner()}, ${this.scalar(1)}, ${this.scalar(1)})`,
      () => vector`${dice.pick(['clamp_min', 'clamp_max', 'round'])}(${inner()}, ${this.scalar(1)})`,
      () => vector`absent(${inner()})`,
      () => vector`${dice.pick(['-', '+'])}${this.leaf()}`,
      () => vector`-(${inner()})`,
      () => vector`(${inner()})`,
      () => this.quantileOfBuckets(depth),
      () => this.quantileOfBuckets(depth),
      () => this.relabelled(inner()),
      () => this.relabelled(inner()),
      () =>
        vector`${{ ours: dice.pick(['sort_by_label', 'sort_by_label_desc']), theirs: 'sort' }}(${inner()}${{ ours: ', "job", "instance"', theirs: '' }})`,
    ])();
  }

  private quantileOfBuckets(depth: number): Piece {
    const { dice } = this;
    const buckets = dice.pick([
      () => this.modified(this.selector(['latency_bucket'])),
      () => vector`rate(${this.range(['latency_bucket'])})`,
      () => vector`sum by (le${option`, job`}) (rate(${this.range(['latency_bucket'])}))`,
      () => this.vector(depth - 1),
    ])();
    return vector`histogram_quantile(${dice.pick(['0.5', '0.9', '0.99', '0', '1', '-1', '2', 'NaN', 'time()'])}, ${buckets})`;
  }

  private relabelled(inner: Piece): Piece {
    const { dice } = this;
    // Only a selector still has its name: 2 drops it at once, 3 at the end.
    const from = dice.pick([
      'job',
      'instance',
      'zone',
      'none',
      /^[a-z]\w*(?:\{[^{}]*\})?$/.test(write(inner, 'ours')) && dice.chance(0.5) ? '__name__' : 'job',
    ]);
    const target = dice.pick(['new', 'job', 'zone', 'instance', '__name__', 'code']);
    if (dice.chance(0.3))
      return vector`label_join(${inner}, "${target}", "${dice.pick(['-', '', 'ü'])}", "job"${option`, "instance"`}${option`, "none"`})`;
    const pattern = dice.pick(['(.*)', 'a(.*)', '(.)(.+)', '.*', '', '(?P<first>a|d)(?P<rest>.*)', '(a|d)?.*', '(', '[^a]+', '(.)\\\\w*']);
    const replacement = dice.pick(['$1', '${1}x', '$2-$1', 'fix', '', '$first', '${rest}_', '$$', '$1x', '$9', 'ü$1']);
    return vector`label_replace(${inner}, "${target}", "${replacement}", "${from}", "${pattern}")`;
  }

  private binary(depth: number): Piece {
    const { dice } = this;
    const left = this.vector(depth - 1);
    if (dice.chance(0.25)) return this.withScalar(left, depth);
    const right = this.vector(depth - 1);
    if (dice.chance(0.25)) {
      const matching = dice.pick([
        NOTHING,
        option` on (job)`,
        option` ignoring (code)`,
        option` on ()`,
        option` on (job, instance)`,
        option` ignoring (zone, code)`,
      ]);
      return vector`${left} ${dice.pick(['and', 'or', 'unless'])}${matching} ${right}`;
    }
    if (dice.chance(0.08)) return vector`${left} or ${dice.pick([NOTHING, option`on () `])}vector(${this.scalar(0)})`;
    if (dice.chance(0.05)) {
      // Mostly refused: many on both sides, or on the side of one.
      const grouped = dice.pick(['', ' group_left', ' group_right (zone)', ' group_left (instance, version)']);
      return vector`${left} ${dice.pick(['+', '>', '== bool'])} ${dice.pick(['on (job)', 'on ()', 'ignoring (instance)'])}${grouped} ${right}`;
    }
    const op = dice.pick(['+', '-', '*', '/', '%', '^', 'atan2', '>', '<', '<= bool', '==', '!= bool', '>=', '!=']);
    if (dice.chance(0.15))
      return vector`(${this.nameless(op, left)}) ${op}${dice.pick([NOTHING, option` on (job, instance)`, option` ignoring (code, zone)`])} (${right})`;
    if (dice.chance(0.4)) {
      const taken = dice.pick(['', ' ()', ' (zone)', ' (job)', ' (__name__)', ' (instance, new)']);
      return vector`sum by (job, instance) (${left}) ${op} on (job) group_left${taken} max by (job${option`, zone`}) (${right})`;
    }
    if (dice.chance(0.3))
      return vector`max by (job) (${left}) ${op} ignoring (instance, code) group_right${dice.pick(['', ' (zone)'])} avg by (job, instance) (${right})`;
    return vector`avg by (job, instance) (${left}) ${op} sum by (job, instance) (${right})`;
  }

  /** 2 leaves the name to what `atan2` makes; a multiplication takes it away before. */
  private nameless(op: string, piece: Piece): Part {
    return op === 'atan2' ? side`${{ ours: '((', theirs: '(1 * (' }}${piece}))` : piece;
  }

  private withScalar(left: Piece, depth: number): Piece {
    const { dice } = this;
    const number = this.scalar(depth - 1);
    const op = dice.pick(['+', '-', '*', '/', '%', '^', 'atan2', '>', '<', '==', '!=', '> bool', '<= bool', '>=']);
    const named = this.nameless(op, left);
    return dice.chance(0.5) ? vector`${named} ${op} ${number}` : vector`${number} ${op} ${named}`;
  }
}
