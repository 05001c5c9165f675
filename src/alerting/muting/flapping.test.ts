import { array, assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { calmAt, DEFAULT_FLAPPING, isFlapping, weightedChanges } from './flapping.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-24T10:00:00Z');
const ago = (...minutes: number[]): number[] => minutes.map((one) => NOW - one * MINUTE);

test.each([
  ['nothing', [], 0],
  ['now', ago(0), 1.2],
  ['half the window ago', ago(30), 1],
  ['out of the window', ago(60), 0],
  ['several', ago(45, 30, 15), 0.9 + 1 + 1.1],
])('%s weighs %s', (_, changes, weight) => expect(weightedChanges(changes, NOW, DEFAULT_FLAPPING)).toBeCloseTo(weight));

test.each([
  ['five changes are not enough', ago(5, 4, 3, 2, 1), false, false],
  ['six in a row are', ago(6, 5, 4, 3, 2, 1, 0), false, true],
  ['it goes on below the high threshold', ago(30, 20, 10, 0), true, true],
  ['until it is below the low one', ago(50, 40), true, false],
])('%s', (_, changes, before, flaps) => expect(isFlapping(changes, before, NOW, DEFAULT_FLAPPING)).toBe(flaps));

test('turned off it never flaps', () => {
  expect(isFlapping(ago(1, 1, 1, 1, 1, 1, 1, 1), false, NOW, { windowMs: 0, high: 1, low: 1 })).toBe(false);
});

test('it is calm when that is foretold, and not before', () => {
  assert(
    property(array(integer({ min: 0, max: 90 * MINUTE }), { maxLength: 40 }), (ages) => {
      const changes = ages.map((age) => NOW - age).sort((a, b) => a - b);
      const at = calmAt(changes, NOW, DEFAULT_FLAPPING);
      expect(isFlapping(changes, true, at, DEFAULT_FLAPPING)).toBe(false);
      if (at > NOW) expect(isFlapping(changes, true, at - 2, DEFAULT_FLAPPING)).toBe(true);
    }),
  );
});
