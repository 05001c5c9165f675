/** Something on the disk that grows: samples, or the rollups of one resolution. */
export interface Grower {
  /** Time (milliseconds) and bytes, oldest first. */
  readonly points: readonly (readonly [time: number, bytes: number])[];
  /** When its oldest expire, so that from then on as much goes as comes; undefined where that isn't known. */
  readonly steadyAt: number | undefined;
}

export interface DiskForecast {
  /** When nothing is left (milliseconds since the epoch); null where that isn't within years. */
  readonly fullAt: number | null;
  /** How fast everything grows now. */
  readonly bytesPerDay: number;
}

const DAY = 86_400_000;
/** Before there is so much to go by, a forecast would be a guess. */
const LEAST_POINTS = 6;
const LEAST_SPAN_MS = 3_600_000;
/** A date further away says nothing. */
const HORIZON_MS = 5 * 365 * DAY;

/**
 * When the disk is full if everything goes on growing as it did: each part at its Theil–Sen slope until its oldest expire. Undefined
 * while no part has a history of an hour.
 *
 * @param free bytes
 */
export function forecastDisk(growers: readonly Grower[], free: number, now: number): DiskForecast | undefined {
  const parts = growers.flatMap((grower) => {
    const steady = grower.steadyAt !== undefined && grower.steadyAt <= now;
    // Once the oldest expire, only what was seen since then tells how it grows on: the slope from before is that of filling up.
    const points = steady ? grower.points.filter(([time]) => time >= (grower.steadyAt as number)) : grower.points;
    if (!longEnough(points)) return steady ? [{ slope: 0, until: Infinity }] : [];
    return [{ slope: Math.max(0, theilSen(points)), until: steady ? Infinity : (grower.steadyAt ?? Infinity) }];
  });
  if (parts.length === 0) return undefined;
  const bytesPerDay = parts.reduce((sum, { slope }) => sum + slope, 0) * DAY;
  return { fullAt: fullAt(parts, free, now), bytesPerDay };
}

/** Walks from one end of growth to the next. */
function fullAt(parts: readonly { slope: number; until: number }[], free: number, now: number): number | null {
  let [time, left] = [now, free];
  if (left <= 0) return now;
  while (time < now + HORIZON_MS) {
    const growing = parts.filter(({ slope, until }) => slope > 0 && until > time);
    const speed = growing.reduce((sum, { slope }) => sum + slope, 0);
    if (speed === 0) return null;
    const next = Math.min(...growing.map(({ until }) => until));
    const full = time + left / speed;
    if (full <= next) return full < now + HORIZON_MS ? Math.round(full) : null;
    left -= speed * (next - time);
    time = next;
  }
  return null;
}

const longEnough = (points: Grower['points']): boolean =>
  points.length >= LEAST_POINTS && (points.at(-1)?.[0] as number) - (points[0]?.[0] as number) >= LEAST_SPAN_MS;

/**
 * The median of the slopes between all pairs of points (Theil 1950, Sen 1968): a merge that rewrites half of the data, or a sender's
 * outage, doesn't bend it.
 */
export function theilSen(points: Grower['points']): number {
  const slopes: number[] = [];
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++) {
      const [[t0, b0], [t1, b1]] = [points[i] as readonly [number, number], points[j] as readonly [number, number]];
      if (t1 !== t0) slopes.push((b1 - b0) / (t1 - t0));
    }
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  if (slopes.length === 0) return 0;
  return slopes.length % 2 === 1 ? (slopes[middle] as number) : ((slopes[middle - 1] as number) + (slopes[middle] as number)) / 2;
}
