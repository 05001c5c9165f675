import { expect, test } from 'vitest';
import type { Shift } from '../../../../src/oncall/contract.ts';
import { localField } from '../../ui/local-field.ts';
import { calendarMonths, calendarSpan } from './calendar-days.ts';

const local = (text: string): number => new Date(text).getTime();
const shift = (from: string, to: string, name: string): Shift => ({
  from: new Date(local(from)).toISOString(),
  to: new Date(local(to)).toISOString(),
  primary: { name, title: name },
  secondary: null,
  shadows: [],
  insteadOf: null,
  layer: 'rotation',
});

test('a month of weeks from Monday on, each day with its shifts', () => {
  const shifts = [shift('2026-10-26T09:00', '2026-11-02T09:00', 'ana'), shift('2026-11-02T09:00', '2026-11-09T09:00', 'ben')];
  const [november] = calendarMonths(shifts, local('2026-11-21T12:00'), 1);
  expect(november?.weeks.map((week) => week.map(({ dayOfMonth }) => dayOfMonth))).toEqual([
    [26, 27, 28, 29, 30, 31, 1],
    [2, 3, 4, 5, 6, 7, 8],
    [9, 10, 11, 12, 13, 14, 15],
    [16, 17, 18, 19, 20, 21, 22],
    [23, 24, 25, 26, 27, 28, 29],
    [30, 1, 2, 3, 4, 5, 6],
  ]);
  const monday = november?.weeks[1]?.[0];
  expect(monday?.parts.map((part) => [part.shift.primary?.name, part.begins])).toEqual([
    ['ana', false],
    ['ben', true],
  ]);
  expect(november?.weeks[0]?.map(({ inMonth }) => inMonth).filter(Boolean)).toHaveLength(1);
  expect(november?.weeks[1]?.map(({ weekend }) => weekend)).toEqual([false, false, false, false, false, true, true]);
});

test('asks for all the days that are shown', () => {
  const { from, to } = calendarSpan(local('2026-11-21T12:00'), 4);
  expect([localField(from), localField(to)]).toEqual(['2026-10-26T00:00', '2027-03-08T00:00']);
});
