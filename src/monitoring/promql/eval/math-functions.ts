/** Functions of one number, applied to every sample of an instant vector. */

/** Calendar functions take seconds since the epoch, in UTC. */
const date =
  (pick: (date: Date) => number) =>
  (seconds: number): number => {
    const whole = new Date(Math.trunc(seconds) * 1000);
    return pick(whole);
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
  year: date((d) => d.getUTCFullYear()),
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

/** Go's math.Max(low, math.Min(high, value)): NaN stays. */
export const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
