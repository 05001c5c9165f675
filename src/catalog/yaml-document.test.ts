import { expect, test } from 'vitest';
import { parseYaml } from './yaml-document.ts';

const text = `# a comment
a: 1
b:
  - x
  - y: [p, {q: r}]
    z:
"c d": &anchor
  inner: 5
e: *anchor
f:
  <<: *anchor
  own: 7
`;

test.each([
  [['a'], 'value', '2:4'],
  [['a'], 'key', '2:1'],
  [['b'], 'value', '3:1'],
  [['b', 0], 'value', '4:5'],
  [['b', 1], 'value', '5:5'],
  [['b', 1, 'y'], 'value', '5:8'],
  [['b', 1, 'y', 0], 'value', '5:9'],
  [['b', 1, 'y', 1, 'q'], 'value', '5:16'],
  [['b', 1, 'y', 1, 'q'], 'key', '5:13'],
  // Nothing stands behind the colon: the key is what can be pointed at.
  [['b', 1, 'z'], 'value', '6:5'],
  [['c d', 'inner'], 'value', '8:10'],
  // Where it is used, and for what is inside, where it is written.
  [['e'], 'value', '9:4'],
  [['e', 'inner'], 'value', '8:10'],
  [['f', 'inner'], 'value', '8:10'],
  [['f', 'own'], 'value', '12:8'],
  // What is missing is looked for in what should hold it.
  [['missing'], 'value', '2:1'],
  [['b', 1, 'missing'], 'value', '5:5'],
  [['b', 7], 'value', '3:1'],
  [['a', 'deeper', 'still'], 'value', '2:4'],
  [[], 'value', '2:1'],
] as [(string | number)[], 'key' | 'value', string][])('%j (%s) is at %s', (path, aim, place) => {
  const [document] = parseYaml(text);
  expect(document!.problems).toEqual([]);
  const { line, column } = document!.locate(path, aim);
  expect(`${line}:${column}`).toBe(place);
});

test.each([
  ['nothing', '', 0],
  ['comments', '# only\n# this\n', 0],
  ['empty documents', '---\n---\n# x\n...\n', 0],
  ['a byte order mark', '\uFEFFa: 1\n', 1],
  ['three', 'a: 1\n---\nb: 2\n---\nc: 3', 3],
])('documents in %s', (_, source, count) => {
  const documents = parseYaml(source);
  expect(documents).toHaveLength(count);
  expect(documents.flatMap(({ problems }) => problems)).toEqual([]);
});

test('values are those of YAML 1.2: no is a word, a time is a text, a date is a text', () => {
  const [document] = parseYaml("a: no\nb: 22:00\nc: 2026-03-01\nd: 0o17\ne: ~\nf: true\ng: 1.5\nh: '7'\n");
  expect(document!.value).toEqual({ a: 'no', b: '22:00', c: '2026-03-01', d: 15, e: null, f: true, g: 1.5, h: '7' });
});

test('a key named __proto__ is a key', () => {
  const [document] = parseYaml('__proto__: {polluted: true}\n');
  expect(Object.keys(document!.value as object)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

const bomb = `a: &a [${'x,'.repeat(9)}x]\n${'bcdefghij'
  .split('')
  .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]\n`).join('')}`; // prettier-ignore
const wide = `list: &list [${'x,'.repeat(50_000)}x]\nmany: [${'*list,'.repeat(900)}*list]\n`;
const hostile: [name: string, source: string, problem: string][] = [
  ['brackets without end', '['.repeat(900_000), '1:101 nested more than 100 levels deep'],
  ['lists in lists', '- '.repeat(400_000), '1:200 nested more than 100 levels deep'],
  ['keys of keys', '? '.repeat(400_000), '1:200 nested more than 100 levels deep'],
  ['blocks in blocks', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), '100:101 nested more than 100 levels deep'],
  ['a billion laughs', bomb, '1:1 aliases of aliases grow to more than 200000 values'],
  ['one list many times', wide, '1:1 more than 200000 values in one document'],
  ['aliases without number', `a: &a 1\nb: [${'*a,'.repeat(5_000)}*a]\n`, '2:3007 more than 1000 aliases in one file'],
  ['a NUL character', 'a: 1\nb: \0\n', '2:4 there is a NUL character here'],
];
test.each(hostile)('%s is refused, soon', (_, source, problem) => {
  const began = performance.now();
  const problems = parseYaml(source).flatMap((document) => document.problems);
  expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([problem]);
  // Quadratic or worse would take minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('a large plain mapping is read in a time that grows with its size, keys given twice included', () => {
  const source = `${Array.from({ length: 40_000 }, (_, i) => `key${i}: 1\n`).join('')}key7: 2\n`;
  const began = performance.now();
  const [document] = parseYaml(source);
  expect(document!.problems).toMatchObject([{ line: 40_001, column: 1, message: "the key 'key7' is given twice, first in line 8" }]);
  expect(performance.now() - began).toBeLessThan(10_000);
});
