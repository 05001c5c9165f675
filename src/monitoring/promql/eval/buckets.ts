/** Quantiles and fractions of classic histograms: cumulative buckets by upper bound. */

export interface Bucket {
  bound: number;
  count: number;
}

export interface Fixed {
  readonly lower: number;
  readonly upper: number;
  readonly difference: number;
}

export interface QuantileResult {
  readonly value: number;
  /** Where counts fell from one bucket to the next and were raised: the widest such fall. */
  readonly forced: Fixed | undefined;
}

/** Differences this small relative to the count come from rounding, not from the data. */
const TOLERANCE = 1e-12;

/** Sorts by bound, merges equal bounds; undefined where the highest isn't +Inf. */
function prepare(buckets: Bucket[]): Bucket[] | undefined {
  buckets.sort((a, b) => (a.bound < b.bound ? -1 : a.bound > b.bound ? 1 : 0));
  if (buckets.at(-1)?.bound !== Infinity) return undefined;
  const merged: Bucket[] = [];
  for (const bucket of buckets) {
    const last = merged.at(-1);
    if (last !== undefined && last.bound === bucket.bound) last.count += bucket.count;
    else merged.push(bucket);
  }
  return merged;
}

/** Makes the counts rise, or stay, from bucket to bucket. */
function makeMonotonic(buckets: Bucket[]): Fixed | undefined {
  let forced: Fixed | undefined;
  let lower = buckets[0]!;
  let before = lower.count;
  for (const bucket of buckets.slice(1)) {
    const difference = before - bucket.count;
    if (difference === 0) continue;
    if (Math.abs(difference) <= TOLERANCE * Math.abs(bucket.count)) {
      bucket.count = before;
      continue;
    }
    if (difference > 0) {
      if (forced === undefined || difference > forced.difference) forced = { lower: lower.bound, upper: bucket.bound, difference };
      bucket.count = before;
      continue;
    }
    before = bucket.count;
    lower = bucket;
  }
  return forced;
}

/** NaN without an infinite bucket, without observations, or with fewer than two buckets. */
export function bucketQuantile(phi: number, input: Bucket[]): QuantileResult {
  const answer = (value: number, forced?: Fixed): QuantileResult => ({ value, forced });
  if (phi !== phi) return answer(NaN);
  if (phi < 0) return answer(-Infinity);
  if (phi > 1) return answer(Infinity);
  const buckets = prepare(input);
  if (buckets === undefined) return answer(NaN);
  const forced = makeMonotonic(buckets);
  const observations = buckets.at(-1)!.count;
  if (buckets.length < 2 || observations === 0 || observations !== observations) return answer(NaN);
  let rank = phi * observations;
  let at = 0;
  while (at < buckets.length - 1 && !(buckets[at]!.count >= rank)) at++;
  if (at === buckets.length - 1) return answer(buckets.at(-2)!.bound, forced);
  const { bound: end, count: total } = buckets[at]!;
  if (at === 0 && end <= 0) return answer(end, forced);
  let start = 0;
  let count = total;
  if (at > 0) {
    const below = buckets[at - 1]!;
    start = below.bound;
    count -= below.count;
    rank -= below.count;
  }
  return answer(start + (end - start) * (rank / count), forced);
}

/** The share of observations between two values, interpolated within buckets. */
export function bucketFraction(lower: number, upper: number, input: Bucket[]): number {
  const buckets = prepare(input);
  if (buckets === undefined) return NaN;
  const total = buckets.at(-1)!.count;
  if (total === 0 || lower !== lower || upper !== upper) return NaN;
  if (lower >= upper) return 0;
  const rankOf = (value: number): number => {
    let below = 0;
    for (const [i, { bound, count }] of buckets.entries()) {
      // The lowest bucket begins at 0 where its bound is positive.
      const start = i > 0 ? buckets[i - 1]!.bound : bound > 0 ? 0 : -Infinity;
      if (start >= value) return below;
      if (bound > value)
        return start === -Infinity || bound === Infinity ? below : below + ((count - below) * (value - start)) / (bound - start);
      below = count;
    }
    return total;
  };
  return (Math.min(rankOf(upper), total) - Math.min(rankOf(lower), total)) / total;
}
