/**
 * What OpenMetrics 1.0 demands of the samples of one metric family: names, values, grouping and the shape of histograms
 * (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md). Each check returns what is wrong, in words.
 */
import type { Labels, MetricType } from '../series.ts';

/** The sample names of a family, as what follows the family's name. */
export const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['_total', '_created'],
  summary: ['', '_count', '_sum', '_created'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  info: ['_info'],
  gauge: [''],
  stateset: [''],
  unknown: [''],
};

const NEVER_NAN = ['_total', '_sum', '_count', '_bucket', '_gcount', '_gsum'];
const NEVER_NEGATIVE = ['_total', '_sum', '_count', '_bucket', '_gcount'];

/** A series within its family: what is the same in every scrape, so worked out once. */
export interface FamilySeries {
  readonly suffix: string;
  /** Its other labels, as a key: series of one group must be next to each other. */
  readonly group: string;
  /** The upper boundary of a bucket, else NaN. */
  readonly boundary: number;
}

/** The place of a series in its family, or what is wrong with its labels. */
export function placeInFamily(labels: Labels, family: string, type: MetricType): FamilySeries | string {
  const suffix = labels['__name__']!.slice(family.length);
  const bucket = suffix === '_bucket' && (type === 'histogram' || type === 'gaugehistogram');
  const boundary = bucket ? numberOf(labels['le']) : NaN;
  if (bucket && Number.isNaN(boundary)) return "a bucket needs a label 'le' that is a number";
  if (type === 'stateset' && labels[family] === undefined) return `a sample of a stateset needs the label '${family}'`;
  if (type === 'summary' && suffix === '') {
    const quantile = numberOf(labels['quantile']);
    if (!(quantile >= 0 && quantile <= 1)) return "a quantile of a summary needs a label 'quantile' from 0 to 1";
  }
  return { suffix, group: type === 'info' ? '' : groupOf(labels, family, type), boundary };
}

function groupOf(labels: Labels, family: string, type: MetricType): string {
  const own = { histogram: 'le', gaugehistogram: 'le', summary: 'quantile', stateset: family }[type as string];
  const names = Object.keys(labels).filter((name) => name !== '__name__' && name !== own);
  return names
    .sort()
    .map((name) => `${name}\u0000${labels[name]}`)
    .join('\u0001');
}

const numberOf = (text: string | undefined): number => {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text !== undefined && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?$/.test(text) ? Number(text) : NaN;
};

/** What is wrong with a value, by the family's type and the sample's suffix. */
export function wrongValue(type: MetricType, suffix: string, value: number): string | undefined {
  if (type === 'stateset' && value !== 0 && value !== 1) return 'a state is 0 or 1';
  if (type === 'info' && value !== 1) return 'the value of an info is 1';
  if (type === 'summary' && suffix === '' && value < 0) return 'a quantile is not negative';
  if (Number.isNaN(value) && NEVER_NAN.includes(suffix)) return `a sample ${suffix} is never NaN`;
  if (value < 0 && NEVER_NEGATIVE.includes(suffix)) return `a sample ${suffix} is never negative`;
  const whole = suffix === '_bucket' || suffix === '_gcount' || suffix === '_count';
  return whole && Number.isFinite(value) && !Number.isInteger(value) ? `a sample ${suffix} is a whole number` : undefined;
}

/** Whether samples of this kind may carry an exemplar. */
export const takesExemplar = (type: MetricType, suffix: string): boolean =>
  (type === 'counter' && suffix === '_total') || ((type === 'histogram' || type === 'gaugehistogram') && suffix === '_bucket');

/** The histogram that is being read: the samples of one group at one time. */
export interface HistogramCheck {
  /** Takes a sample in; returns what is wrong with it. */
  add(series: FamilySeries, value: number): string | undefined;
  /** What is wrong with the whole; starts the next. */
  end(): string | undefined;
}

export function createHistogramCheck(): HistogramCheck {
  let started = false;
  let boundary = NaN;
  let cumulative = 0;
  let count = NaN;
  let sum: 'none' | 'sum' | 'gsum' = 'none';
  let negativeSum = false;
  let negativeBuckets = false;

  return {
    add(series, value) {
      started = true;
      if (series.suffix === '_bucket') {
        if (series.boundary <= boundary) return 'buckets must be in ascending order, each once';
        if (value < cumulative) return 'buckets are cumulative: a later one is never smaller';
        negativeBuckets ||= series.boundary < 0;
        boundary = series.boundary;
        cumulative = value;
      } else if (series.suffix === '_count' || series.suffix === '_gcount') count = value;
      else if (series.suffix === '_sum' || series.suffix === '_gsum') {
        sum = series.suffix === '_sum' ? 'sum' : 'gsum';
        negativeSum = value < 0;
      }
      return undefined;
    },
    end() {
      const wrong = started ? problem() : undefined;
      started = false;
      boundary = NaN;
      cumulative = 0;
      count = NaN;
      sum = 'none';
      negativeSum = negativeBuckets = false;
      return wrong;
    },
  };

  function problem(): string | undefined {
    if (boundary !== Infinity) return 'a histogram needs the bucket le="+Inf" as its last';
    const counted = !Number.isNaN(count);
    if (counted && count !== cumulative) return 'the count of a histogram equals its bucket le="+Inf"';
    if (sum !== 'none' && !counted) return 'a histogram with a sum needs its count';
    if (sum === 'none' && counted && !negativeBuckets) return 'a histogram with a count needs its sum';
    if (negativeBuckets && sum === 'sum') return 'a histogram with negative buckets has no sum';
    return !negativeBuckets && negativeSum ? 'the sum is negative though no bucket is' : undefined;
  }
}
