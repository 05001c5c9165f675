/** What `native_histogram_bucket_limit` and `native_histogram_min_bucket_factor` do to a histogram: fewer, wider buckets. */
import type { Histogram } from '../histogram.ts';
import { CUSTOM, loosen, tighten, toSchema } from '../histogram/index.ts';

const LOWEST_SCHEMA = -4;
const HIGHEST_SCHEMA = 8;

export interface CoarsenLimits {
  readonly nativeHistogramBucketLimit?: number | undefined;
  readonly nativeHistogramMinBucketFactor?: number | undefined;
}

/** The finest schema whose buckets grow by the factor at least: `pickSchema` of Prometheus. */
function schemaFor(factor: number): number {
  const floor = Math.floor(-Math.log2(Math.log2(Math.max(factor, 1.00271))));
  return Math.min(HIGHEST_SCHEMA, Math.max(LOWEST_SCHEMA, floor));
}

/** Throws an Error where no resolution is low enough for the limit. */
export function coarsen(
  histogram: Histogram,
  { nativeHistogramBucketLimit: limit, nativeHistogramMinBucketFactor: factor }: CoarsenLimits,
): Histogram {
  let result = histogram;
  if (factor !== undefined && result.schema !== CUSTOM && result.schema > schemaFor(factor)) result = to(result, schemaFor(factor));
  const most = limit ?? Infinity;
  for (; bucketsOf(result) > most; result = to(result, result.schema - 1)) {
    if (result.schema === CUSTOM || result.schema <= LOWEST_SCHEMA)
      throw new Error(`a native histogram has ${bucketsOf(result)} buckets, more than nativeHistogramBucketLimit (${most})`);
  }
  return result;
}

const to = (histogram: Histogram, schema: number): Histogram => tighten(toSchema(loosen(histogram), schema));
const bucketsOf = ({ positiveBuckets, negativeBuckets }: Histogram): number => positiveBuckets.length + negativeBuckets.length;
