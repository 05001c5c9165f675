import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Histogram } from '../histogram.ts';
import { add, bucketsOf, decodeHistogram, divide, encodeHistogram, equals, formatNotation, fraction, histogramProblem, isReset, multiply, parseHistogram, quantile, subtract, trim, variance } from './index.ts'; // prettier-ignore
import { exponentialBound } from './bounds.ts';

const h = (text: string): Histogram => parseHistogram(text).histogram;
const near = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

test.each([
  ['count:4 sum:5 buckets:[1 2 1]', 'count:3 sum:7 buckets:[1 1 1]', '{{count:7 sum:12 buckets:[2 3 2]}}'],
  ['schema:1 count:4 sum:5 offset:1 buckets:[1 1 1 1]', 'count:1 sum:1 offset:1 buckets:[1]', '{{count:5 sum:6 offset:1 buckets:[3 2]}}'],
  // The zero bucket grows to the bound of the bucket that its threshold falls into.
  ['count:3 sum:3 z_bucket:1 z_bucket_w:1.5 offset:2 buckets:[2]', 'count:3 sum:4 offset:1 buckets:[1 2]', '{{count:6 sum:7 z_bucket:2 z_bucket_w:2 offset:2 buckets:[4]}}'], // prettier-ignore
  ['schema:-53 count:3 sum:3 custom_values:[1 2] buckets:[1 1 1]', 'schema:-53 count:3 sum:3 custom_values:[2 3] buckets:[1 1 1]', '{{schema:-53 count:6 sum:6 custom_values:[2] buckets:[3 3]}}'], // prettier-ignore
  [
    'count:1 sum:1 n_offset:-2 n_buckets:[1]',
    'count:1 sum:1 n_offset:3 n_buckets:[1]',
    '{{count:2 sum:2 n_offset:-2 n_buckets:[1 0 0 0 0 1]}}',
  ],
  ['count:1 counter_reset_hint:gauge', 'count:1', '{{count:2 counter_reset_hint:gauge}}'],
])('%s + %s', (a, b, sum) => {
  const result = add(h(a), h(b))!.histogram;
  expect(formatNotation(result)).toBe(sum);
});

test('exponential and custom buckets do not go together', () => {
  expect(add(h('count:1'), h('schema:-53 count:1'))).toBeUndefined();
});

test('a zero bucket below zero is not shown', () => {
  const { histogram } = subtract(h('count:1 z_bucket:1 z_bucket_w:0.5'), h('count:4 z_bucket:3 z_bucket_w:0.5 buckets:[1]'))!;
  expect(bucketsOf(histogram).map(({ upper, count }) => [upper, count])).toEqual([[1, -1]]);
});

test.each([
  ['count:4 buckets:[2 2]', 'count:5 buckets:[3 2]', false],
  ['count:4 buckets:[2 2]', 'count:3 buckets:[1 2]', true],
  ['count:4 buckets:[2 2]', 'count:5 buckets:[1 4]', true],
  ['count:4 buckets:[2 2]', 'schema:1 count:9 buckets:[9]', true],
  ['schema:1 count:2 offset:1 buckets:[1 1]', 'count:3 offset:1 buckets:[3]', false],
  ['count:4 z_bucket:1 z_bucket_w:0.5 buckets:[3]', 'count:5 z_bucket:5 z_bucket_w:1', false],
  ['count:4 z_bucket:1 z_bucket_w:0.5', 'count:5 z_bucket:1 z_bucket_w:0.25', true],
  ['count:4 buckets:[2 2]', 'count:9 buckets:[5 4] counter_reset_hint:reset', true],
  ['count:4 buckets:[2 2]', 'count:1 buckets:[1] counter_reset_hint:not_reset', false],
  ['schema:-53 count:2 custom_values:[1 2] buckets:[1 1]', 'schema:-53 count:2 custom_values:[1 2 3] buckets:[0 2]', true],
] as const)('from %s to %s: a reset is %s', (before, now, reset) => {
  expect(isReset(h(now), h(before))).toBe(reset);
});

test.each([
  ['</', 2, '{{count:3 sum:3.54 buckets:[1 2]}}'],
  ['>/', 2, '{{count:1 sum:2.83 offset:2 buckets:[1]}}'],
  ['</', 100, '{{count:4 sum:5 buckets:[1 2 1]}}'],
] as const)('trimming %s %d', (op, bound, left) => {
  const trimmed = trim(h('count:4 sum:5 buckets:[1 2 1]'), bound, op === '</');
  expect(formatNotation({ ...trimmed, sum: Number(trimmed.sum.toFixed(2)) })).toBe(left);
});

test('bounds are powers, and end with the numbers', () => {
  expect([0, 1, 2, -1].map((index) => exponentialBound(0, index))).toEqual([1, 2, 4, 0.5]);
  // To the last bit as a real Prometheus shows them.
  expect([3, 5].map((index) => exponentialBound(1, index))).toEqual([2.82842712474619, 5.65685424949238]);
  expect([1, 129, 132].map((index) => exponentialBound(8, index))).toEqual([1.0027112750502025, 1.4180478843204152, 1.4296133383919698]);
  expect(exponentialBound(-4, 64)).toBe(Number.MAX_VALUE);
  expect(exponentialBound(0, 1025)).toBe(Infinity);
  expect(exponentialBound(0, -1074)).toBe(5e-324);
});

test.each([
  ['schema:9', /schema is 9/],
  ['count:1 z_bucket:-1', /zero bucket has -1/],
  ['count:1 buckets:[-1]', /bucket 1 has -1/],
  ['schema:-53 custom_values:[2 1]', /boundary 2 is 1/],
  ['schema:-53 custom_values:[1] buckets:[1 1 1]', /reach to number 3/],
  ['schema:-53 n_buckets:[1]', /negative buckets beside/],
])('%s is refused', (text, why) => {
  expect(histogramProblem(h(text))).toMatch(why);
});

const count = fc.oneof(fc.nat(1000), fc.double({ min: 1e-3, max: 1e6, noNaN: true }));
const exponential = fc
  .record({
    schema: fc.integer({ min: -4, max: 8 }),
    zero: count,
    threshold: fc.constantFrom(0, 1e-128, 0.001, 0.5),
    offset: fc.integer({ min: -40, max: 40 }),
    buckets: fc.array(count, { maxLength: 12 }),
    negative: fc.array(count, { maxLength: 12 }),
  })
  .map(({ schema, zero, threshold, offset, buckets, negative }) => {
    const all = [zero, ...buckets, ...negative].reduce((sum, one) => sum + one, 0);
    return h(
      `schema:${schema} count:${all} sum:${all} z_bucket:${zero} z_bucket_w:${threshold} offset:${offset} buckets:[${buckets.join(' ')}] n_offset:${offset} n_buckets:[${negative.join(' ')}]`,
    );
  });

test('what is written is read, as bytes and as text', () => {
  fc.assert(
    fc.property(exponential, (one) => {
      expect(decodeHistogram(encodeHistogram(one))).toEqual(one);
      expect(h(formatNotation(one).slice(2, -2))).toEqual(one);
    }),
  );
});

test('bytes that are no histogram are refused with a RangeError, and take no memory', () => {
  fc.assert(
    fc.property(exponential, fc.nat(), fc.nat(255), fc.boolean(), (one, at, byte, cut) => {
      const bytes = encodeHistogram(one);
      bytes[at % bytes.length] = byte;
      try {
        decodeHistogram(cut ? bytes.subarray(0, at % bytes.length) : bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

test('sums commute, differences undo them, products undo quotients; no observation is lost', () => {
  fc.assert(
    fc.property(exponential, exponential, (a, b) => {
      const sum = add(a, b)!.histogram;
      expect(equals(sum, add(b, a)!.histogram, near)).toBe(true);
      const inBuckets = bucketsOf(sum).reduce((total, bucket) => total + bucket.count, 0);
      expect(near(inBuckets, sum.count)).toBe(true);
      expect(near(subtract(sum, b)!.histogram.count + b.count, sum.count)).toBe(true);
      expect(equals(multiply(divide(a, 4), 4), a, near)).toBe(true);
    }),
  );
});

test('quantiles rise, and fractions undo them', () => {
  fc.assert(
    fc.property(exponential, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (one, a, b) => {
      if (one.count === 0) {
        expect(quantile(a, one)).toBeNaN();
        return;
      }
      const [low, high] = [quantile(Math.min(a, b), one), quantile(Math.max(a, b), one)];
      // Buckets may lie within the bucket of zero, and what is in them is no further apart than that is wide.
      expect(low <= high + 1e-9 * Math.abs(high) + 2 * one.zeroThreshold).toBe(true);
      const share = fraction(-Infinity, high, one);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1 + 1e-9);
      expect(variance(one) >= 0 || one.count === 0).toBe(true);
    }),
  );
});
