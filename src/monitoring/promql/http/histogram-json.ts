import type { Histogram } from '../../histogram.ts';
import { bucketsOf, type Bucket } from '../../histogram/index.ts';
import { formatJson } from '../number-format.ts';

/** Which ends belong to a bucket: 0 the upper, 1 the lower, 2 neither, 3 both. */
const boundaryRule = ({ lowerInclusive, upperInclusive }: Bucket): number =>
  lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;

/**
 * `{"count":"4","sum":"5","buckets":[[0,"1","2","4"]]}`: boundary rule, lower bound, upper bound, count.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#native-histograms
 */
export function histogramJson(histogram: Histogram): string {
  const buckets = bucketsOf(histogram).map((bucket) => {
    const { lower, upper, count } = bucket;
    return `[${boundaryRule(bucket)},"${formatJson(lower)}","${formatJson(upper)}","${formatJson(count)}"]`;
  });
  const list = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`;
  return `{"count":"${formatJson(histogram.count)}","sum":"${formatJson(histogram.sum)}"${list}}`;
}
