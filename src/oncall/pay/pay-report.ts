import type { Duty } from '../fairness/duty.ts';
import type { Service } from '../fairness/share.ts';
import type { PaySpec } from './pay-kind.ts';

export interface PayRow {
  readonly person: string;
  /** On call, and what these hours count with their factors. */
  readonly hours: number;
  readonly counted: number;
  /** For a counted hour; null where there is no wage that `share` could be of. */
  readonly rate: number | null;
  /** In hundredths of the currency, rounded once, at the end. */
  readonly cents: number | null;
}

const HOUR_MS = 3_600_000;

/** What each person is paid for being on call, by name. Pure: the same shifts give the same sum. */
export function payReport(spec: PaySpec, services: readonly Service[]): PayRow[] {
  const people = [...new Set(services.map(({ person }) => person))].sort((a, b) => a.localeCompare(b));
  return people.map((person) => {
    const mine = services.filter((one) => one.person === person);
    const sum = (weigh: (duty: Duty, service: Service) => number): number =>
      mine.reduce((all, one) => all + one.duties.reduce((ms, duty) => ms + duty.ms * weigh(duty, one), 0), 0) / HOUR_MS;
    const hours = sum(() => 1);
    const counted = sum((duty, { layer }) => factorOf(spec, duty) * (layer === 'secondary' ? spec.secondary : 1));
    const rate = rateOf(spec, person);
    return { person, hours, counted, rate, cents: rate === null ? null : Math.round(counted * rate * 100) };
  });
}

const factorOf = (spec: PaySpec, { night, weekend, holiday }: Duty): number => {
  const fitting = [...(night ? [spec.night] : []), ...(weekend ? [spec.weekend] : []), ...(holiday ? [spec.holiday] : [])];
  return fitting.length === 0 ? 1 : Math.max(...fitting);
};

function rateOf({ rate, share, wage, wages }: PaySpec, person: string): number | null {
  if (rate !== undefined) return rate;
  const own = Object.hasOwn(wages, person) ? wages[person] : wage;
  return own === undefined || share === undefined ? null : (own * share) / 100;
}

/** As CSV (RFC 4180): a spreadsheet takes no cell of it for a formula. */
export function payCsv(rows: readonly (PayRow & { readonly title: string })[], currency: string): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  };
  const lines = rows.map(({ person, title, hours, counted, rate, cents }) =>
    [person, title, hours.toFixed(2), counted.toFixed(2), rate === null ? '' : rate.toFixed(4), cents === null ? '' : (cents / 100).toFixed(2), currency].map(cell).join(','),
  ); // prettier-ignore
  return `${['person,name,hours,counted,rate,amount,currency', ...lines].join('\r\n')}\r\n`;
}
