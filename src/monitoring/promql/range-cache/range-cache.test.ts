import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundsOf } from '../../../../test/harness/campaigns.mjs';
import { systemClock } from '../../../platform/clock.ts';
import { writeStale, type Changes, type Labels, type Matcher, type SelectOptions, type Series, type SeriesSource } from '../../series.ts';
import { createQueryEngine } from '../engine.ts';
import { compileMatcher, matchesAll } from '../matchers.ts';
import { parse } from '../parse-cache.ts';
import type { MatrixResult } from '../result.ts';
import { dependenceOf } from './depends.ts';
import { RangeCache } from './range-cache.ts';

const MINUTE = 60_000;

/** Samples that come in any order. Whoever looks back far enough sees all of them less exactly, as with rollups that don't fit. */
class Anytime implements SeriesSource, Changes {
  readonly #series: { labels: Labels; samples: Map<number, number> }[] = [];
  readonly #listeners = new Set<(oldest: number) => void>();
  now = 0;
  reads = 0;
  /** Called in the middle of a read. */
  during: (() => void) | undefined;

  add(labels: Labels, time: number, value: number): void {
    let one = this.#series.find((other) => JSON.stringify(other.labels) === JSON.stringify(labels));
    if (!one) this.#series.push((one = { labels, samples: new Map() }));
    if (!one.samples.has(time)) one.samples.set(time, value);
    for (const listener of this.#listeners) listener(time);
  }

  async select(matchers: readonly Matcher[], from: number, to: number, { windows }: SelectOptions = {}): Promise<Series[]> {
    const coarse = this.eraOf(from - (windows?.skipped ?? 0)) > 0;
    this.reads += to - from;
    const compiled = matchers.map(compileMatcher);
    const found: Series[] = [];
    for (const [id, { labels, samples }] of this.#series.entries()) {
      const list = [...samples].filter(([time]) => time >= from && time <= to).sort(([a], [b]) => a - b);
      if (!matchesAll(compiled, labels) || list.length === 0) continue;
      const values = new Float64Array(list.length);
      for (const [i, [, value]] of list.entries()) {
        if (Number.isNaN(value)) writeStale(values, i);
        else values[i] = coarse ? Math.floor(value / 8) * 8 : value;
      }
      found.push({ id, labels, times: Float64Array.from(list, ([time]) => time), values, from: 0, to: list.length });
    }
    const { during } = this;
    this.during = undefined;
    during?.();
    return await Promise.resolve(found);
  }

  onChange(listener: (oldest: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  eraOf(time: number): number {
    return this.now - time > 600 * MINUTE ? 1 : 0;
  }
}

function both(room = 1 << 20) {
  const source = new Anytime();
  const clock = { ...systemClock, now: () => source.now };
  const cache = new RangeCache({ changes: source, clock, room });
  return { source, cache, plain: createQueryEngine({ source, clock }), remembering: createQueryEngine({ source, clock, cache }) };
}

/** With the bits of each value: -0 isn't 0 here. */
const plainly = ({ series }: MatrixResult) =>
  series.map(({ labels, times, values }) => ({ labels, times: [...times], bits: [...new BigUint64Array(values.slice().buffer)] }));

const QUERIES = [
  'm',
  'sum by (a) (rate(m[5m]))',
  'rate(m[3m]) / on (a, i) rate(m[10m])',
  'max_over_time(m[7m]) > 20',
  'topk(2, m)',
  'avg by (a) (m) or on () vector(7)',
  'absent(m{a="x"})',
  'm offset 4m - m',
  'm offset -8m',
  'max_over_time(rate(m[4m])[20m:2m])',
  'quantile_over_time(0.7, m[9m])',
  'count_values("v", m % 3)',
  'time() - timestamp(m)',
  'stddev_over_time(m[6m]) + 0.1',
  'm offset -3m and on (a) m{i="1"}',
  'vector(time())',
  'sum_over_time((m offset -2m)[6m:1m])',
];

const sample = fc.record({
  i: fc.integer({ min: 0, max: 4 }),
  late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 90 })),
  value: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 40 }) }, fc.constantFrom(NaN, -0, Infinity)),
});
const act = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), samples: fc.array(sample, { minLength: 1, maxLength: 6 }) }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 12 }) }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      panel: fc.nat(1),
      ago: fc.integer({ min: -3, max: 12 }),
      interrupt: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, fc.integer({ min: 0, max: 60 })),
    }),
  },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
/** What is asked again and again. */
const panel = fc.record({
  query: fc.constantFrom(...QUERIES),
  minutes: fc.oneof(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 500, max: 600 })),
  step: fc.constantFrom(1, 2, 5),
});

test('whatever arrives between queries and during them, answers are those without a memory, bit by bit', async () => {
  let hits = 0;
  const session = async (panels: { query: string; minutes: number; step: number }[], acts: Act[], room: number) => {
    const { source, plain, remembering, cache } = both(room);
    source.now = 1000 * MINUTE;
    const add = (i: number, time: number, value: number) => source.add({ __name__: 'm', a: String(i % 2), i: String(i) }, time, value);
    for (let minute = 900; minute < 1000; minute++) for (let i = 0; i < 3; i++) add(i, minute * MINUTE + i, (minute * 7 * (i + 1)) % 41);
    for (const one of acts) {
      if (one.kind === 'wait') source.now += one.minutes * MINUTE;
      else if (one.kind === 'add') for (const { i, late, value } of one.samples) add(i, source.now - late * MINUTE, value);
      else {
        const { query, minutes, step } = panels[one.panel]!;
        const end = Math.floor((source.now - one.ago * MINUTE) / MINUTE / step) * MINUTE * step;
        const start = end - Math.floor(minutes / step) * step * MINUTE;
        const ask = (engine: typeof plain) => engine.range(query, start, end, step * MINUTE, { remembered: true });
        const { interrupt } = one;
        if (interrupt !== undefined) {
          // What this query answers may be of before or after; what is remembered of it must be of after.
          source.during = () => add(0, source.now - interrupt * MINUTE - 1, 17);
          await ask(remembering);
          source.during = undefined;
        }
        expect(plainly(await ask(remembering))).toEqual(plainly(await ask(plain)));
      }
    }
    expect(cache.bytes).toBeLessThanOrEqual(room);
    hits += cache.hits;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(panel, { minLength: 2, maxLength: 2 }),
      fc.array(act, { minLength: 20, maxLength: 80 }),
      fc.constantFrom(6000, 1 << 20),
      session,
    ),
    { numRuns: roundsOf('rangeCache') },
  );
  expect(hits).toBeGreaterThan(300);
}, 3_600_000);

test('a query that moved on reads only what is new', async () => {
  const { source, cache, remembering } = both();
  source.now = 950 * MINUTE;
  for (let minute = 0; minute < 950; minute++) source.add({ __name__: 'm' }, minute * MINUTE, minute);
  const ask = (query: string, end: number) => remembering.range(query, (end - 500) * MINUTE, end * MINUTE, MINUTE, { remembered: true });
  await ask('sum(m)', 900);
  source.reads = 0;
  await ask('sum(m)', 900);
  expect(source.reads).toBe(0);
  await ask('sum(m)', 910);
  expect(source.reads).toBeLessThan(20 * MINUTE);
  expect(cache).toMatchObject({ hits: 2, misses: 1 });
  // Who doesn't say that a remembered answer will do, gets another.
  await remembering.range('sum(m)', 400 * MINUTE, 900 * MINUTE, MINUTE);
  expect(source.reads).toBeGreaterThan(500 * MINUTE);
  source.add({ __name__: 'm', late: 'yes' }, 850.5 * MINUTE, 5);
  expect((await ask('sum(m)', 910)).series[0]!.values.at(442)).toBe(852 + 5);
});

test('an instant query is remembered too, until a sample comes that it hangs on', async () => {
  const { source, remembering } = both();
  source.now = 100 * MINUTE;
  for (let minute = 0; minute < 100; minute++) source.add({ __name__: 'm' }, minute * MINUTE, minute);
  const ask = (time: number) => remembering.instant('sum_over_time(m[10m])', time * MINUTE, { remembered: true });
  const first = await ask(90);
  source.reads = 0;
  expect(await ask(90)).toBe(first);
  source.add({ __name__: 'm' }, 91 * MINUTE + 1, 5);
  expect(await ask(90)).toBe(first);
  expect(source.reads).toBe(0);
  source.add({ __name__: 'm' }, 85 * MINUTE + 1, 1000);
  expect(await ask(90)).toMatchObject({ samples: [{ value: 855 + 1000 }] });
  await ask(98);
  source.reads = 0;
  await ask(98);
  expect(source.reads).toBeGreaterThan(0);
});

test.each([
  ['m', { reaches: [5], ahead: 0, slack: 0 }],
  ['rate(m[20m] offset 10m)', { reaches: [30], ahead: 0, slack: 0 }],
  ['m offset -7m + rate(n[5m])', { reaches: [-2, 5], ahead: 7, slack: 0 }],
  ['max_over_time((m offset -2m)[30m:1m] offset -1m)', { reaches: [32], ahead: 3, slack: 1 }],
  ['m @ 5', undefined],
  ['m @ end()', undefined],
  ['max_over_time(m[30m:1m] @ start())', undefined],
  ['limitk(2, m)', undefined],
  ['1 + (2 - limitk(2, m))', undefined],
])('%s depends on %j', (query, expected) => {
  const scaled = expected && {
    reaches: expected.reaches.map((one) => one * MINUTE),
    ahead: expected.ahead * MINUTE,
    slack: expected.slack * MINUTE,
  };
  expect(dependenceOf(parse(query), 5 * MINUTE)).toEqual(scaled);
});
