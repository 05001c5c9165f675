import { expect, test } from 'vitest';
import { isQuiet, quietEnds, ticketTime, type WorkingHours } from './quiet-hours.ts';

const night = { from: '22:00', to: '07:00' };
const berlin = { timeZone: 'Europe/Berlin', quietHours: night };
const time = (text: string): number => Date.parse(text);

test.each([
  ['in the evening', berlin, '2026-11-21T21:30Z', '2026-11-22T06:00Z'],
  ['at night', berlin, '2026-11-22T03:00Z', '2026-11-22T06:00Z'],
  ['the first minute', berlin, '2026-11-21T21:00Z', '2026-11-22T06:00Z'],
  ['not when they end', berlin, '2026-11-22T06:00Z', null],
  ['not by day', berlin, '2026-11-22T12:00Z', null],
  ['the night that is an hour shorter', berlin, '2026-03-28T22:00Z', '2026-03-29T05:00Z'],
  ['the night that is an hour longer', berlin, '2026-10-24T21:00Z', '2026-10-25T06:00Z'],
  ['a nap', { timeZone: 'UTC', quietHours: { from: '13:00', to: '14:00' } }, '2026-11-22T13:30Z', '2026-11-22T14:00Z'],
  ['after a nap', { timeZone: 'UTC', quietHours: { from: '13:00', to: '14:00' } }, '2026-11-22T23:30Z', null],
  ['without any', { timeZone: 'UTC' }, '2026-11-22T03:00Z', null],
])('%s', (_, person, now, ends) => {
  expect(isQuiet(person, time(now))).toBe(ends !== null);
  expect(quietEnds(person, time(now))).toBe(time(ends ?? now));
});

const office: WorkingHours = { from: '09:00', to: '17:00', days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] };
test.each<[string, WorkingHours | undefined, string, string]>([
  ['at work: at once', office, '2026-11-20T10:00Z', '2026-11-20T10:00Z'],
  ['Friday evening: Monday morning', office, '2026-11-20T18:00Z', '2026-11-23T08:00Z'],
  ['before work: when it begins', office, '2026-11-20T05:00Z', '2026-11-20T08:00Z'],
  ['work at night, and quiet hours: their end', { ...office, from: '05:00' }, '2026-11-20T02:00Z', '2026-11-20T06:00Z'],
  ['without working hours: the end of quiet hours', undefined, '2026-11-21T02:00Z', '2026-11-21T06:00Z'],
])('a ticket, %s', (_, hours, now, expected) => expect(ticketTime(berlin, hours, time(now))).toBe(time(expected)));

test('hours that leave no time at all do not hang', () => {
  expect(ticketTime(berlin, { ...office, from: '23:00', to: '23:30' }, time('2026-11-20T10:00Z'))).toBeGreaterThan(0);
});
