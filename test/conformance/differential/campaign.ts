/** Rounds of random data and random queries, each held against a real Prometheus; differences are made small before they are told. */
import { systemClock } from '../../../src/platform/clock.ts';
import { createQueryEngine, handleQuery, handleQueryRange, type QueryEngine } from '../../../src/monitoring/promql/index.ts';
import { makeData, type DataSet } from './data.ts';
import { difference, isEmpty, type Answer, type Hold } from './difference.ts';
import { knownDifference } from './known-differences.ts';
import { startPrometheus, type Server } from './prometheus.ts';
import { smaller, sizeOf, write, type Piece } from './query-tree.ts';
import { Dice } from './random.ts';
import { NativeQueryMaker } from './native-query.ts';
import type { Asked } from './random-query.ts';
import { memorySource, writeTo } from './sources.ts';

/** Answers a query of our spelling. */
export type Ask = (query: string, asked: Asked) => Promise<Answer>;

export interface Tally {
  queries: number;
  differences: number;
  /** Answers with at least one series. */
  filled: number;
  /** Both refused. */
  refused: number;
  /** What 3 answers otherwise on purpose, by name. */
  readonly known: Map<string, number>;
  /** Differences that numbers changed in their 13th digit make as well. */
  rounding: number;
}

export const newTally = (): Tally => ({ queries: 0, differences: 0, filled: 0, refused: 0, known: new Map(), rounding: 0 });

export interface RoundOptions {
  readonly seed: number;
  readonly queries: number;
  readonly tally: Tally;
  /** Told of every difference, whole. */
  readonly say: (text: string) => void;
  /** Whether to end before all queries are asked. */
  readonly over?: () => boolean;
  /** Told of every query whose difference is rounding. */
  readonly onRounding?: (text: string) => void;
}

/** One data set and its queries. */
export async function runRound(options: RoundOptions): Promise<void> {
  const data = makeData(options.seed);
  const peer = await startPrometheus();
  try {
    await writeTo(peer.url, data);
    await new Round(options, data, peer).run();
  } finally {
    await peer.stop();
  }
}

const engineOf = (data: DataSet, change?: (value: number) => number): QueryEngine =>
  createQueryEngine({ source: memorySource(data, change), clock: systemClock });

const parametersOf = (query: string, { start, end, step }: Asked): URLSearchParams =>
  new URLSearchParams(
    step === 0
      ? { query, time: String(end / 1000) }
      : { query, start: String(start / 1000), end: String(end / 1000), step: String(step / 1000) },
  );

const askEngine =
  (engine: QueryEngine): Ask =>
  async (query, asked) => {
    const params = parametersOf(query, asked);
    const { body } = await (asked.step === 0 ? handleQuery(engine, params, asked.end) : handleQueryRange(engine, params));
    return JSON.parse(String(body)) as Answer;
  };

const askServer =
  (url: string): Ask =>
  async (query, asked) => {
    const where = asked.step === 0 ? 'query' : 'query_range';
    return (await (await fetch(`${url}/api/v1/${where}`, { method: 'POST', body: parametersOf(query, asked) })).json()) as Answer;
  };

class Round {
  private readonly options: RoundOptions;
  private readonly data: DataSet;
  private readonly ours: Ask;
  private readonly theirs: Ask;
  private readonly dice: Dice;

  constructor(options: RoundOptions, data: DataSet, peer: Server) {
    this.options = options;
    this.data = data;
    this.ours = askEngine(engineOf(data));
    this.theirs = askServer(peer.url);
    this.dice = new Dice(options.seed * 7919 + 1);
  }

  async run(): Promise<void> {
    const { queries, tally, over } = this.options;
    for (let i = 0; i < queries; i++) {
      if (over?.() === true) return;
      const asked = this.asked();
      const maker = new NativeQueryMaker(this.dice, asked, this.data.native);
      const depth = this.dice.between(1, 3);
      const piece = this.dice.chance(0.25) ? maker.native(depth) : maker.query(depth);
      tally.queries++;
      const found = await this.hold(piece, asked, tally);
      if (found === undefined) continue;
      const known = isTheirPanic(found) ? 'an error of their program' : await this.known(piece, asked);
      if (known !== undefined) {
        tally.known.set(known, (tally.known.get(known) ?? 0) + 1);
        continue;
      }
      if (await this.isRounding(piece, asked)) {
        tally.rounding++;
        this.options.onRounding?.(`${write(piece, 'ours')}\n${found}`);
      } else {
        tally.differences++;
        await this.tell(piece, asked, found);
      }
    }
  }

  /** Two milliseconds beyond the half second, in steps of multiples of four: neither samples nor steps of subqueries are there. */
  private asked(): Asked {
    const { dice, data } = this;
    const end = data.start + dice.between(300, 3700) * 1000 + 502;
    if (dice.chance(0.4)) return { start: end, end, step: 0 };
    if (dice.chance(0.1)) {
      const step = dice.pick([4, 20, 100, 252]);
      return { start: end - step * dice.between(1, 60), end, step };
    }
    const length = dice.pick([0, 30, 300, 1200, 3000]) * 1000;
    const step = Math.max(dice.pick([1, 7, 15, 30, 60, 61, 300, 900, 3600, 5000]) * 1000, Math.ceil(length / 100_000) * 1000);
    return { start: end - length, end, step };
  }

  private async known(piece: Piece, asked: Asked): Promise<string | undefined> {
    const [query, theirs] = [write(piece, 'ours'), await this.theirs(write(piece, 'theirs'), asked)];
    return knownDifference(query, asked, await this.ours(query, asked), theirs);
  }

  private async hold(piece: Piece, asked: Asked, tally?: Tally): Promise<string | undefined> {
    // At once: while one reckons, so does the other.
    const [theirs, ours] = await Promise.all([this.theirs(write(piece, 'theirs'), asked), this.ours(write(piece, 'ours'), asked)]);
    if (tally !== undefined) {
      if (theirs.status === 'error') tally.refused++;
      else if (!isEmpty(theirs)) tally.filled++;
    }
    return difference(ours, theirs, holdOf(piece, asked));
  }

  /** Whether our own answer changes as well where the numbers do in their 13th digit, or theirs is ours where means are taken as 3 takes them. */
  private async isRounding(piece: Piece, asked: Asked): Promise<boolean> {
    const query = write(piece, 'ours');
    const plain = await this.ours(query, asked);
    const theirs = write(piece, 'theirs');
    const direct = withDirectMeans(theirs);
    if (direct !== theirs && difference(plain, await this.theirs(direct, asked), holdOf(piece, asked)) === undefined) return true;
    // Whole numbers are exact until they are divided.
    const divided = /avg|std|quantile|rate|deriv|increase|delta|predict|smoothing|\//.test(query);
    for (let seed = 1; seed <= 4; seed++) {
      const { random } = new Dice(seed);
      const changed = engineOf(this.data, (value) =>
        !divided && Number.isInteger(value) && Math.abs(value) < 2 ** 53 ? value : value * (1 + (random() - 0.5) * 1e-13),
      );
      if (difference(plain, await askEngine(changed)(query, asked), holdOf(piece, asked)) !== undefined) return true;
    }
    return false;
  }

  private async tell(piece: Piece, asked: Asked, found: string): Promise<void> {
    const { piece: small, asked: when } = await this.shrink(piece, asked);
    const { start, end, step } = when;
    const times = step === 0 ? `at ${end / 1000}` : `from ${start / 1000} to ${end / 1000} every ${step / 1000} s`;
    const lines = [
      `--- seed ${this.options.seed}, ${times}`,
      write(small, 'ours'),
      ...(write(small, 'theirs') === write(small, 'ours') ? [] : [`(to Prometheus: ${write(small, 'theirs')})`]),
      (await this.hold(small, when)) ?? `${found}\nand the second time there is no difference`,
      ...(write(small, 'ours') === write(piece, 'ours') ? [] : [`made small from: ${write(piece, 'ours')}`]),
    ];
    this.options.say(lines.join('\n'));
  }

  /** Takes the first smaller query that still differs, again and again; first tries for a single step. */
  private async shrink(piece: Piece, asked: Asked): Promise<{ piece: Piece; asked: Asked }> {
    let tries = 600;
    const differs = async (one: Piece, when: Asked): Promise<boolean> =>
      tries-- > 0 &&
      (await this.hold(one, when)) !== undefined &&
      (await this.known(one, when)) === undefined &&
      !(await this.isRounding(one, when));
    let when = asked;
    // What tells of the query itself was written for these times.
    if (asked.step > 0 && !/\b(?:start|end|step|range)\(\)/.test(write(piece, 'theirs') + write(piece, 'ours'))) {
      for (let at = asked.start; at <= asked.end; at += asked.step) {
        const single = { start: at, end: at, step: 0 };
        if (!(await differs(piece, single))) continue;
        when = single;
        break;
      }
    }
    const smallerThan = async (large: Piece): Promise<Piece | undefined> => {
      for (const less of smaller(large)) if (sizeOf(less) <= sizeOf(large) && (await differs(less, when))) return less;
      return undefined;
    };
    let small = piece;
    for (let less: Piece | undefined = piece; less !== undefined; less = await smallerThan(small)) small = less;
    return { piece: small, asked: when };
  }
}

/** 2.42 asks for a slice of a size that can't be, now and then, where a subquery begins so late that it has no step. */
const isTheirPanic = (found: string): boolean => /theirs: unexpected error: runtime error/.test(found);

/** Sorting is held at one time; `topk` of whatever has equals only where nothing is done with its choice. */
function holdOf(piece: Piece, { step }: Asked): Hold {
  const query = write(piece, 'ours');
  const native = /^histogram_quantile\((?:(?!_bucket).)*\b(?:dwell|balance|blend)\b/.test(query);
  if (native) return 'native quantiles';
  if (step !== 0) return 'series';
  const name = wholeCall(query);
  if (name === 'topk' || name === 'bottomk') return 'choice';
  return name === 'sort' || name === 'sort_desc' ? 'in order' : 'series';
}

/** The name of the function that the query is a call of, and nothing else: what is done with an answer need not keep its order. */
export function wholeCall(query: string): string | undefined {
  const bare = query.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '');
  const name = /^\w+(?=.*\)$)/s.exec(bare)?.[0];
  let depth = 0;
  for (let i = 0; i < bare.length; i++) {
    if (bare[i] === '(') depth++;
    // A list of labels, before the arguments or behind them, is no end.
    if (bare[i] === ')' && --depth === 0 && i < bare.length - 1 && !/^\s*(?:\(|by\b|without\b)/.test(bare.slice(i + 1))) return undefined;
  }
  return name;
}

/**
 * 2 takes the mean of a range step by step, 3 the sum first: where one number is far larger than the others the mean of two ranges that have it is
 * the same in 3 and not in 2, whatever the numbers.
 */
function withDirectMeans(query: string): string {
  const name = 'avg_over_time(';
  const at = query.lastIndexOf(name);
  if (at < 0) return query;
  const from = at + name.length;
  let to = from;
  for (let depth = 1; ; to++) {
    if (query[to] === '(') depth++;
    if (query[to] === ')' && --depth === 0) break;
  }
  const range = query.slice(from, to);
  return withDirectMeans(`${query.slice(0, at)}(sum_over_time(${range}) / count_over_time(${range}))${query.slice(to + 1)}`);
}
