import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../../test/harness/fuzz.ts';
import { Problem } from '../../../platform/problem.ts';
import type { Target } from './ast.ts';
import { parseTarget } from './parse-target.ts';

/** A target as a text again, in one way of writing it. */
function shown(target: Target): string {
  switch (target.kind) {
    case 'path':
      return target.text;
    case 'literal':
      return typeof target.value === 'string' ? `'${target.value}'` : String(target.value);
    case 'template':
      return `template(${shown(target.body)}; ${[...target.values].map((pair) => pair.join('=')).join(', ')})`;
    default: {
      const named = target.named.map(({ name, value }) => `${name}=${shown(value)}`);
      return `${target.name}(${[...target.args.map(shown), ...named].join(', ')})`;
    }
  }
}

test.each([
  ['a.b', 'a.b'],
  [' a.*.c{d,e}[1-2]?.x ', 'a.*.c{d,e}[1-2]?.x'],
  ['scale( a.b , 2 )', 'scale(a.b, 2)'],
  ['f(1,-2.5,1e3,"x",\'y\',True,none,INF)', "f(1, -2.5, 1000, 'x', 'y', true, null, Infinity)"],
  ['f(10.a, 5min, true.b)', 'f(10.a, 5min, true.b)'],
  ['f(a, n=2, func="max")', "f(a, n=2, func='max')"],
  ['a.b|scale(2) | alias("x")', "alias(scale(a.b, 2), 'x')"],
  ['template(hosts.$1.cpu, "web1")', 'template(hosts.$1.cpu; 1=web1)'],
  ['template(hosts.$h.cpu, h="web1", n=2)', 'template(hosts.$h.cpu; h=web1, n=2)'],
  ['disk.used;dc=x', 'disk.used;dc=x'],
  ['a.b\\(c\\)', 'a.b\\(c\\)'],
  ['grep(a, "x\\"y")', "grep(a, 'x\\\"y')"],
  ['time()', 'time()'],
])('%s', (source, expected) => {
  expect(shown(parseTarget(source))).toBe(expected);
});

test.each([
  ['', /position 0/],
  ['scale(', /position 6/],
  ['scale(a.b,', /position 10/],
  ['scale(a.b', /position 9.*','/],
  ['a.b)', /position 3.*the end/],
  ['a b', /position 2/],
  ['f("x', /string that begins at position 2/],
  ['a.{b,c', /brace.*position 0/],
  ['f(n=1, a)', /unnamed argument.*position 7/],
  ['a | 5', /function after \|/],
  ['template(a, b.c)', /strings and numbers.*position 12/],
  ['a..b', /position/],
  [`${'f('.repeat(100)}a${')'.repeat(100)}`, /nested deeper/],
])('%s is refused with its place', (source, message) => {
  expect(() => parseTarget(source)).toThrow(message);
});

test('any text is parsed or refused, and soon', async () => {
  const word = fc.constantFrom('a', 'b.c', '*', '{', '}', 'x,y', '(', ')', ',', '"', "'", '\\', '|', '=', '1', '-2.5', 'true', 'template', 'f', ' ', '[a-z]', '$1', 'é', ';t=v');
  await fuzz(
    fc.property(fc.oneof(fc.string(), fc.array(word, { maxLength: 60 }).map((words) => words.join(''))), (source) => {
      try {
        parseTarget(source);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
    }),
    3_000,
  );
}); // prettier-ignore
