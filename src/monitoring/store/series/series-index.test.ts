import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Labels, Matcher } from '../../series.ts';
import { SeriesIndex } from './series-index.ts';

const NAMES = ['__name__', 'job', 'code'];
const VALUES = ['', 'a', 'b', 'ab', '500'];
const EXPRESSIONS = ['', 'a', 'a|b', 'a.*', '.*', '.+', 'b|', '[ab]+', '5..', 'none'];

const labels = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES));
const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({
    name: fc.constantFrom(...NAMES, 'absent'),
    op: fc.constantFrom('=' as const, '!=' as const),
    value: fc.constantFrom(...VALUES),
  }),
  fc.record({
    name: fc.constantFrom(...NAMES, 'absent'),
    op: fc.constantFrom('=~' as const, '!~' as const),
    value: fc.constantFrom(...EXPRESSIONS),
  }),
);

/** What a matcher means, said without an index. */
function matches(one: Labels, { name, op, value }: Matcher): boolean {
  const actual = one[name] ?? '';
  const is = op === '=' || op === '!=' ? actual === value : new RegExp(`^(?:${value})$`, 's').test(actual);
  return is === (op === '=' || op === '=~');
}

test('select finds exactly the series that match every matcher', () => {
  fc.assert(
    fc.property(fc.array(labels, { maxLength: 60 }), fc.array(fc.array(matcher, { maxLength: 4 }), { maxLength: 5 }), (all, queries) => {
      const index = new SeriesIndex(1000);
      for (const one of all) if (index.find(one) === 0) index.add(one);
      const known = Array.from({ length: index.end - 1 }, (_, i) => i + 1);
      for (const query of queries) {
        const expected = known.filter((id) => query.every((one) => matches(index.labelsOf(id) ?? {}, one)));
        expect([...index.select(query)]).toEqual(expected);
      }
      for (const one of all) {
        const kept = index.labelsOf(index.find(one)) ?? {};
        expect(kept).toEqual(Object.fromEntries(Object.entries(one).filter(([, value]) => value !== '')));
      }
    }),
    { numRuns: 500 },
  );
});

test('many series keep their ids, whatever the order of their labels', () => {
  const index = new SeriesIndex(100_000);
  for (let i = 1; i <= 20_000; i++) expect(index.add({ __name__: 'm', i: String(i), job: 'j' })).toBe(i);
  for (let i = 1; i <= 20_000; i += 7) expect(index.find({ job: 'j', empty: '', i: String(i), __name__: 'm' })).toBe(i);
  expect(index.find({ __name__: 'm', i: '1' })).toBe(0);
  expect(index.labelNames().sort((a, b) => (a < b ? -1 : 1))).toEqual(['__name__', 'i', 'job']);
  expect(index.labelValues('job')).toEqual(['j']);
});
