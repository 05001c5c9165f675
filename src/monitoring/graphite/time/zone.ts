/** A wall clock in an IANA time zone. Months count from 1. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', { timeZone: zone, hourCycle: 'h23', era: 'short', ...parts });
    if (formats.size < 1000) formats.set(zone, format);
  }
  return format;
}

export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][\w/+-]{0,60}$/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What a clock on the wall shows at a time, in seconds since the epoch. */
export function wallAt(seconds: number, zone: string): Wall {
  const found: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(Math.floor(seconds) * 1000)) found[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found;
  return { year, month, day, hour, minute, second };
}

/** Seconds that the zone is ahead of UTC at a time. */
export function zoneOffset(seconds: number, zone: string): number {
  return naive(wallAt(seconds, zone)) - Math.floor(seconds);
}

/**
 * The time, in seconds, at which the wall shows this. Where it shows it twice, the second time; where it never does, the time
 * that standard time would give, as pytz has it.
 */
export function fromWall(wall: Wall, zone: string): number {
  const asUtc = naive(wall);
  const guesses = [zoneOffset(asUtc - 86_400, zone), zoneOffset(asUtc + 86_400, zone)].map((offset) => asUtc - offset);
  const right = guesses.filter((guess) => naive(wallAt(guess, zone)) === asUtc);
  return Math.max(...(right.length > 0 ? right : guesses));
}

/** As if the wall were in UTC; days and months beyond their ends roll over. */
const naive = ({ year, month, day, hour, minute, second }: Wall): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  return date.getTime() / 1000;
};
