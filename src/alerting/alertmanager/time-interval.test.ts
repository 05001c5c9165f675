import { expect, test } from 'vitest';
import { inAnyInterval, timeInterval } from './time-interval.ts';

const office = { weekdays: ['monday:friday'], times: [{ start_time: '09:00', end_time: '17:00' }] };
const berlin = { ...office, location: 'Europe/Berlin' };

test.each<[string, unknown, string, boolean]>([
  ['within', office, '2026-11-20T09:00:00Z', true],
  ['the end is not part of it', office, '2026-11-20T17:00:00Z', false],
  ['a Saturday', office, '2026-11-21T12:00:00Z', false],
  ['local winter time', berlin, '2026-11-20T08:00:00Z', true],
  ['local summer time', berlin, '2026-07-17T07:00:00Z', true],
  ['before the office opens in winter', berlin, '2026-11-20T07:00:00Z', false],
  ['the day on which summer time ends', { ...berlin, weekdays: ['sunday'] }, '2026-10-25T15:59:00Z', true],
  ['an hour later it is 17:00', { ...berlin, weekdays: ['sunday'] }, '2026-10-25T16:00:00Z', false],
  ['the whole day', { times: [{ start_time: '00:00', end_time: '24:00' }] }, '2026-11-20T23:59:59Z', true],
  ['the last three days of February', { days_of_month: ['-3:-1'] }, '2026-02-26T00:00:00Z', true],
  ['not the fourth from its end', { days_of_month: ['-3:-1'] }, '2026-02-25T23:00:00Z', false],
  ['cut at the end of the month', { days_of_month: ['28:31'] }, '2026-02-28T00:00:00Z', true],
  ['from the tenth to the last but one', { days_of_month: ['10:-2'] }, '2026-04-30T00:00:00Z', false],
  ['months by name and number', { months: ['march:4'] }, '2026-04-30T00:00:00Z', true],
  ['years', { years: ['2020:2025', 2026] }, '2026-04-30T00:00:00Z', true],
  ['another year', { years: ['2020:2025'] }, '2026-04-30T00:00:00Z', false],
  ['nothing said is always', {}, '2026-04-30T00:00:00Z', true],
])('%s', (_, interval, at, expected) => {
  expect(inAnyInterval([timeInterval.parse(interval)], Date.parse(at))).toBe(expected);
});

test.each<[unknown, string]>([
  [{ weekdays: ['friday:monday'] }, 'ends before it begins'],
  [{ weekdays: ['fri'] }, "'fri' is not a weekday"],
  [{ months: ['0:3'] }, 'months are 1 to 12'],
  [{ days_of_month: ['0'] }, 'days are 1 to 31'],
  [{ days_of_month: ['5:1'] }, 'ends before'],
  [{ days_of_month: ['-5:3'] }, 'from the end'],
  [{ times: [{ start_time: '25:00', end_time: '26:00' }] }, 'not a time of day'],
  [{ times: [{ start_time: '22:00', end_time: '06:00' }] }, 'write what passes midnight as two'],
  [{ times: [{ start_time: '24:01', end_time: '24:02' }] }, 'not a time of day'],
  [{ location: 'Europe/Berln' }, "did you mean 'Europe/Berlin'"],
  [{ location: 'Local' }, "in place of 'Local'"],
])('%j is refused', (interval, problem) => {
  expect(
    timeInterval
      .safeParse(interval)
      .error?.issues.map(({ message }) => message)
      .join(),
  ).toContain(problem);
});
