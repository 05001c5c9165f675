import { z } from 'zod';
import { nearest } from './nearest.ts';

/** An IANA time zone, such as `Europe/Berlin`. */
export const timeZoneName = z.string().check((context) => {
  const message = explainTimeZone(context.value);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});

/** Why `text` is no time zone and what would be; undefined where it is one. */
export function explainTimeZone(text: string): string | undefined {
  // Intl takes `+02:00` too, which knows no summer time.
  if (/^[A-Za-z]/.test(text) && isTimeZone(text)) return undefined;
  const zones = Intl.supportedValuesOf('timeZone');
  const cities = new Map(zones.map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]));
  const city = nearest(text, cities.keys());
  const right = nearest(text, zones) ?? (city === undefined ? undefined : cities.get(city));
  return `unknown time zone '${text.slice(0, 60)}': ${right === undefined ? "write its IANA name, such as 'Europe/Berlin'" : `did you mean '${right}'?`}`;
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text }).format(0);
    return true;
  } catch {
    return false;
  }
}
