import { expect, test } from 'vitest';
import { parse } from '../../monitoring/promql/index.ts';
import { isPattern, selectorOf } from './graphite-path.ts';

test.each([
  ['servers.*.cpu', String.raw`servers\.[^.]*\.cpu`],
  ['servers.web?.load', String.raw`servers\.web[^.]\.load`],
  ['web{1,2}.load', String.raw`web(?:1|2)\.load`],
  ['web[0-9].load.**', String.raw`web[0-9]\.load\.[^.]*`],
  ['odd{.[.]+$', String.raw`odd\{\.\[\.\]\+\$`],
])('%s', (pattern, regexp) => {
  expect(isPattern(pattern)).toBe(true);
  const selector = selectorOf(pattern);
  expect(selector).toBe(`{__name__=~${JSON.stringify(regexp)}}`);
  expect(() => new RegExp(`^(?:${regexp})$`)).not.toThrow();
  expect(() => parse(selector)).not.toThrow();
});
