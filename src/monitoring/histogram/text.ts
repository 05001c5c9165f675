import type { Histogram } from '../histogram.ts';
import { bucketsOf } from './iterate.ts';

/** `{count:4, sum:10, [-2,-1):1, (1,2]:3}`: as Prometheus shows a histogram in a line, such as in the label of count_values. */
export function histogramText(histogram: Histogram, formatNumber: (value: number) => string): string {
  const parts = [`count:${formatNumber(histogram.count)}`, `sum:${formatNumber(histogram.sum)}`];
  for (const { lower, upper, count, lowerInclusive, upperInclusive } of bucketsOf(histogram)) {
    const bounds = `${lowerInclusive ? '[' : '('}${formatNumber(lower)},${formatNumber(upper)}${upperInclusive ? ']' : ')'}`;
    parts.push(`${bounds}:${formatNumber(count)}`);
  }
  return `{${parts.join(', ')}}`;
}
