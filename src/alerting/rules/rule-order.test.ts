import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { rulesBefore } from './rule-order.ts';
import { ruleFileSpec } from './rule-file-spec.ts';
import { rulesOfFile } from './rules-of-file.ts';

test.each([
  ['a chain', '{ record: a, expr: x }, { record: b, expr: a }, { alert: C, expr: b > 1 }', { b: ['a'], C: ['b'] }],
  ['independent ones', '{ record: a, expr: x }, { record: b, expr: x }, { alert: C, expr: x > 1 }', {}],
  ['one that reads what a later one writes', '{ alert: C, expr: a > 1 }, { record: a, expr: x }', { a: ['C'] }],
  [
    'one that reads any metric',
    '{ record: a, expr: x }, { alert: C, expr: "{job=\'x\'}" }, { record: b, expr: x }',
    { C: ['a'], b: ['C'] },
  ],
  ['one that reads alerts', '{ alert: C, expr: x }, { record: n, expr: count(ALERTS) }', { n: ['C'] }],
  ['the same name twice', '{ record: a, expr: x }, { record: a, expr: y }, { alert: C, expr: a }', { C: ['a', 'a'] }],
])('%s', (_, rules, expected) => {
  const group = rulesOfFile('f', ruleFileSpec.parse(parse(`groups: [{ name: g, rules: [${rules}] }]`)));
  const nameOf = new Map(group.map(({ key, name }) => [key, name]));
  const found = [...rulesBefore(group)].filter(([, keys]) => keys.length > 0).map(([key, keys]) => [nameOf.get(key), keys.map((one) => nameOf.get(one))]); // prettier-ignore
  expect(Object.fromEntries(found)).toEqual(expected);
});
