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

/** At most `most` marks between `from` and `to` (milliseconds) at round times UTC. */
export function timeTicks(from: number, to: number, most: number): Tick[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? Math.ceil((to - from) / most / STEPS.at(-1)!) * STEPS.at(-1)!;
  const offset = step % (7 * DAY) === 0 ? MONDAY : 0;
  const ticks: Tick[] = [];
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) ticks.push({ at, label: labelOf(at, step) });
  return ticks;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The clock within a day, the date at midnight and for days. */
function labelOf(at: number, step: number): string {
  const iso = new Date(at).toISOString();
  const date = `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]}`;
  if (step >= 2_592_000_000) return `${date} ${iso.slice(0, 4)}`;
  if (step >= DAY || at % DAY === 0) return date;
  return step < 60_000 ? iso.slice(11, 19) : iso.slice(11, 16);
}
