/**
 * Random, well-typed PromQL that Prometheus 2 and 3 answer alike. Left out: subqueries in subqueries (their steps meet the
 * ends of ranges, which only 2 includes), variances of infinities, `predict_linear` under `@`, and the best of equals.
 */

/** Mulberry32: a seed, and the same queries every time. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Pick = <T>(items: readonly T[]) => T;

const RANGES = ['1m', '2m30s', '5m', '10m', '90s'];
const COUNTER_FUNCTIONS = ['rate', 'increase', 'irate', 'resets', 'changes'];
const GAUGE_FUNCTIONS = [
  'delta', 'idelta', 'deriv', 'avg_over_time', 'min_over_time', 'max_over_time', 'sum_over_time', 'count_over_time', 'stddev_over_time',
  'stdvar_over_time', 'last_over_time', 'present_over_time', 'changes', 'resets',
]; // prettier-ignore
/** Without those that count the last bit of a rounded number. */
const ON_SUBQUERIES = [...GAUGE_FUNCTIONS, 'irate'].filter((name) => !/^(?:changes|resets|last_over_time)$/.test(name));
const MATH = [
  'abs', 'ceil', 'floor', 'exp', 'sqrt', 'ln', 'log2', 'log10', 'sgn', 'sin', 'cos', 'atan', 'tanh', 'asinh', 'deg', 'rad',
  'timestamp', 'sort', 'sort_desc',
]; // prettier-ignore
const CALENDAR = ['minute', 'hour', 'day_of_week', 'day_of_month', 'days_in_month', 'month', 'year', 'day_of_year'];
const FOLDS = ['sum', 'avg', 'min', 'max', 'count', 'group'];
const LABELS = ['job', 'instance', 'code', 'zone'];
const MATCHERS = ['job="api"', 'job!="db"', 'instance=~"a|b"', 'instance!~"a.*"', 'code=~"2.."', 'code=""', 'zone=~".+"'];

export class QueryMaker {
  private readonly random: () => number;
  private inSubquery = false;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  /** An expression for an instant vector. */
  vector(depth: number): string {
    if (depth <= 0) return this.leaf();
    const make = this.pick([
      () => this.fold(depth),
      () => this.fold(depth),
      () => this.binary(depth),
      () => this.binary(depth),
      () => this.call(depth),
      () => this.overRange(),
      () => this.overRange(),
      () => (this.inSubquery ? this.overRange() : this.overSubquery(depth)),
      () => this.leaf(),
    ]);
    return make();
  }

  private readonly pick: Pick = (items) => items[Math.floor(this.random() * items.length)]!;
  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private some<T>(items: readonly T[], most: number): T[] {
    const count = Math.floor(this.random() * (most + 1));
    return items.filter(() => this.chance(0.5)).slice(0, count);
  }

  private selector(metrics: readonly string[]): string {
    const matchers = this.some(MATCHERS, 2);
    return this.pick(metrics) + (matchers.length > 0 ? `{${matchers.join(',')}}` : '');
  }

  private modifiers(): string {
    const offset = this.chance(0.15) ? ` offset ${this.pick(['1m', '-1m', '4m30s'])}` : '';
    const at = this.chance(0.1) ? ` @ ${this.pick(['start()', 'end()', '1735690204', '1735689904'])}` : '';
    return offset + at;
  }

  private leaf(): string {
    if (this.chance(0.05)) return `vector(${this.scalar()})`;
    return this.selector(['requests_total', 'temperature', 'gaps', 'spiky', 'errors_total']) + this.modifiers();
  }

  private scalar(): string {
    return this.pick([
      '2',
      '0.5',
      '-3',
      '1e3',
      '0',
      'time()',
      'pi()',
      'scalar(temperature{instance="a",job="api"})',
      '(1 + 2 ^ 3)',
      '(7 % 4)',
    ]);
  }

  private overRange(): string {
    const bare = `[${this.pick(RANGES)}]`;
    const range = `${bare}${this.modifiers()}`;
    if (this.chance(0.4)) return `${this.pick(COUNTER_FUNCTIONS)}(${this.selector(['requests_total', 'errors_total'])}${range})`;
    const gauge = `${this.selector(['temperature', 'gaps', 'spiky'])}${range}`;
    if (this.chance(0.15)) return `quantile_over_time(${this.pick(['0.5', '0.9', '-1', '2'])}, ${gauge})`;
    if (this.chance(0.15)) return `predict_linear(${this.selector(['temperature', 'spiky'])}${bare}, ${this.pick(['600', '-60'])})`;
    if (this.chance(0.1)) return `absent_over_time(${gauge})`;
    return `${this.pick(GAUGE_FUNCTIONS)}(${gauge})`;
  }

  private overSubquery(depth: number): string {
    this.inSubquery = true;
    const inner = `(${this.vector(depth - 1)})[${this.pick(['2m', '5m', '10m'])}:${this.pick(['30s', '1m', '15s', ''])}]${this.modifiers()}`;
    this.inSubquery = false;
    return `${this.pick(ON_SUBQUERIES)}(${inner})`;
  }

  private grouping(): string {
    if (this.chance(0.25)) return '';
    return ` ${this.pick(['by', 'without'])} (${this.some(LABELS, 2).join(', ')})`;
  }

  private fold(depth: number): string {
    if (this.chance(0.2)) return `${this.pick(['topk', 'bottomk'])}${this.grouping()} (${this.pick(['1', '2', '3'])}, ${this.distinct()})`;
    if (this.chance(0.15)) return `${this.pick(['stddev', 'stdvar'])}${this.grouping()} (${this.distinct()})`;
    const inner = this.vector(depth - 1);
    if (this.chance(0.1)) return `quantile${this.grouping()} (${this.pick(['0.5', '0.95', '1.5'])}, ${inner})`;
    if (this.chance(0.05)) return `count_values${this.grouping()} ("value", ${this.pick(['floor', 'round'])}(${inner}))`;
    return `${this.pick(FOLDS)}${this.grouping()} (${inner})`;
  }

  /** Numbers of which no two are the same, none infinite. */
  private distinct(): string {
    return this.pick([
      this.selector(['temperature', 'gaps']),
      `rate(${this.selector(['requests_total'])}[5m])`,
      `exp(${this.selector(['gaps'])})`,
    ]);
  }

  private call(depth: number): string {
    const inner = this.vector(depth - 1);
    return this.pick([
      () => `${this.pick(MATH)}(${inner})`,
      () => `${this.pick(MATH)}(${inner})`,
      () => `${this.pick(CALENDAR)}(${this.chance(0.5) ? this.selector(['requests_total', 'errors_total']) : 'vector(time())'})`,
      () => `clamp(${inner}, ${this.scalar()}, ${this.scalar()})`,
      () => `clamp_min(${inner}, ${this.scalar()})`,
      () => `round(${inner}, ${this.pick(['1', '0.25', '5'])})`,
      () => `absent(${inner})`,
      () => `label_replace(${inner}, "zone", "$1-$2", "${this.pick(LABELS)}", "(.)(.*)")`,
      () => `label_join(${inner}, "joined", "/", "job", "instance")`,
      () =>
        `histogram_quantile(${this.pick(['0.5', '0.99', '0', '1', '2'])}, ${this.pick(['rate(latency_bucket[5m])', 'latency_bucket', 'sum by (le) (rate(latency_bucket[2m]))'])})`,
      () => `vector(scalar(${inner}))`,
      () => `-${this.distinct()}`,
    ])();
  }

  private binary(depth: number): string {
    const left = `(${this.vector(depth - 1)})`;
    if (this.chance(0.3)) {
      const op = this.pick(['+', '-', '*', '/', '^', '>', '< bool', '!=', '>= bool', '==']);
      return this.chance(0.5) ? `${left} ${op} ${this.scalar()}` : `${this.scalar()} ${op} ${left}`;
    }
    const right = `(${this.vector(depth - 1)})`;
    if (this.chance(0.3))
      return `${left} ${this.pick(['and', 'or', 'unless'])}${this.pick(['', ' on (job)', ' ignoring (code)'])} ${right}`;
    const op = this.pick(['+', '-', '*', '/', 'atan2', '>', '<= bool', '==']);
    if (this.chance(0.4))
      return `sum by (job, instance) ${left} ${op} on (job) group_left${this.pick(['', ' (zone)'])} sum by (job) ${right}`;
    if (this.chance(0.3)) return `max by (job) ${left} ${op} ignoring (instance, code) group_right avg by (job, instance) ${right}`;
    return `avg by (job, instance) ${left} ${op} sum by (job, instance) ${right}`;
  }
}
