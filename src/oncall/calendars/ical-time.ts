import { Temporal } from 'temporal-polyfill';
import type { IcalLine } from './ical-lines.ts';

/** A DATE or DATE-TIME of iCalendar, in its own time zone. */
export interface IcalTime {
  /** Comparable among those of one form: `2026-12-25`, `2026-12-25T09:00:00` (floating), or `…Z`. */
  readonly key: string;
  readonly date: Temporal.PlainDate;
  /** Undefined for a whole day. */
  readonly time: Temporal.PlainTime | undefined;
  /** Milliseconds; floating times and days as if in UTC. */
  readonly epoch: number;
  /** The same time of another day. */
  on(day: { year: number; month: number; day: number }): IcalTime;
  /** The key of so many milliseconds later. */
  later(ms: number): string;
}

/** Throws an Error for what is no time, or a time zone that nobody knows. */
export function icalTime({ name, parameters, value }: IcalLine): IcalTime {
  const [, digits = '', clock, utc] = /^(\d{8})(?:T(\d{6})(Z)?)?$/.exec(value.trim()) ?? [];
  if (digits === '') throw new Error(`has a ${name} that is no time: '${value.slice(0, 40)}'`);
  try {
    const date = Temporal.PlainDate.from(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`);
    // A second 60 is one that UTC put in.
    const time = clock === undefined ? undefined : Temporal.PlainTime.from(`${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}`);
    const zone = utc !== undefined ? 'UTC' : time === undefined ? undefined : zoneNamed(parameters.get('TZID'));
    if (date.year < 1900 || date.year > 2200) throw new Error('too far');
    return make(date, time, zone);
  } catch (error) {
    if (error instanceof UnknownZone) throw error;
    throw new Error(`has a ${name} that does not exist: '${value.slice(0, 40)}'`, { cause: error });
  }
}

function make(date: Temporal.PlainDate, time: Temporal.PlainTime | undefined, zone: string | undefined): IcalTime {
  const on = (day: { year: number; month: number; day: number }): IcalTime => make(Temporal.PlainDate.from(day), time, zone);
  const local = date.toPlainDateTime(time);
  const { epochMilliseconds: epoch } = local.toZonedDateTime(zone ?? 'UTC');
  const keyOf = (at: number): string => {
    const iso = new Date(at).toISOString();
    return zone === undefined ? iso.slice(0, 19) : `${iso.slice(0, 19)}Z`;
  };
  return { key: time === undefined ? date.toString() : keyOf(epoch), date, time, epoch, on, later: (ms) => keyOf(epoch + ms) };
}

class UnknownZone extends Error {}

const known = new Map<string, string | undefined>();
const MOST_KNOWN = 1_000;

/** A time zone by its IANA name, also behind a path as some senders write it, or by Windows' name for it; undefined for a floating time. */
function zoneNamed(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (known.has(name)) return known.get(name);
  const city = /(?:^|\/)([A-Z][A-Za-z]{2,20}\/[A-Za-z_+-]{2,30}(?:\/[A-Za-z_]{2,30})?)$/.exec(name.slice(-90))?.[1];
  const zone = [WINDOWS[name], name, city].find((one) => one !== undefined && isZone(one));
  if (zone === undefined) throw new UnknownZone(`is in a time zone that nobody knows: '${name.slice(0, 60)}'`);
  if (known.size < MOST_KNOWN) known.set(name, zone);
  return zone;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format(0);
    return true;
  } catch {
    return false;
  }
}

/** Windows' names, as Outlook and Exchange write them (CLDR, windowsZones): those that people live in. */
const WINDOWS: Readonly<Record<string, string>> = {
  'W. Europe Standard Time': 'Europe/Berlin', 'Central Europe Standard Time': 'Europe/Budapest', 'Central European Standard Time': 'Europe/Warsaw',
  'Romance Standard Time': 'Europe/Paris', 'GMT Standard Time': 'Europe/London', 'Greenwich Standard Time': 'Atlantic/Reykjavik',
  'E. Europe Standard Time': 'Europe/Chisinau', 'FLE Standard Time': 'Europe/Kyiv', 'GTB Standard Time': 'Europe/Bucharest',
  'Turkey Standard Time': 'Europe/Istanbul', 'Russian Standard Time': 'Europe/Moscow', 'Israel Standard Time': 'Asia/Jerusalem',
  'South Africa Standard Time': 'Africa/Johannesburg', 'Egypt Standard Time': 'Africa/Cairo', 'W. Central Africa Standard Time': 'Africa/Lagos',
  'E. Africa Standard Time': 'Africa/Nairobi', 'Arabian Standard Time': 'Asia/Dubai', 'Arab Standard Time': 'Asia/Riyadh',
  'Pakistan Standard Time': 'Asia/Karachi', 'India Standard Time': 'Asia/Kolkata', 'Nepal Standard Time': 'Asia/Kathmandu',
  'SE Asia Standard Time': 'Asia/Bangkok', 'China Standard Time': 'Asia/Shanghai', 'Singapore Standard Time': 'Asia/Singapore',
  'Taipei Standard Time': 'Asia/Taipei', 'Tokyo Standard Time': 'Asia/Tokyo', 'Korea Standard Time': 'Asia/Seoul',
  'W. Australia Standard Time': 'Australia/Perth', 'AUS Eastern Standard Time': 'Australia/Sydney', 'E. Australia Standard Time': 'Australia/Brisbane',
  'Cen. Australia Standard Time': 'Australia/Adelaide', 'Lord Howe Standard Time': 'Australia/Lord_Howe', 'New Zealand Standard Time': 'Pacific/Auckland',
  'Eastern Standard Time': 'America/New_York', 'Central Standard Time': 'America/Chicago', 'Mountain Standard Time': 'America/Denver',
  'US Mountain Standard Time': 'America/Phoenix', 'Pacific Standard Time': 'America/Los_Angeles', 'Alaskan Standard Time': 'America/Anchorage',
  'Hawaiian Standard Time': 'Pacific/Honolulu', 'Atlantic Standard Time': 'America/Halifax', 'Newfoundland Standard Time': 'America/St_Johns',
  'E. South America Standard Time': 'America/Sao_Paulo', 'Argentina Standard Time': 'America/Argentina/Buenos_Aires',
  'SA Pacific Standard Time': 'America/Bogota', 'Pacific SA Standard Time': 'America/Santiago', UTC: 'UTC',
}; // prettier-ignore

/** Milliseconds of a DURATION (`P1D`, `PT8H30M`, `P2W`); a day is 24 hours. Throws an Error. */
export function parseIcalDuration(text: string): number {
  const match = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$/.exec(text.trim());
  if (match === null) throw new Error(`has a DURATION that is none: '${text.slice(0, 40)}'`);
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((one) => Number(one ?? 0)) as [number, number, number, number, number];
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1_000;
}
