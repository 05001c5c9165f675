import { expect, test } from 'vitest';
import { actorName, bytes, clockTime, duration, nearOne, number, percent, plural, relative, sentenceList, stopwatch } from './format.ts';

/** Non-breaking spaces as plain ones, for readable tables. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [null, '–'],
  [NaN, '–'],
  [Infinity, '∞'],
  [0, '0'],
  [0.000012, '1.2e-5'],
  [0.0421, '0.042'],
  [4.26, '4.3'],
  [12.6, '13'],
  [417.3, '417'],
  [999.7, '1k'],
  [12_345, '12k'],
  [-1_500, '-1.5k'],
  [3_000_000, '3M'],
])('number(%s) is %s', (value, text) => expect(number(value)).toBe(text));

test.each([
  [0.123, '12 %'],
  [1.5, '150 %'],
  [0.0004, '0.04 %'],
  [34.56, '3,500 %'],
  [null, '–'],
])('percent(%s) is %s', (value, text) => expect(plain(percent(value))).toBe(text));

test.each([
  [1, '100 %'],
  [0.99934, '99.934 %'],
  [0.9, '90 %'],
  [0.988, '98.8 %'],
  [0.5, '50 %'],
  [0.999999999, '100.000000 %'],
  [null, '–'],
])('nearOne(%s) is %s: as many digits as tell it from one', (value, text) => expect(plain(nearOne(value))).toBe(text));

test.each([
  [230, '230 ms'],
  [1_400, '1.4 s'],
  [45_000, '45 s'],
  [119_000, '119 s'],
  [14 * 60_000, '14 min'],
  [72 * 60_000, '1 h 12 min'],
  [3_600_000, '1 h'],
  [3 * 86_400_000 + 7_200_000, '3 d 2 h'],
  [-60_000, '−60 s'],
  [null, '–'],
])('duration(%s) is %s', (ms, text) => expect(plain(duration(ms))).toBe(text));

test.each([
  [0, '0:00'],
  [847_000, '14:07'],
  [3_753_000, '1:02:33'],
  [-61_000, '−1:01'],
])('stopwatch(%s) is %s', (ms, text) => expect(stopwatch(ms)).toBe(text));

test.each([
  [-1_000, 'just now'],
  [-6_400, '6 s ago'],
  [-4 * 60_000, '4 min ago'],
  [-26 * 3_600_000 - 60_000, '26 h ago'],
  [2 * 3_600_000 + 600_000, 'in 2 h'],
])('relative(now %s ms) is %s', (offset, text) => expect(plain(relative(1_800_000_000_000 + offset, 1_800_000_000_000))).toBe(text));

test.each([
  [512, '512 B'],
  [16 * 2 ** 30, '16 GiB'],
  [1_500_000, '1.4 MiB'],
])('bytes(%s) is %s', (value, text) => expect(plain(bytes(value))).toBe(text));

test('a time of another day says the day', () => {
  const now = new Date(2026, 10, 21, 3, 0).getTime();
  expect(clockTime(new Date(2026, 10, 21, 1, 5).getTime(), now)).toBe('01:05');
  expect(clockTime(new Date(2026, 10, 19, 23, 5).getTime(), now)).toBe('Thu 19 Nov, 23:05');
  expect(clockTime(new Date(2025, 0, 2, 23, 5).getTime(), now)).toBe('2 Jan 2025, 23:05');
  expect(clockTime('rubbish', now)).toBe('–');
});

test('words', () => {
  expect([plural(1, 'incident'), plural(2, 'incident')]).toEqual(['1 incident', '2 incidents']);
  expect([sentenceList([]), sentenceList(['a']), sentenceList(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  expect(['person:ana', 'token:ci', 'nines'].map(actorName)).toEqual(['ana', 'ci', 'nines']);
});
