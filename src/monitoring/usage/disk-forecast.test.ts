import { expect, test } from 'vitest';
import { forecastDisk, theilSen, type Grower } from './disk-forecast.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;
const GB = 1e9;

/** Bytes of the last hours, oldest first, growing by so much a day. */
const growing = (perDay: number, hours: number, bend: (bytes: number, hour: number) => number = (bytes) => bytes): Grower['points'] =>
  Array.from({ length: hours + 1 }, (_, hour) => [NOW - (hours - hour) * HOUR, bend(50 * GB + (perDay * hour) / 24, hour)] as const);

test.each<[string, Grower[], number, number | null | undefined]>([
  ['a gigabyte a day with ten free', [{ points: growing(GB, 72), steadyAt: undefined }], 10 * GB, 10],
  [
    'two parts add up',
    [
      { points: growing(GB, 72), steadyAt: undefined },
      { points: growing(3 * GB, 72), steadyAt: undefined },
    ],
    8 * GB,
    2,
  ],
  ['retention stops it before', [{ points: growing(GB, 72), steadyAt: NOW + 5 * DAY }], 10 * GB, null],
  ['retention comes too late', [{ points: growing(GB, 72), steadyAt: NOW + 11 * DAY }], 10 * GB, 10],
  [
    'one part stops, the other goes on',
    [
      { points: growing(GB, 72), steadyAt: NOW + 4 * DAY },
      { points: growing(GB, 72), steadyAt: undefined },
    ],
    10 * GB,
    6,
  ],
  ['it has been steady for long', [{ points: growing(0, 72), steadyAt: NOW - 10 * DAY }], GB, null],
  ['steady, but more comes than goes', [{ points: growing(GB, 72), steadyAt: NOW - 10 * DAY }], 10 * GB, 10],
  ['just become steady: the old slope says nothing', [{ points: growing(GB, 72), steadyAt: NOW - 2 * HOUR }], 10 * GB, null],
  ['it shrinks', [{ points: growing(-GB, 72), steadyAt: undefined }], GB, null],
  [
    'a merge halves it once',
    [{ points: growing(GB, 72, (bytes, hour) => (hour === 40 ? bytes / 2 : bytes)), steadyAt: undefined }],
    10 * GB,
    10,
  ],
  ['an hour of history is not there', [{ points: growing(GB, 0), steadyAt: undefined }], 10 * GB, undefined],
  ['no history at all', [], 10 * GB, undefined],
  ['nothing is left', [{ points: growing(GB, 72), steadyAt: undefined }], 0, 0],
  ['beyond five years', [{ points: growing(1, 72), steadyAt: undefined }], 10 * GB, null],
])('%s', (_what, growers, free, days) => {
  const forecast = forecastDisk(growers, free, NOW);
  if (days === undefined) return expect(forecast).toBeUndefined();
  if (days === null) return expect(forecast?.fullAt).toBeNull();
  expect(((forecast?.fullAt ?? NaN) - NOW) / DAY).toBeCloseTo(days, 3);
});

test('points of one time have no slope', () => expect(theilSen([[1, 1], [1, 5]])).toBe(0)); // prettier-ignore
