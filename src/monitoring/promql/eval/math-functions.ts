/** Functions of one number, applied to every sample of an instant vector. */

/** The calendar repeats itself after 400 years, days of the week included. */
const CYCLE_SECONDS = 146_097 * 86_400;

/** Calendar functions take seconds since the epoch, in UTC; also those beyond what `Date` can hold. NaN where Go's 64 bits can't. */
const date =
  (pick: (date: Date) => number, perCycle = 0) =>
  (seconds: number): number => {
    const whole = Math.trunc(seconds);
    if (Math.abs(whole) < 8e12) return pick(new Date(whole * 1000));
    if (!(Math.abs(whole) < 2 ** 63)) return NaN;
    const cycles = Math.floor(whole / CYCLE_SECONDS);
    const rest = Number(BigInt(whole) - BigInt(cycles) * BigInt(CYCLE_SECONDS));
    return pick(new Date(rest * 1000)) + cycles * perCycle;
  };

const DAY_MS = 86_400_000;

export const CALENDAR: Readonly<Record<string, (seconds: number) => number>> = {
  minute: date((d) => d.getUTCMinutes()),
  hour: date((d) => d.getUTCHours()),
  day_of_week: date((d) => d.getUTCDay()),
  day_of_month: date((d) => d.getUTCDate()),
  day_of_year: date((d) => Math.floor((d.getTime() - Date.UTC(d.getUTCFullYear(), 0, 1)) / DAY_MS) + 1),
  days_in_month: date((d) => new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 0)).getUTCDate()),
  month: date((d) => d.getUTCMonth() + 1),
  year: date((d) => d.getUTCFullYear(), 400),
};

export const MATH: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  rad: (value) => (value * Math.PI) / 180,
  deg: (value) => (value * 180) / Math.PI,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
};

/** To the nearest multiple, halves up. The inverse is what Prometheus multiplies with: it rounds better. */
export function roundTo(value: number, nearest: number): number {
  const inverse = 1 / nearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

/** Go's math.Max(low, math.Min(high, value)): NaN stays, but for the infinity that wins over anything. */
export const clamp = (value: number, low: number, high: number): number => {
  const below = value === -Infinity || high === -Infinity ? -Infinity : Math.min(high, value);
  return below === Infinity || low === Infinity ? Infinity : Math.max(low, below);
};
