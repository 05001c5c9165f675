import { assert, double, integer, pre, property } from 'fast-check';
import { expect, test } from 'vitest';
import { power } from './power.ts';

test.each([
  [5, -4, 1 / 625],
  [10, -5, 1e-5],
  [10, 22, 1e22],
  [-3, 3, -27],
  [-3, -2, 1 / 9],
  [2, -1074, 5e-324],
  [2, -1075, 0],
  [-2, -1077, -0],
  [2, 1023, 2 ** 1023],
  [2, 1024, Infinity],
  [-2, 1025, -Infinity],
  [-2, 1_000_000_001, -Infinity],
  [0.5, 2_000_000_000, 0],
  [5e-324, -1, Infinity],
  [5e-324, 1, 5e-324],
  [1.7976931348623157e308, 1, 1.7976931348623157e308],
  [2.5, 0, 1],
  [2, 0.5, Math.SQRT2],
  [4, -0.5, 0.5],
  [-4, 0.5, NaN],
  [-8, 1 / 3, NaN],
  [1, NaN, 1],
  [NaN, 0, 1],
  [-1, Infinity, 1],
  [2, -Infinity, 0],
  [-0, -3, -Infinity],
  [0, 3, 0],
  [-Infinity, 3, -Infinity],
  [-Infinity, -3, -0],
  [-1, 1e300, 1],
])('%d to the power of %d is %d', (base, exponent, result) => expect(power(base, exponent)).toBe(result));

test('a power that can be exact is, and its reciprocal is rounded once', () => {
  assert(
    property(integer({ min: -1000, max: 1000 }), integer({ min: 1, max: 40 }), (base, exponent) => {
      const exact = BigInt(base) ** BigInt(exponent);
      pre(base !== 0 && exact >= -(2n ** 53n) && exact <= 2n ** 53n);
      expect(power(base, exponent)).toBe(Number(exact));
      expect(power(base, -exponent)).toBe(1 / Number(exact));
    }),
  );
});

test('is the same as JavaScript has, but for the last digits', () => {
  assert(
    property(double({ noNaN: true }), integer({ min: -60, max: 60 }), (base, exponent) => {
      const [ours, other] = [power(base, exponent), base ** exponent];
      if (ours !== other) expect(Math.abs(ours / other - 1)).toBeLessThan(1e-13);
    }),
  );
});
