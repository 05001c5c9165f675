import { expect, test } from 'vitest';
import { dutiesBetween } from './duty.ts';
import { type Service, sharesOf } from './share.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const berlin = { timeZone: 'Europe/Berlin', dayOff: (date: string) => date === '2026-12-25' };
const hoursOf = (from: string, to: string): string => {
  const duties = dutiesBetween(at(from), at(to), berlin);
  const sum = (fits: (one: (typeof duties)[number]) => boolean): number => duties.filter(fits).reduce((all, { ms }) => all + ms, 0) / HOUR;
  return `${sum(() => true)} night ${sum((one) => one.night)} weekend ${sum((one) => one.weekend)} holiday ${sum((one) => one.holiday)}`;
};

test.each([
  ['a week', '2026-11-23T08:00:00Z', '2026-11-30T08:00:00Z', '168 night 63 weekend 48 holiday 0'],
  ['a working day', '2026-11-24T08:00:00Z', '2026-11-24T16:00:00Z', '8 night 0 weekend 0 holiday 0'],
  ['a night', '2026-11-24T21:00:00Z', '2026-11-25T06:00:00Z', '9 night 9 weekend 0 holiday 0'],
  ['a night in which clocks go back is ten hours', '2026-10-24T20:00:00Z', '2026-10-25T06:00:00Z', '10 night 10 weekend 10 holiday 0'],
  ['a night in which clocks go forward is eight', '2026-03-28T21:00:00Z', '2026-03-29T05:00:00Z', '8 night 8 weekend 8 holiday 0'],
  ['a holiday', '2026-12-24T23:00:00Z', '2026-12-25T23:00:00Z', '24 night 9 weekend 0 holiday 24'],
  ['nothing', '2026-12-24T23:00:00Z', '2026-12-24T23:00:00Z', '0 night 0 weekend 0 holiday 0'],
])('%s', (_, from, to, expected) => expect(hoursOf(from, to)).toBe(expected));

const service = (person: string, layer: Service['layer'], from: string, to: string): Service => ({ person, layer, shift: from, duties: dutiesBetween(at(from), at(to), berlin) }); // prettier-ignore
const services = [
  service('ana', 'primary', '2026-11-23T08:00:00Z', '2026-11-30T08:00:00Z'),
  service('ben', 'secondary', '2026-11-23T08:00:00Z', '2026-11-30T08:00:00Z'),
  service('ben', 'primary', '2026-11-30T08:00:00Z', '2026-12-01T08:00:00Z'),
];

test('shares: broken nights are counted as nights, pages as pages', () => {
  const woken = [
    { person: 'ana', page: 'p1', at: at('2026-11-24T22:00:00Z') },
    { person: 'ana', page: 'p1', at: at('2026-11-25T02:00:00Z') },
    { person: 'ana', page: 'p2', at: at('2026-11-25T12:00:00Z') },
    { person: 'ben', page: 'p1', at: at('2026-11-24T22:05:00Z') },
  ];
  expect(sharesOf(services, woken, () => 'Europe/Berlin')).toEqual([
    { person: 'ana', shifts: 1, primary: 168, secondary: 0, nights: 63, weekends: 48, holidays: 0, pages: 2, wakes: 1 },
    { person: 'ben', shifts: 1, primary: 24, secondary: 168, nights: 9, weekends: 0, holidays: 0, pages: 1, wakes: 1 },
  ]);
});
