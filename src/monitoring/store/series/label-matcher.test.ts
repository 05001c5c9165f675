import { expect, test } from 'vitest';
import { Problem } from '../../../platform/problem.ts';
import { valueTest } from './label-matcher.ts';

const VALUES = ['', 'a', 'b', 'ab', 'aab', 'a|b', 'A', 'api-1', 'api-', 'api-x\ny', 'x.y', 'xzy', 'a(b', '10.0.0.7:9100'];

test.each([
  ['a', ['a']],
  ['', ['']],
  ['a|b', ['a', 'b']],
  ['(a|b)', ['a', 'b']],
  ['(?:a|b|)', ['', 'a', 'b']],
  ['a\\|b', ['a|b']],
  ['a*b', ['b', 'ab', 'aab']],
  ['ab?', ['a', 'ab']],
  ['a+|b', ['a', 'b']],
  ['api-.*', ['api-1', 'api-', 'api-x\ny']],
  ['api-.+', ['api-1', 'api-x\ny']],
  ['.*', VALUES],
  ['.+', VALUES.slice(1)],
  ['x.y', ['x.y', 'xzy']],
  ['x\\.y', ['x.y']],
  ['[ab]', ['a', 'b']],
  ['[^a]', ['b', 'A']],
  ['(?i)a', ['a', 'A']],
  ['a\\(b', ['a(b']],
  ['10\\.0\\.0\\.7:.*', ['10.0.0.7:9100']],
  ['(a|ab)(b|)', ['a', 'ab', 'aab'].filter((value) => /^(?:(a|ab)(b|))$/.test(value))],
])('/%s/ matches as it does in Prometheus, prefix and list included', (expression, matching) => {
  const found = valueTest({ name: 'l', op: '=~', value: expression });
  expect(VALUES.filter((value) => found.matches(value))).toEqual(matching);
  if (found.values) expect(VALUES.filter((value) => found.values?.includes(value))).toEqual(matching);
  for (const value of matching) expect(value.startsWith(found.prefix)).toBe(true);
});

test.each(['(', 'a)', '[a', 'a**', '(?=a)', '\\'])('/%s/ is refused with a problem', (expression) => {
  expect(() => valueTest({ name: 'l', op: '=~', value: expression })).toThrow(Problem);
});

test('an expression that would take for ever does not', () => {
  const began = performance.now();
  expect(valueTest({ name: 'l', op: '=~', value: '(a+)+b' }).matches('a'.repeat(40))).toBe(false);
  expect(performance.now() - began).toBeLessThan(2000);
});
