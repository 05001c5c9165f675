import { Temporal } from 'temporal-polyfill';

/** Steps that people read well on a clock or a calendar, in milliseconds. */
const STEPS = [
  1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000,
  21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000, 7_776_000_000, 31_536_000_000,
]; // prettier-ignore

const DAY = 86_400_000;
/** 1970 began on a Thursday: weeks are counted from a Monday. */
const MONDAY = 4 * DAY;

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** At most `most` marks between `from` and `to` (milliseconds) at times that are round where the reader is. */
export function timeTicks(from: number, to: number, most: number, timeZone = 'UTC'): Tick[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? Math.ceil((to - from) / most / STEPS.at(-1)!) * STEPS.at(-1)!;
  const start = step % (7 * DAY) === 0 ? MONDAY : 0;
  const ticks: Tick[] = [];
  // Clocks are counted, not seconds: a day on which they change has its marks at the same hours as any other.
  const last = wallClock(to, timeZone);
  for (let wall = Math.ceil((wallClock(from, timeZone) - start) / step) * step + start; wall <= last; wall += step) {
    const at = instantOf(wall, timeZone);
    // An hour that is skipped is the next that there is.
    if (at >= from && at <= to && at > (ticks.at(-1)?.at ?? -Infinity)) ticks.push({ at, label: labelOf(wall, step) });
  }
  return ticks;
}

/** The local day of a time, as `2026-11-24`. */
export const dayIn = (at: number, timeZone = 'UTC'): string => new Date(wallClock(at, timeZone)).toISOString().slice(0, 10);

/** What a clock on the wall shows, as if it were UTC. */
function wallClock(at: number, timeZone: string): number {
  if (timeZone === 'UTC') return at;
  const local = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone);
  return at + local.offsetNanoseconds / 1e6;
}

function instantOf(wall: number, timeZone: string): number {
  if (timeZone === 'UTC') return wall;
  const local = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
  return local.toZonedDateTime(timeZone).epochMilliseconds;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The clock within a day, the date at midnight and for days. */
function labelOf(wall: number, step: number): string {
  const iso = new Date(wall).toISOString();
  const date = `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]}`;
  if (step >= 2_592_000_000) return `${date} ${iso.slice(0, 4)}`;
  if (step >= DAY || wall % DAY === 0) return date;
  return step < 60_000 ? iso.slice(11, 19) : iso.slice(11, 16);
}
