import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { createExpositionReader, ExpositionError, parseExposition } from './exposition.ts';

const read = (text: string, openMetrics = false) =>
  parseExposition(text, { openMetrics }).samples.map(({ labels, value, timestamp }) => {
    const { __name__: name, ...rest } = labels;
    return timestamp === undefined ? [name, rest, value] : [name, rest, value, timestamp];
  });

test.each([
  ['a bare name', 'up 1\n', [['up', {}, 1]]],
  ['no newline at the end', 'up 1', [['up', {}, 1]]],
  ['labels', 'a{b="c",d="e"} 2\n', [['a', { b: 'c', d: 'e' }, 2]]],
  ['a comma after the last label', 'a{b="c",} 2\n', [['a', { b: 'c' }, 2]]],
  ['no labels in the braces', 'a{} 2\n', [['a', {}, 2]]],
  ['blanks wherever they may be', ' \ta \t{ b = "c" , d="e" }\t2\t 5 \n', [['a', { b: 'c', d: 'e' }, 2, 5]]],
  ['no blank before the value', 'a{b="c"}2\n', [['a', { b: 'c' }, 2]]],
  ['colons', 'job:a:rate5m 1\n', [['job:a:rate5m', {}, 1]]],
  ['braces, commas and hashes in a value', 'a{b="}{,# \\" x"} 2\n', [['a', { b: '}{,# " x' }, 2]]],
  ['escapes', 'a{b="\\\\x\\n\\"y\\t"} 2\n', [['a', { b: '\\x\n"y\\t' }, 2]]],
  ['a backslash at the end of a value', 'a{b="c\\\\"} 2\n', [['a', { b: 'c\\' }, 2]]],
  ['UTF-8 values', 'a{b="süß 🦔"} 2\n', [['a', { b: 'süß 🦔' }, 2]]],
  ['a UTF-8 name', '{"http.täglich","ü.x"="y"} 2\n', [['http.täglich', { 'ü.x': 'y' }, 2]]],
  ['an empty value', 'a{b=""} 2\n', [['a', { b: '' }, 2]]],
  ['a timestamp', 'a 2 1700000000123\n', [['a', {}, 2, 1_700_000_000_123]]],
  ['a timestamp before 1970', 'a 2 -5\n', [['a', {}, 2, -5]]],
  ['comments and empty lines', '# hi\n\n  \n#x\na 1\n# HELPFUL a\n', [['a', {}, 1]]],
  [
    'one name starts another',
    'up 1\nup_total 2\nup{a="b"} 3\nup 4\n',
    [
      ['up', {}, 1],
      ['up_total', {}, 2],
      ['up', { a: 'b' }, 3],
      ['up', {}, 4],
    ],
  ],
  [
    'an exemplar',
    'a_bucket{le="1"} 2 # {trace="x"} 0.5 1.5\nb 1\n',
    [
      ['a_bucket', { le: '1' }, 2],
      ['b', {}, 1],
    ],
  ],
])('%s', (_, text, samples) => expect(read(text)).toEqual(samples));

test('OpenMetrics: seconds become milliseconds, EOF is a comment, an exemplar may follow a timestamp', () => {
  expect(read('# TYPE a counter\na_total 2 1.5 # {x="y"} 1\n# EOF\n', true)).toEqual([['a_total', {}, 2, 1500]]);
});

test.each([
  ['0', 0],
  ['-0', -0],
  ['+5', 5],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1.23456789e+09', 1_234_567_890],
  ['4.9e-324', 5e-324],
  ['2.2250738585072014e-308', 2.2250738585072014e-308],
  ['9007199254740993', 9_007_199_254_740_992],
  ['123456789012345678901234567890', 1.2345678901234568e29],
  ['0.1', 0.1],
  ['3.141592653589793', Math.PI],
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
  ['inf', Infinity],
  ['Infinity', Infinity],
  ['NaN', NaN],
  ['nan', NaN],
])('the value %s', (text, value) => expect(read(`a ${text}\n`)).toEqual([['a', {}, value]]));

test.each([
  ['up', 'line 1: a series without a value in "up"'],
  ['up \n', 'line 1: a series without a value in "up "'],
  ['a 1\n\nup one\n', 'line 3: not a number: "one" in "up one"'],
  ['up 1\r\n', 'line 1: not a number: "1\\r" in "up 1\\r"'],
  ['up 1_000', 'not a number: "1_000"'],
  ['up 0x10', 'not a number: "0x10"'],
  ['up 1e999', 'not a number: "1e999"'],
  ['up 1e', 'not a number: "1e"'],
  ['up +nan', 'not a number: "+nan"'],
  ['up 1 2.5', 'line 1: not a timestamp: "2.5"'],
  ['up 1 2 3', 'unexpected "3" after the timestamp'],
  ['up{a="b" 1', "labels without their closing '}'"],
  ['up{a="b} 1\n', 'a quote that is not closed'],
  ['up{a=b} 1\n', "expected a quoted value for the label 'a'"],
  ['up{a"b"} 1\n', "expected '=' after the label name 'a'"],
  ['up{a="b"c="d"} 1\n', "expected ',' or '}' after a label"],
  ['up{,} 1\n', 'expected a label name'],
  ['up{a:b="c"} 1\n', 'expected a label name'],
  ['up{a="b",a="c"} 1\n', "the label 'a' is given twice"],
  ['up{"down"} 1\n', "the label '__name__' is given twice"],
  ['up{__proto__="x"} 1\n', "'__proto__' is not supported"],
  ['{a="b"} 1\n', 'a series without a metric name'],
  ['<html><body>Not found</body></html>', 'line 1: expected a metric name in "<html><body>'],
  ['9lives 1\n', 'expected a metric name'],
  ['# TYPE a numeric\n', 'not a metric type: "numeric"'],
  ['# HELP 9 x\n', 'expected a metric name after HELP'],
  [`a{b="${'x'.repeat(70_000)}"} 1\n`, 'not closed'],
  [`# HELP a ${'x'.repeat(1_100_000)}\n`, 'a line longer than 1048576 characters'],
])('%j is refused', (text, message) => {
  expect(() => parseExposition(text)).toThrow(ExpositionError);
  expect(() => parseExposition(text)).toThrow(message);
});

test('metadata is read once, and again where it changes', () => {
  const reader = createExpositionReader({ resolve: () => 0, sample: () => {} });
  const text = '# HELP a Say \\\\ \\n "it".\n# TYPE a counter\na 1\n# UNIT b seconds\n# TYPE b untyped\n# HELP c\n';
  expect(reader.read(text)).toEqual([
    { metric: 'a', type: 'counter', help: 'Say \\ \n "it".', unit: '' },
    { metric: 'b', type: 'unknown', help: '', unit: 'seconds' },
    { metric: 'c', type: 'unknown', help: '', unit: '' },
  ]);
  expect(reader.read(text)).toEqual([]);
  expect(reader.read(text.replace('a counter', 'a gauge'))).toEqual([{ metric: 'a', type: 'gauge', help: 'Say \\ \n "it".', unit: '' }]);
});

test('a known series is not resolved again, whatever the order', () => {
  const resolved: string[] = [];
  const values: Record<string, number> = {};
  const reader = createExpositionReader<string>({
    resolve: (labels) => (resolved.push(labels.__name__!), labels.__name__!),
    sample: (name, value) => void (values[name] = value),
  });
  reader.read('a 1\nb 2\nc 3\n');
  reader.read('c 4\na 5\n\nb 6\n');
  reader.read('b 7\nnew 8\na 9\n');
  expect(resolved).toEqual(['a', 'b', 'c', 'new']);
  expect(values).toEqual({ a: 9, b: 7, c: 4, new: 8 });
});

test('a known name is not taken for the start of another series', () => {
  const samples: unknown[] = [];
  const reader = createExpositionReader<unknown>({
    resolve: (labels) => labels,
    sample: (labels, value) => void samples.push([labels, value]),
  });
  reader.read('up 1\nend 1\n');
  samples.length = 0;
  reader.read('up {a="b"} 2\nend_total 3\n');
  expect(samples).toEqual([
    [{ __name__: 'up', a: 'b' }, 2],
    [{ __name__: 'end_total' }, 3],
  ]);
});

test('series that come and go are forgotten', () => {
  let resolved = 0;
  const reader = createExpositionReader({ resolve: () => (resolved += 1), sample: () => {} });
  const many = Array.from({ length: 1000 }, (_, i) => `a{i="${i}"} 1\n`).join('');
  reader.read(many);
  reader.read('b 1\n');
  reader.read(many);
  expect(resolved).toBe(2001);
});

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => s.isWellFormed() && s !== '__proto__');
const labelName = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/).filter((name) => name !== '__name__' && name !== '__proto__');
const sample = fc.record({
  name: fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,12}$/),
  labels: fc.dictionary(labelName, text, { maxKeys: 4, noNullPrototype: true }),
  value: fc.double(),
  timestamp: fc.option(fc.integer({ min: 0, max: 2e12 }), { nil: undefined }),
});

const quote = (value: string): string => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
const number = (value: number): string =>
  Object.is(value, -0)
    ? '-0'
    : String(value)
        .replace(/^Infinity$/, '+Inf')
        .replace('-Infinity', '-Inf');

test('what is written as an exposition reads back the same, also by a reader that has seen another', () => {
  let got: [Record<string, string>, number, number | undefined][] = [];
  const reader = createExpositionReader<Record<string, string>>({
    resolve: (labels) => ({ ...labels }),
    sample: (labels, value, at) => void got.push([labels, value, Number.isNaN(at) ? undefined : at]),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 8 }), (samples) => {
      got = [];
      const lines = samples.map(({ name, labels, value, timestamp }) => {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}=${quote(text)}`);
        return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${number(value)}${timestamp === undefined ? '' : ` ${timestamp}`}\n`;
      });
      reader.read(lines.join(''));
      expect(got).toEqual(samples.map(({ name, labels, value, timestamp }) => [{ __name__: name, ...labels }, value, timestamp]));
    }),
  );
});

test('garbage throws nothing but ExpositionError', async () => {
  const pieces = fc.constantFrom(
    'up',
    '{',
    '}',
    '"',
    '=',
    ',',
    ' ',
    '\n',
    '\\',
    '1',
    'NaN',
    '# HELP ',
    '# TYPE ',
    '#',
    'a="b"',
    '-',
    'e',
    '.',
    '\u0000',
    '🦔',
  );
  const garbage = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  );
  const reader = createExpositionReader({ resolve: () => 0, sample: () => {} });
  await fuzz(
    fc.property(garbage, (text) => {
      try {
        reader.read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpositionError);
      }
    }),
    2000,
  );
});
