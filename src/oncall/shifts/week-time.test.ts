import { expect, test } from 'vitest';
import { isWithinWeekTime, type WeekTime } from './week-time.ts';

const office: WeekTime = { days: ['monday', 'friday'], from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' };
const nights: WeekTime = { days: ['friday'], from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const always: WeekTime = { from: '00:00', to: '00:00', timeZone: 'UTC' };

test.each<[string, WeekTime, string, boolean]>([
  ['as it begins', office, '2026-11-23T08:00:00Z', true],
  ['just before', office, '2026-11-23T07:59:59.999Z', false],
  ['as it ends', office, '2026-11-23T16:00:00Z', false],
  ['just before it ends', office, '2026-11-23T15:59:59.999Z', true],
  ['on another day', office, '2026-11-24T12:00:00Z', false],
  ['in the evening of its day', nights, '2026-11-27T21:00:00Z', true],
  ['on the morning after', nights, '2026-11-28T05:59:59Z', true],
  ['as that morning ends', nights, '2026-11-28T06:00:00Z', false],
  ['on the morning of its day, which is of the night before', nights, '2026-11-27T05:00:00Z', false],
  ['the evening after', nights, '2026-11-28T22:00:00Z', false],
  ['from midnight to midnight is always', always, '2026-11-28T00:00:00Z', true],
  // Clocks go back at 03:00 on Sunday 25 October: 02:30 comes twice, both before 07:00.
  ['both times in the hour that comes twice', { ...nights, days: ['saturday'] }, '2026-10-25T00:30:00Z', true],
  ['both times in the hour that comes twice', { ...nights, days: ['saturday'] }, '2026-10-25T01:30:00Z', true],
  ['07:00 stays 07:00', { ...nights, days: ['saturday'] }, '2026-10-25T05:59:00Z', true],
  ['07:00 stays 07:00', { ...nights, days: ['saturday'] }, '2026-10-25T06:00:00Z', false],
])('%s', (_, when, at, expected) => expect(isWithinWeekTime(when, Date.parse(at))).toBe(expected));
