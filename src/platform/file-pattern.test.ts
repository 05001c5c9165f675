import { expect, test } from 'vitest';
import { matchesPattern } from './file-pattern.ts';

test.each([
  ['a/b.yml', 'a/*.yml', true],
  ['a/b.yml', '*.yml', false],
  ['a/b.yml', 'a/?.yml', true],
  ['a/b.yml', 'a/[a-c].yml', true],
  ['a/b.yml', 'a/[^a-c].yml', false],
  ['a/*.yml', 'a/\\*.yml', true],
  ['a/b.yml', 'a/\\*.yml', false],
  ['a/b.yml', 'a/b.yml*', true],
  ['abcabd', '*ab?', true],
  ['a', '[', false],
  ['', '*', true],
])('%s fits %s: %s', (path, pattern, expected) => expect(matchesPattern(path, pattern)).toBe(expected));

test('a pattern of stars is soon decided', () => {
  const began = performance.now();
  expect(matchesPattern('a'.repeat(5_000), '*a'.repeat(500) + 'b')).toBe(false);
  expect(performance.now() - began).toBeLessThan(1_000);
});
