import { expect, test } from 'vitest';
import { compileRe2, expandTemplate } from './re2.ts';

test.each([
  ['abc', ['abc'], ['ab', 'abcd', 'xabc']],
  ['a|bc', ['a', 'bc'], ['abc', 'ac']],
  ['a.c', ['abc', 'a\nc'], ['ac']],
  ['(?-s)a.c', ['abc'], ['a\nc']],
  ['(?i)aB', ['ab', 'AB', 'Ab'], ['b']],
  ['a(?i:b)c', ['abc', 'aBc'], ['ABC']],
  ['((?i)a)b', ['Ab', 'ab'], ['aB']],
  ['(?i)[a-cX]+', ['aBcx'], ['d']],
  ['(?i)[[:lower:]]', ['A', 'a'], ['1']],
  ['[[:alpha:]_]+', ['ab_C'], ['a1']],
  ['[^[:digit:]]', ['a'], ['1']],
  ['[]a]+', [']a'], ['b']],
  ['[a-]', ['-', 'a'], ['b']],
  ['[\\]\\-\\d]+', [']-7'], ['a']],
  ['\\Qa.b\\E+', ['a.b', 'a.bb'], ['axb']],
  ['\\d{2,3}', ['12', '123'], ['1', '1234']],
  ['a{,2}', ['a{,2}'], ['aa']],
  ['x{2', ['x{2'], ['xx']],
  ['\\x41\\x{1F600}', ['A\u{1F600}'], ['A']],
  ['\\pL+', ['aé'], ['1']],
  ['\\p{Greek}', ['α'], ['a']],
  ['[\\p{Lu}\\PL]+', ['A1'], ['a']],
  ['\\p{^L}', ['1'], ['a']],
  ['\\s\\S', [' a'], ['\u00a0a']],
  ['\\Aab\\z', ['ab'], ['abc']],
  ['(?P<n>a)(?<m>b)', ['ab'], ['a']],
  ['a/b-c', ['a/b-c'], ['a/b']],
  ['', [''], ['a']],
  ['.', ['a', '😀', 'ü'], ['', 'ab', '😀😀']],
  ['.+.+', ['ab', '😀😀'], ['😀']],
  ['.{2}', ['a😀'], ['😀']],
  ['[^a]', ['😀', 'b'], ['a', '😀😀']],
  ['\\W\\D\\S', ['😀😀😀'], ['😀a']],
  ['😀+', ['😀😀'], ['😀a']],
  ['\\x{1F600}*', ['', '😀😀'], ['😎']],
  ['[a😀]+', ['a😀', '😀'], ['😎']],
  ['[^😀]', ['😎', 'a'], ['😀']],
  ['[😀-😎]x', ['😂x'], ['😏x', '-x']],
  ['[𐀀-😎]', ['😀', '𐀁', '𝄞'], ['😏']],
])('%s', (source, matching, others) => {
  const pattern = compileRe2(source);
  for (const text of matching) expect(pattern.test(text), text).toBe(true);
  for (const text of others) expect(pattern.test(text), text).toBe(false);
});

test.each([
  ['(.)(.*)', '😀b', '$1|$2', '😀|b'],
  ['(.*)(.+)', '😀😎', '$1|$2', '😀|😎'],
  ['(.+?)(.*)', '😀b', '$1|$2', '😀|b'],
  ['(.*?)([^a]+)', '😀', '$1|$2', '|😀'],
])('%s takes no character of %s apart', (source, text, template, expected) => {
  expect(expandTemplate(template, compileRe2(source).exec(text)!)).toBe(expected);
});

test.each([
  ['(', 'missing closing )'],
  [')', 'unexpected )'],
  ['[a', 'missing closing ]'],
  ['[z-a]', 'invalid character class range'],
  ['[[:nope:]]', 'invalid character class range'],
  ['a\\', 'trailing backslash'],
  ['\\1', 'invalid escape sequence'],
  ['\\y', 'invalid escape sequence'],
  ['(?=a)', 'unsupported Perl syntax'],
  ['(?<!a)', 'unsupported Perl syntax'],
  ['(?x)a', 'unsupported Perl syntax'],
  ['(?m)a', 'unsupported Perl syntax'],
  ['\\p{Nope}', 'invalid character class range'],
  ['*', 'is no RE2 expression'],
  ['a**', 'is no RE2 expression'],
  ['a{1001}', 'invalid repeat count'],
  ['a'.repeat(10_001), 'at most 10000'],
])('%s is refused', (source, reason) => {
  expect(() => compileRe2(source)).toThrow(reason);
});

test.each([
  ['(a+)+b|(a|a)*c|(.*.*)*d', 'a'.repeat(5000)],
  ['(\\pL+)+1', 'a'.repeat(5000)],
  ['(?i)(e|E)*f', 'e'.repeat(5000)],
  ['(a*)*(a*)*(a*)*b', 'a'.repeat(500)],
  ['(\\b\\w+)+;', 'a'.repeat(500)],
])('%s, made to hang, does not', (source, text) => {
  const began = performance.now();
  expect(compileRe2(source).test(text)).toBe(false);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('an expression that is slow with each of many texts is given up after about a second, for all of them', () => {
  const slow = compileRe2(`(${'a?'.repeat(2000)}){1000}`);
  const began = performance.now();
  const askAll = (): void => {
    for (let i = 0; i < 10_000; i++) slow.test(`${'a'.repeat(180)}${i}`);
  };
  expect(askAll).toThrow('takes too long');
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('an expression of many repetitions works, and is given up where it takes too long', () => {
  const name = compileRe2('[a-z0-9-]{1,63}(?:\\.[a-z]{2,63})+');
  expect(name.test('checkout-api.internal.shop.example')).toBe(true);
  expect(name.test('checkout-api.internal.shop.example.')).toBe(false);
  expect(name.exec('a.b')).toBe(null);
  const began = performance.now();
  expect(() => compileRe2('(a|a){1,100}b').test('a'.repeat(100))).toThrow('takes too long');
  expect(performance.now() - began).toBeLessThan(2000);
});

test.each([
  ['$1-$2', 'a-bc'],
  ['${1}x', 'ax'],
  ['$1x', ''],
  ['$$1', '$1'],
  ['$name|${name}', 'bc|bc'],
  ['$9', ''],
  ['$', '$'],
  ['plain', 'plain'],
])('template %s', (template, expanded) => {
  expect(expandTemplate(template, compileRe2('(a)(?P<name>bc)').exec('abc')!)).toBe(expanded);
});
