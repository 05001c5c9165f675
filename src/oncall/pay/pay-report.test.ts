import { expect, test } from 'vitest';
import { dutiesBetween } from '../fairness/duty.ts';
import type { Service } from '../fairness/share.ts';
import { payCsv, payReport } from './pay-report.ts';
import { paySpec } from './pay-kind.ts';

const at = (text: string): number => Date.parse(text);
const berlin = { timeZone: 'Europe/Berlin', dayOff: () => false };
const service = (person: string, layer: Service['layer'], from: string, to: string): Service => ({ person, layer, shift: from, duties: dutiesBetween(at(from), at(to), berlin) }); // prettier-ignore
const services = [
  service('ana', 'primary', '2026-11-23T08:00:00Z', '2026-11-30T08:00:00Z'),
  service('ben', 'secondary', '2026-11-23T08:00:00Z', '2026-11-30T08:00:00Z'),
  service('ben', 'primary', '2026-11-30T08:00:00Z', '2026-12-01T08:00:00Z'),
];

test.each([
  ['a rate', { rate: 4 }, [67_200, 43_200]],
  ['15 percent of a wage', { share: 15, wage: 40 }, [100_800, 64_800]],
  ['15 percent, with a wage of her own', { share: 15, wage: 40, wages: { ana: 50 } }, [126_000, 64_800]],
  ['a wage that is known of one only', { share: 15, wages: { ana: 50 } }, [126_000, null]],
  // 63 of 168 hours are at night; 48 at the weekend, of which 18 are at night too and count as the higher of both.
  ['factors: the highest that fits', { rate: 1, secondary: 0, night: 2, weekend: 3 }, [45 * 2 * 100 + 48 * 3 * 100 + 75 * 100, 3_300]],
])('%s', (_, spec, cents) => {
  expect(payReport(paySpec.parse({ currency: 'EUR', ...spec }), services).map((row) => row.cents)).toEqual(cents);
});

test.each([
  [{ currency: 'EUR' }, 'say either `rate` or `share`'],
  [{ currency: 'EUR', rate: 1, share: 15, wage: 1 }, 'say either `rate` or `share`'],
  [{ currency: 'EUR', share: 15 }, '`share` is of a wage'],
  [{ currency: 'euro', rate: 1 }, 'a currency by its three letters'],
])('refuses %o', (spec, message) => expect(paySpec.safeParse(spec).error?.message).toContain(message));

test('CSV: quotes, and no formula', () => {
  const row = { hours: 1.5, counted: 2, rate: 4, cents: 800 };
  expect(payCsv([{ ...row, person: 'ana', title: '=HYPERLINK("x"), Ana' }, { ...row, person: 'ben', title: 'Ben', rate: null, cents: null }], 'EUR')).toBe(
    'person,name,hours,counted,rate,amount,currency\r\nana,"\'=HYPERLINK(""x""), Ana",1.50,2.00,4.0000,8.00,EUR\r\nben,Ben,1.50,2.00,,,EUR\r\n',
  );
}); // prettier-ignore
