import { expect, test } from 'vitest';
import { endOf, replaceEnd } from './threshold.ts';

test.each<[string, number | undefined, string]>([
  ['errors > 0.05', 0.05, 'errors > 2'],
  ['(a / b) >= 1e-3\n', 0.001, '(a / b) >= 2\n'],
  ['(a < -5)', -5, '(a < 2)'],
  ['a == bool 1', 1, 'a == bool 2'],
  ['a > b', undefined, 'a > b'],
  ['a > 1 and b', undefined, 'a > 1 and b'],
  ['', undefined, ''],
])('%s', (expr, value, changed) => {
  expect(endOf(expr)).toBe(value);
  expect(replaceEnd(expr, 2)).toBe(changed);
});
