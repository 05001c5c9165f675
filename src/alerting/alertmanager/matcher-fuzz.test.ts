/** Any text is refused with its place or read, soon; and what classic matchers mean is what amtool takes them for. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { roundsOf } from '../../../test/harness/campaigns.mjs';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { formatMatcher, labelTest, MatcherError, parseMatchers } from './matcher.ts';

const piece = fc.oneof(
  fc.constantFrom('{', '}', ',', '=', '!=', '=~', '!~', '"', "'", '`', '\\', '\\"', '\\n', ' ', '\n', '\t', '\ud83d', 'é', '🔥', '\0'),
  fc.constantFrom('a', 'foo_bar', 'über', '0', '"quoted name"', '"v"', '".*"', '"(a|b)+"', '"a{2}"', '"("', '[[:alpha:]]', '\\d+', '(?i)x', '(a+)+$'),
  fc.string({ maxLength: 5 }),
); // prettier-ignore

test('pieces in any order', async () => {
  const text = fc.array(piece, { maxLength: 25 }).map((parts) => parts.join(''));
  const check = (given: string, value: string): void => {
    try {
      const matchers = parseMatchers(given);
      expect(matchers.length).toBeGreaterThan(0);
      // Read again as it is written, it is the same, and it answers for any alert.
      expect(parseMatchers(`{${matchers.map(formatMatcher).join(',')}}`)).toEqual(matchers);
      expect(typeof labelTest(matchers)({ a: value, foo_bar: value })).toBe('boolean');
    } catch (error) {
      expect(error).toBeInstanceOf(MatcherError);
      expect((error as MatcherError).at).toBeLessThanOrEqual(given.length);
    }
  };
  await fuzz(fc.property(text, fc.string({ maxLength: 60 }), check), 4_000);
});

test.each([
  ['an expression that backtracks', `a=~"${'(x+x+)+'.repeat(8)}y"`, { a: 'x'.repeat(5_000) }],
  ['many of them', Array.from({ length: 1_500 }, (_, i) => `a${i}=~".*"`).join(','), {}],
  ['braces without end', `a=${'{'.repeat(19_000)}`, { a: '' }],
  ['escapes without end', `a="${'\\'.repeat(19_000)}"`, { a: '' }],
])('%s takes no time', (_, text, labels) => {
  const began = performance.now();
  try {
    labelTest(parseMatchers(text))(labels);
  } catch (error) {
    expect(error).toBeInstanceOf(MatcherError);
  }
  expect(performance.now() - began).toBeLessThan(1_000);
});

const folder = mkdtempSync(join(tmpdir(), 'nines-matchers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const noAmtool = spawnSync('amtool', ['--version']).status !== 0;

/** What amtool makes of texts, each the matcher of a route; undefined where it refuses the file. */
function asAmtoolReads(texts: readonly string[]): string[] | undefined {
  const file = join(folder, 'alertmanager.yml');
  const routes = texts.map((one) => ({ receiver: 'b', matchers: [one] }));
  writeFileSync(file, JSON.stringify({ route: { receiver: 'a', routes }, receivers: [{ name: 'a' }, { name: 'b' }] }));
  const { status, stdout } = spawnSync('amtool', ['config', 'routes', 'show', `--config.file=${file}`], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return status === 0 ? stdout.split('\n').flatMap((line) => /[├└]── (\{.*\}) {2}receiver: b$/.exec(line)?.[1] ?? []) : undefined;
}
const normal = (text: string): string => `{${parseMatchers(text).map(formatMatcher).sort().join(',')}}`;
const refused = (text: string): boolean => {
  try {
    parseMatchers(text);
    return false;
  } catch {
    return true;
  }
};

/** One that amtool refuses, of several in which there is one. */
function refusedAmong(texts: readonly string[]): string | undefined {
  if (texts.length <= 1) return texts[0];
  const half = texts.slice(0, texts.length / 2);
  return refusedAmong(asAmtoolReads(half) === undefined ? half : texts.slice(texts.length / 2));
}

const name = fc.constantFrom('a', 'b_1', 'C', '_x');
const space = fc.constantFrom('', '', ' ', '  ');
const op = fc.constantFrom('=', '!=', '=~', '!~');
const bare = fc.stringMatching(/^[a-zA-Z0-9_.*+|:/ -]{0,8}$/);
const quoted = fc.array(fc.constantFrom('a', 'é', '\\"', '\\\\', '\\n', ',', '{', '}', '=', '|', ' ', '.*', '"'), { maxLength: 6 }).map((parts) => `"${parts.join('')}"`); // prettier-ignore
const classic = fc.tuple(space, name, space, op, space, fc.oneof(bare, quoted)).map((parts) => parts.join(''));
const several = fc.array(classic, { minLength: 1, maxLength: 3 }).map((list) => list.join(','));
const written = fc.oneof(several, several.map((text) => `{${text}}`), several.map((text) => `${text},`)); // prettier-ignore

test.skipIf(noAmtool)('classic matchers are read as amtool reads them', { timeout: 3_600_000 }, () => {
  const all = [...new Set(fc.sample(written, { numRuns: roundsOf('matchers'), seed: 20_261_121 }))];
  // Quotes that meet by chance may make a quoted name of what stands between them, which this amtool doesn't know.
  const good = all.filter((text) => !refused(text) && parseMatchers(text).every(({ name: one }) => /^[a-zA-Z_:][\w:]*$/.test(one)));
  expect(good.length).toBeGreaterThan(all.length / 4);
  const read = asAmtoolReads(good);
  if (read === undefined) expect(refusedAmong(good)).toBeUndefined();
  // amtool shows those of a route in an order of its own.
  expect(read!.map((one) => `{${parseMatchers(one).map(formatMatcher).sort().join(',')}}`)).toEqual(good.map(normal)); // prettier-ignore
  const bad = all.filter(refused).slice(0, 8);
  expect(bad.filter((text) => asAmtoolReads([text]) !== undefined)).toEqual([]);
});
