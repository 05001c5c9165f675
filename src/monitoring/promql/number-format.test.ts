import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFloat, formatG, formatJson, formatSeconds } from './number-format.ts';

// As printed by Go's strconv.FormatFloat(v, 'f', -1, 64).
test.each([
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [-1.5, '-1.5'],
  [0.1, '0.1'],
  [1e6, '1000000'],
  [123456789012345680000, '123456789012345680000'],
  [1e21, '1000000000000000000000'],
  [1.2345e22, '12345000000000000000000'],
  [1e-7, '0.0000001'],
  [-1.5e-9, '-0.0000000015'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('%d is %s', (value, text) => {
  expect(formatFloat(value)).toBe(text);
});

test.each([
  [0, '0'],
  [-0, '-0'],
  [1e20, '100000000000000000000'],
  [-1.2345e22, '-1.2345e+22'],
  [0.000001, '0.000001'],
  [1e-7, '1e-07'],
  [-1.6776341362856328e-186, '-1.6776341362856328e-186'],
  [NaN, 'NaN'],
  [-Infinity, '-Inf'],
])('%d is %s in JSON', (value, text) => {
  expect(formatJson(value)).toBe(text);
});

test('reads back as the same number, without an exponent', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = formatFloat(value);
      expect(text).toMatch(/^-?\d+(?:\.\d+)?$/);
      expect(Number(text)).toBe(value);
    }),
  );
});

test.each([
  [1.5, '1.5'],
  [-1, '-1'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1e20, '100000000000000000000'],
  [1.5e21, '1.5e+21'],
  [1e100, '1e+100'],
  [NaN, 'NaN'],
])('%%g of %d is %s', (value, text) => {
  expect(formatG(value)).toBe(text);
});

test.each([
  [0, '0'],
  [1500, '1.500'],
  [1_735_689_600_000, '1735689600'],
  [1_735_689_600_001, '1735689600.001'],
  [-1500, '-1.500'],
  [-10, '-0.010'],
])('%d ms is %s', (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});
