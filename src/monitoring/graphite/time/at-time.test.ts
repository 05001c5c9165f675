import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../../test/harness/fuzz.ts';
import { Problem } from '../../../platform/problem.ts';
import { parseAtTime } from './at-time.ts';
import { parseTimeOffset } from './time-offset.ts';
import { wallAt } from './zone.ts';

/** Sunday. */
const NOW = Date.parse('2015-05-17T12:34:56Z') / 1000;
const at = (text: string, zone = 'UTC'): string => new Date(parseAtTime(text, zone, NOW) * 1000).toISOString().replace('.000', '');

test.each([
  ['now', '2015-05-17T12:34:56Z'],
  ['', '2015-05-17T12:34:56Z'],
  ['-1h', '2015-05-17T11:34:56Z'],
  ['now-2d', '2015-05-15T12:34:56Z'],
  ['now+90min', '2015-05-17T14:04:56Z'],
  ['-1d12h', '2015-05-16T00:34:56Z'],
  ['-1mon', '2015-04-17T12:34:56Z'],
  ['-1y', '2014-05-17T12:34:56Z'],
  ['midnight', '2015-05-17T00:00:00Z'],
  ['noon', '2015-05-17T12:00:00Z'],
  ['teatime', '2015-05-17T16:00:00Z'],
  ['midnight-1d', '2015-05-16T00:00:00Z'],
  ['yesterday', '2015-05-16T00:00:00Z'],
  ['tomorrow', '2015-05-18T00:00:00Z'],
  ['6am+yesterday', '2015-05-16T06:00:00Z'],
  ['6pm today', '2015-05-17T18:00:00Z'],
  ['12pm', '2015-05-17T00:00:00Z'],
  ['8:50', '2015-05-17T08:50:00Z'],
  ['8:50pm', '2015-05-17T20:50:00Z'],
  ['20150101', '2015-01-01T00:00:00Z'],
  ['04:00_20110501', '2011-05-01T04:00:00Z'],
  ['16:00_20110501+1d', '2011-05-02T16:00:00Z'],
  ['5/17/15', '2015-05-17T00:00:00Z'],
  ['12/31/99', '1999-12-31T00:00:00Z'],
  ['may7', '2015-05-07T00:00:00Z'],
  ['sunday', '2015-05-17T00:00:00Z'],
  ['monday', '2015-05-11T00:00:00Z'],
  ['noon saturday', '2015-05-16T12:00:00Z'],
  ['1431866096', '2015-05-17T12:34:56Z'],
])('%s', (text, expected) => {
  expect(at(text)).toBe(expected);
});

test.each([
  ['midnight', 'Europe/Berlin', '2015-05-16T22:00:00Z'],
  ['noon', 'America/New_York', '2015-05-17T16:00:00Z'],
  ['20150329', 'Europe/Berlin', '2015-03-28T23:00:00Z'],
  ['20150330', 'Europe/Berlin', '2015-03-29T22:00:00Z'],
  ['20151025', 'Europe/Berlin', '2015-10-24T22:00:00Z'],
  ['20151026', 'Europe/Berlin', '2015-10-25T23:00:00Z'],
])('%s in %s, summer time or not', (text, zone, expected) => {
  expect(at(text, zone)).toBe(expected);
});

test.each(['nonsense', '25:00', '13/1/15', '2/30/15', 'may', '20151399x', '-1', '-1fortnight', '1-', '99999999999999'])('%s is refused', (text) => {
  expect(() => parseAtTime(text, 'UTC', NOW)).toThrow(Problem);
}); // prettier-ignore

test.each([
  ['1h', 3600],
  ['-1h30min', -5400],
  ['+2w', 1_209_600],
  ['10s', 10],
])('an offset of %s', (text, seconds) => {
  expect(parseTimeOffset(text)).toBe(seconds);
});

test('any text is a time or is refused', async () => {
  const word = fc.constantFrom('now', '-', '+', '1', '12', ':', '30', 'am', 'pm', 'noon', 'midnight', 'may', 'mon', '/', '2015', 'd', 'h', 'yesterday', '_', ' ', 'é');
  await fuzz(
    fc.property(fc.oneof(fc.string(), fc.array(word, { maxLength: 12 }).map((words) => words.join(''))), (text) => {
      try {
        expect(parseAtTime(text, 'Europe/Berlin', NOW)).toBeTypeOf('number');
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
    }),
    2_000,
  );
}); // prettier-ignore

test('every minute of a year is on the wall of its zone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1e9, max: 2e9 }), (seconds) => {
      const { year, month, day, hour, minute } = wallAt(seconds, 'Europe/Berlin');
      const two = (number: number): string => String(number).padStart(2, '0');
      const back = parseAtTime(`${two(hour)}:${two(minute)}_${year}${two(month)}${two(day)}`, 'Europe/Berlin', NOW);
      // The hour that there is twice is meant the second time.
      expect([0, 3600]).toContain(back - (seconds - (seconds % 60)));
    }),
  );
});
