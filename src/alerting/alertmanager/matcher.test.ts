import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { formatMatcher, labelTest, MatcherError, parseMatchers } from './matcher.ts';

test.each<[string, string]>([
  ['a="1"', 'a="1"'],
  ['a=1', 'a="1"'],
  [' a =~ "x|y" , b != z ', 'a=~"x|y" b!="z"'],
  ['{a="1",b!~"2",}', 'a="1" b!~"2"'],
  ['a=', 'a=""'],
  ['a=b c', 'a="b c"'],
  ['a=~"\\d+\\.x"', 'a=~"\\\\d+\\\\.x"'],
  ['a=~x{2},b=1', 'a=~"x{2}" b="1"'],
  ['{a=~x{2}}', 'a=~"x{2}"'],
  ['a="q\\"\\\\\\n"', 'a="q\\"\\\\\\n"'],
  ['"über dem"="x"', '"über dem"="x"'],
  ['severity=~critical|warning', 'severity=~"critical|warning"'],
])('%s is %s', (text, expected) => {
  expect(parseMatchers(text).map(formatMatcher).join(' ')).toBe(expected);
});

test.each<[string, string, number]>([
  ['', 'no matcher', 0],
  ['{}', 'no matcher', 0],
  ['a', 'was expected after "a"', 1],
  ['="x"', 'label name', 0],
  ['a="x', 'not closed', 2],
  ['a=b"c', 'quote within', 3],
  ['{a="x"', "'}' is missing", 6],
  ['a="x" b="y"', 'unexpected "b=', 6],
  ['a=~"("', 'missing closing', 0],
  ['a=~"\\é"', 'invalid escape sequence', 0],
  [`a=${'x'.repeat(20_000)}`, 'at most', 20_000],
])('%s is refused', (text, message, at) => {
  expect(() => parseMatchers(text)).toThrow(MatcherError);
  expect(() => parseMatchers(text)).toThrow(message);
  try {
    parseMatchers(text);
  } catch (error) {
    expect((error as MatcherError).at).toBe(at);
  }
});

test('an absent label is an empty one, and expressions are anchored', () => {
  expect(labelTest(parseMatchers('a=""'))({})).toBe(true);
  expect(labelTest(parseMatchers('a=~"b"'))({ a: 'abc' })).toBe(false);
  expect(labelTest(parseMatchers('a=~b.*,c!=d'))({ a: 'bc' })).toBe(true);
});

test('whatever is written is read, or refused; what is formatted is read as it was', async () => {
  await fuzz(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab={}!~",\\\n |(1'.split('')) }), (text) => void tryParse(text)),
    2_000,
  );
  const matcher = fc.record({ name: fc.string({ minLength: 1 }), op: fc.constantFrom('=' as const, '!=' as const), value: fc.string() });
  await fuzz(
    fc.property(fc.array(matcher, { minLength: 1 }), (matchers) => {
      expect(parseMatchers(`{${matchers.map(formatMatcher).join(',')}}`)).toEqual(matchers);
    }),
    100,
  );
});

function tryParse(text: string): unknown {
  try {
    return parseMatchers(text);
  } catch (error) {
    expect(error).toBeInstanceOf(MatcherError);
    return undefined;
  }
}
