import type { BucketSpan, Histogram } from '../histogram.ts';
import { CUSTOM, HIGHEST_SCHEMA, LOWEST_SCHEMA } from './bounds.ts';

/** No histogram that anyone keeps has as many. */
export const MOST_BUCKETS = 10_000;

/** What can't be in a histogram, in words; undefined where it is well formed. `whole`: its counts are integers, and must add up. */
export function histogramProblem(histogram: Histogram, whole = false): string | undefined {
  const { schema, customValues, zeroCount, zeroThreshold, count } = histogram;
  const custom = schema === CUSTOM;
  if (!custom && !(Number.isInteger(schema) && schema >= LOWEST_SCHEMA && schema <= HIGHEST_SCHEMA))
    return `its schema is ${schema}, and must be from ${LOWEST_SCHEMA} to ${HIGHEST_SCHEMA}, or ${CUSTOM} for custom boundaries`;
  if (custom) {
    const wrong = boundsProblem(customValues ?? []);
    if (wrong !== undefined) return wrong;
    if (zeroCount !== 0 || zeroThreshold !== 0) return 'it has a zero bucket beside custom boundaries';
    if (histogram.negativeBuckets.length > 0 || histogram.negativeSpans.length > 0)
      return 'it has negative buckets beside custom boundaries';
  } else if (customValues !== undefined && customValues.length > 0) return 'it has custom boundaries beside exponential buckets';
  if (!(zeroThreshold >= 0) || zeroThreshold === Infinity) return `its zero threshold is ${zeroThreshold}`;
  if (!(zeroCount >= 0)) return `its zero bucket has ${zeroCount} observations`;
  if (count < 0) return `it has ${count} observations`;
  return (
    bucketsProblem('positive', histogram.positiveSpans, histogram.positiveBuckets, custom ? (customValues ?? []).length + 1 : undefined) ??
    bucketsProblem('negative', histogram.negativeSpans, histogram.negativeBuckets, undefined) ??
    (whole ? sumProblem(histogram) : undefined)
  );
}

function boundsProblem(bounds: readonly number[]): string | undefined {
  for (const [i, bound] of bounds.entries()) {
    if (bound - bound !== 0) return `its custom boundary ${i + 1} is ${bound}, and +Inf goes without saying`;
    if (i > 0 && !(bound > bounds[i - 1]!))
      return `its custom boundary ${i + 1} is ${bound}, no higher than the one before, ${bounds[i - 1]}`;
  }
  return undefined;
}

function bucketsProblem(side: string, spans: readonly BucketSpan[], buckets: Float64Array, end: number | undefined): string | undefined {
  let length = 0;
  let index = 0;
  for (const [i, span] of spans.entries()) {
    if (i > 0 && span.offset < 0) return `span ${i + 1} of its ${side} buckets begins ${-span.offset} before the end of the one before`;
    if (end !== undefined && i === 0 && span.offset < 0) return `its buckets begin at ${span.offset}, before the first`;
    length += span.length;
    index += span.offset + span.length;
  }
  if (length !== buckets.length) return `its ${side} spans have ${length} buckets, and ${buckets.length} counts are given`;
  if (length > MOST_BUCKETS) return `it has ${length} ${side} buckets, and at most ${MOST_BUCKETS} are taken`;
  if (end !== undefined && index > end) return `its buckets reach to number ${index}, and there are boundaries for ${end}`;
  const negative = buckets.findIndex((count) => count < 0);
  return negative < 0 ? undefined : `its ${side} bucket ${negative + 1} has ${buckets[negative]} observations`;
}

/** Observations of NaN are counted in no bucket; the sum tells whether there are any. */
function sumProblem({ count, sum, zeroCount, positiveBuckets, negativeBuckets }: Histogram): string | undefined {
  let inBuckets = zeroCount;
  for (const one of positiveBuckets) inBuckets += one;
  for (const one of negativeBuckets) inBuckets += one;
  const right = sum !== sum ? inBuckets <= count : inBuckets === count;
  return right ? undefined : `its buckets have ${inBuckets} observations, and its count is ${count}`;
}
