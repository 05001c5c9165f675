import { expect, test } from 'vitest';
import { watchedExpressions } from './watched-expressions.ts';

test.each([
  ['up == 0', [['up', 0]]],
  ['0.05 < (errors / total)', [['errors / total', 0.05]]],
  ['(burn:1h > (14.4 * 0.001)) and (burn:5m > 14.4 * 0.001)', [['burn:1h', 0.0144], ['burn:5m', 0.0144]]],
  ['a > 1 unless on (x) b', [['a', 1], ['b', null]]],
  ['a > b', [['a > b', null]]],
  ['absent(up)', [['absent(up)', null]]],
  ['sum(rate(x{y="a > 1 and b"}[5m])) by (z) >= -2', [['sum(rate(x{y="a > 1 and b"}[5m])) by (z)', -2]]],
  ['not promql (', [['not promql (', null]]],
] as const)('%s', (alert, expected) => {
  const found = watchedExpressions(alert).map(({ expr, threshold }) => [expr, threshold === null ? null : Number(threshold.toPrecision(6))]);
  expect(found).toEqual(expected);
}); // prettier-ignore
