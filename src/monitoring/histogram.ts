/**
 * A native histogram as nines keeps it: always with floating-point counts, buckets as absolute counts, as Prometheus' `FloatHistogram`
 * (https://prometheus.io/docs/specs/native_histograms/). Never mutated once made.
 */
export interface Histogram {
  /** -4 to 8: the exponential schemas (boundaries at powers of 2^(2^-schema)); -53: custom boundaries, of classic histograms. */
  readonly schema: number;
  /** Observations of an absolute value up to this are in the zero bucket. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly BucketSpan[];
  /** One for each bucket of the spans, in order: its own count, neither cumulative nor a difference. */
  readonly positiveBuckets: Float64Array;
  readonly negativeSpans: readonly BucketSpan[];
  readonly negativeBuckets: Float64Array;
  /** Upper boundaries, ascending, without +Inf. Only with schema -53, which has no other buckets than positive ones. */
  readonly customValues: readonly number[] | undefined;
  /** What is known of a counter reset between the sample before and this one. */
  readonly resetHint: 'unknown' | 'reset' | 'notReset' | 'gauge';
}

/** Consecutive buckets. The first span's offset is the index of its first bucket; a later one's is the gap to the span before. */
export interface BucketSpan {
  readonly offset: number;
  readonly length: number;
}
