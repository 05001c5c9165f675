import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../../test/harness/fuzz.ts';
import type { Expr } from './ast.ts';
import { format } from './format.ts';
import { parse } from './parse.ts';
import { PromQLSyntaxError } from './syntax-error.ts';

/** Without places: they differ in the printed text. */
const bare = (expr: Expr): unknown =>
  JSON.parse(
    JSON.stringify(expr, (key, value: unknown) =>
      key === 'span' ? undefined : typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  );

test.each([
  ['-1^2', '-1 ^ 2'],
  ['2^3^2', '2 ^ 3 ^ 2'],
  ['(2^3)^2', '(2 ^ 3) ^ 2'],
  ['a - b - c', 'a - b - c'],
  ['a or b and c unless d', 'a or b and c unless d'],
  ['1 - -1', '1 - -1'],
  ['- -a', '--a'],
  ['a + b offset 5m * c', 'a + b offset 5m * c'],
  ['a * -b + 2 ^ -c', 'a * -b + 2 ^ -c'],
  ['sum(a)by(b,)', 'sum by (b) (a)'],
  ['SUM WITHOUT (b) (a)', 'sum without (b) (a)'],
  ['topk(5, a)', 'topk(5, a)'],
  ['a{b="c",}[5m] offset -1h30m @ 1.5', 'a{b="c"}[5m] @ 1.5 offset -1h30m'],
  ['a @ start() + a @ end()', 'a @ start() + a @ end()'],
  ['rate(a[1h:30s] @ 0)', 'rate(a[1h:30s] @ 0)'],
  ['a[90]', 'a[1m30s]'],
  ['a[5m + step()]', 'a[(300 + step())]'],
  ['a[1h - 30m]', 'a[30m]'],
  ['a offset -(1m + 5s)', 'a offset -1m5s'],
  ['a[max_of(5m, range())]', 'a[max_of(300, range())]'],
  ['a[5m] smoothed', 'a[5m] smoothed'],
  ['a == bool on(x) group_left("y.z") b', 'a == bool on (x) group_left ("y.z") b'],
  ['a + fill(0) b', 'a + fill_left(0) fill_right(0) b'],
  ['{"a.b", c=~"d"}', '{"a.b", c=~"d"}'],
  ['{__name__="up"}', 'up'],
  ['{"sum"}', 'sum'],
  ['{"on"}', '{"on"}'],
  ['sum + by', 'sum + by'],
  ['__proto__ + constructor{toString="x"}', '__proto__ + constructor{toString="x"}'],
  ['and and or', '{"and"} and {"or"}'],
  ['"a\\n\\x41\\u00e9\\101"', '"a\\nAéA"'],
  ["'it\\'s'", '"it\'s"'],
  ['`raw\\n`', '"raw\\\\n"'],
  ['"\\xc5"', '"\\xc5"'],
  ['0x1F + 1_000 + 1e3 + .5 + 5. + 017', '31 + 1000 + 1000 + 0.5 + 5 + 15'],
  ['Inf + nan - inf', '+Inf + NaN - +Inf'],
  ['1h30m', '5400'],
  ['a # a comment\n + # another\n b', 'a + b'],
  ['histogram_quantiles(a, "q", 0.5, 0.9)', 'histogram_quantiles(a, "q", 0.5, 0.9)'],
])('%s', (text, printed) => {
  const expr = parse(text);
  expect(format(expr)).toBe(printed.replaceAll('+Inf', 'Inf'));
  expect(bare(parse(format(expr)))).toEqual(bare(expr));
  expect(Object.isFrozen(expr)).toBe(true);
});

test.each([
  ['', 0, 'no expression found in input'],
  ['sum(', 4, 'unexpected end of input, expected a metric, a function, a number or a parenthesis'],
  ['a +', 3, 'unexpected end of input'],
  ['a b', 2, 'unexpected "b", expected an operator or the end of the query'],
  ['a)', 1, 'unexpected ")"'],
  ['rate(a)', 5, 'expected type range vector in call to function "rate", got instant vector; add a range such as [5m]'],
  ['foo(a)', 0, 'unknown function with name "foo"'],
  ['RATE(a[5m])', 0, 'unknown function with name "RATE", did you mean rate?'],
  ['round(a, 1, 2)', 0, 'expected at most 2 argument(s) in call to "round", got 3'],
  ['clamp(a)', 0, 'expected 3 argument(s) in call to "clamp", got 1'],
  ['topk(a)', 0, 'wrong number of arguments for aggregate expression provided, expected 2, got 1'],
  ['topk(a, 5)', 8, 'expected type instant vector in aggregation expression, got scalar'],
  ['sum(a[5m])', 4, 'expected type instant vector in aggregation expression, got range vector'],
  ['{}', 0, 'vector selector must contain at least one non-empty matcher'],
  ['{a=~".*"}', 0, 'vector selector must contain at least one non-empty matcher'],
  ['a{__name__="b"}', 0, 'metric name must not be set twice: "a" or "b"'],
  ['a{b=c}', 4, 'unexpected "c", expected the value to match as a quoted string'],
  ['a{b="c" d="e"}', 8, 'unexpected "d", expected "," or "}" after a label matcher'],
  ['a{b=~"("}', 0, 'missing closing )'],
  ['a{b=~"(?=x)"}', 0, 'invalid or unsupported Perl syntax'],
  ['"abc', 0, 'unterminated quoted string: close it with "'],
  ['"\\q"', 1, 'unknown escape sequence'],
  ['5m3', 0, 'bad number or duration syntax: "5m3"'],
  ['1e', 0, 'bad number or duration syntax: "1e"'],
  ['1 == 2', 2, 'comparisons between scalars must use BOOL modifier, as in 1 == bool 2'],
  ['a + bool b', 2, 'bool modifier can only be used on comparison operators'],
  ['a and 1', 2, 'set operator "and" not allowed in binary scalar expression'],
  ['a + on(x) 1', 2, 'vector matching only allowed between instant vectors'],
  ['a and on(x) group_left b', 2, 'no grouping allowed for "and" operation'],
  ['a + on(x) group_left(x) b', 2, 'label "x" must not occur in ON and GROUP clause at once'],
  ['a[5m] + b', 0, 'binary expression must contain only scalar and instant vector types'],
  ['-"x"', 0, 'unary expression only allowed on expressions of type scalar or instant vector, got "string"'],
  ['sum(a)[5m]', 6, 'ranges only allowed for vector selectors; for other expressions write [5m:]'],
  ['a[5m][5m:]', 5, 'subquery is only allowed on instant vector, got range vector'],
  ['a offset 5m[5m]', 11, 'no offset modifiers allowed before range'],
  ['a offset 5m offset 5m', 12, 'offset may not be set multiple times'],
  ['a[0]', 1, 'duration must be greater than 0'],
  ['a[-5m]', 1, 'duration must be greater than 0'],
  ['a[5m', 4, 'unexpected end of input, expected "]" to close the range, or ":" for a subquery'],
  ['1 offset 5m', 2, 'offset modifier must be preceded by'],
  ['a @ now', 4, 'unexpected "now", expected a timestamp in seconds, start() or end()'],
  ['on', 0, 'unexpected "on", expected a metric'],
  ['-a[5m:]', 0, 'unary expression only allowed on expressions of type scalar or instant vector, got "range vector"'],
  ['a\n+\n b(', 5, 'unknown function with name "b"'],
])('%j is refused', (text, position, reason) => {
  let error: unknown;
  try {
    parse(text);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PromQLSyntaxError);
  const { position: at, reason: why } = error as PromQLSyntaxError;
  expect(why).toContain(reason);
  expect(at).toBe(position);
});

test('errors name line and column', () => {
  expect(() => parse('sum(\n  a,\n')).toThrow('3:1: parse error: unexpected end of input');
  expect(() => parse('a +\n  foo(b)')).toThrow('2:3: parse error: unknown function with name "foo"');
});

test.each([
  ['parentheses', '('.repeat(5000) + 'a' + ')'.repeat(5000)],
  ['signs', `${'-'.repeat(5000)}a`],
  ['a chain', `a${' + a'.repeat(5000)}`],
  ['calls', `${'abs('.repeat(5000)}a${')'.repeat(5000)}`],
  ['durations', `a[${'('.repeat(5000)}5m`],
  ['signs of a duration', `a offset ${'-'.repeat(5000)}5m`],
  ['powers', `a${' ^ a'.repeat(5000)}`],
  ['length', 'a'.repeat(100_000)],
])('too much of a good thing is refused: %s', (_name, text) => {
  expect(() => parse(text)).toThrow(PromQLSyntaxError);
});

const WORDS = [
  'a', 'up', 'sum', 'rate', 'topk', 'by', 'without', 'on', 'ignoring', 'group_left', 'offset', 'bool', 'and', 'or', 'unless', 'atan2', 'inf', 'nan',
  'start', 'end', 'step', 'range', 'anchored', 'fill', '(', ')', '{', '}', '[', ']', ':', ',', '@', '=', '!=', '=~', '!~', '==', '<', '>=', '+', '-',
  '*', '/', '%', '^', '5m', '1h30m', '3', '1e3', '0x1f', '"x"', "'y'", '`z`', '"\\', '#', '\n', ' ', 'label_replace', 'é', '💥', '\\', '"', '_', '.5',
]; // prettier-ignore

test('never throws anything but PromQLSyntaxError, and prints what it reads', async () => {
  const noise = fc.oneof(
    fc.array(fc.constantFrom(...WORDS), { maxLength: 25 }).map((words) => words.join(' ')),
    fc.array(fc.constantFrom(...WORDS), { maxLength: 25 }).map((words) => words.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  await fuzz(
    fc.property(noise, (text) => {
      let expr: Expr;
      try {
        expr = parse(text);
      } catch (error) {
        expect(error).toBeInstanceOf(PromQLSyntaxError);
        return;
      }
      expect(bare(parse(format(expr)))).toEqual(bare(expr));
    }),
    2000,
  );
});

/** Expressions that are right, with everything that can be said. */
const { vector } = fc.letrec<{ vector: string; scalar: string; matrix: string }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('a', 'a{b="c"}', '{"d.e",f!~"g|h"}', 'a offset -5m', 'a @ 3', 'sum', 'a:b offset 1d @ end()', '{__name__=~"x.+"}'),
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom('+', '-', '^', '%', '== bool', '>', 'and', 'or on (x)', '* ignoring (y)', 'atan2', '/ on (x) group_left (z)'),
        tie('vector'),
      )
      .map((parts) => parts.join(' ')),
    fc.tuple(tie('scalar'), fc.constantFrom('+', '^', '<', '!= bool'), tie('vector')).map(([s, op, v]) => `((${s}) ${op} ${v})`),
    fc
      .tuple(fc.constantFrom('sum', 'avg by (x)', 'max without ("y.z")', 'topk by () (3, ', 'count_values("v",'), tie('vector'))
      .map(([op, v]) => (op.endsWith(',') || op.endsWith(', ') ? `${op}${v})` : `${op} (${v})`)),
    fc.tuple(fc.constantFrom('rate', 'last_over_time', 'deriv'), tie('matrix')).map(([name, m]) => `${name}(${m})`),
    tie('vector').map((v) => `-${v}`),
    tie('vector').map((v) => `(${v})`),
    tie('vector').map((v) => `label_replace(${v}, "a", "$1", "b", "(.*)\\\\d")`),
    tie('scalar').map((s) => `vector(${s})`),
  ),
  scalar: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('1', '-2', '1e-9', 'Inf', '-Inf', 'NaN', '5m', 'time()', '0x10', '-0', '1e300'),
    fc.double().map((value) => (Number.isNaN(value) ? 'NaN' : String(value).replace('Infinity', 'Inf'))),
    fc.tuple(tie('scalar'), fc.constantFrom('+', '-', '*', '^', '> bool'), tie('scalar')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('scalar').map((s) => `-(${s})`),
    tie('vector').map((v) => `scalar(${v})`),
  ),
  matrix: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('a[5m]', 'a{b="c"}[1h] offset 5m', 'a[5m] anchored @ start()', 'a[2 * step()]'),
    fc
      .tuple(tie('vector'), fc.constantFrom('[5m:]', '[1h:1m] offset -3s', '[1d:30s] @ 7', '[range():step()]'))
      .map(([v, r]) => `(${v})${r}`),
  ),
}));

test('what is right is read, and printed so that it reads the same', async () => {
  await fuzz(
    fc.property(vector, (text) => {
      const expr = parse(text);
      const printed = format(expr);
      expect(bare(parse(printed))).toEqual(bare(expr));
      expect(format(parse(printed))).toBe(printed);
    }),
    800,
  );
});
