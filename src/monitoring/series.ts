/**
 * The shapes in which samples travel between intake, store and query. Everything in monitoring speaks
 * these; nothing here does any work beyond telling a stale marker from other values.
 */

import type { Histogram } from './histogram.ts';

/** A series' labels, the metric's name under `__name__`. Never mutated once made: consumers cache by identity. */
export type Labels = Readonly<Record<string, string>>;

export interface Matcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  /** For `=~` and `!~` an RE2-style expression, anchored at both ends. */
  readonly value: string;
}

/**
 * A series and the window of its samples that was asked for. Samples are at index `from` (inclusive) to `to`
 * (exclusive) of both arrays, oldest first, no time twice. The arrays may be the store's own: never write to them,
 * and don't keep them past the evaluation that asked for them.
 */
export interface Series {
  /** Stable for the life of the process: a key for caches of what was derived from the labels. */
  readonly id: number;
  readonly labels: Labels;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  /** A stale marker is the NaN of `STALE_BITS`: ask `isStale`, not `Number.isNaN`. */
  readonly values: Float64Array;
  /**
   * Only where the series has native histograms in the window: by the same index as `times`, undefined at a float sample. Where there
   * is a histogram, `values` holds a NaN that means nothing.
   */
  readonly histograms?: readonly (Histogram | undefined)[];
  /** Only where the source answers with rollups, as `SelectOptions.windows` lets it: what stands at an index is a bucket. */
  readonly rolled?: RolledUp;
  readonly from: number;
  readonly to: number;
}

/** Where a query finds series. Implemented by the store, and by a plain in-memory one in the conformance runner. */
export interface SeriesSource {
  /** Series that match every matcher and have a sample with `from <= time <= to` (milliseconds). */
  select(matchers: readonly Matcher[], from: number, to: number, options?: SelectOptions): Promise<Series[]> | Series[];
}

/** What a source tells those that remember its answers. */
export interface Changes {
  /** Calls the listener at once whenever samples can be seen that couldn't, or are gone, with the oldest time among them. */
  onChange(listener: (oldest: number) => void): () => void;
  /** In how many of its ways samples of that time are no longer kept: with that, what stands for them changes. */
  eraOf(time: number): number;
}

/** Held by what reads the arrays that it was given; `ended` once it doesn't any more. */
export interface Lease {
  readonly ended: boolean;
}

/**
 * Buckets of samples, by the same index as `times`; a sample that stands for itself is a bucket of one. `values` holds what the function
 * that was asked for needs: the sum, the count, or for a counter the last sample. Stale markers are in none.
 */
export interface RolledUp {
  /** Samples of the bucket. */
  readonly counts: Float64Array;
  /** For `rate`, `increase` and `delta`: the times of its first and last sample, the first's value, and the values before each fall. */
  readonly firstTimes?: Float64Array;
  readonly lastTimes?: Float64Array;
  readonly firsts?: Float64Array;
  readonly resets?: Float64Array;
}

/** What a query does with what it selects: it looks at `(first + k * step - range, first + k * step]` up to `last`, milliseconds all. */
export interface WindowUse {
  /** The function of the windows' samples, such as `rate`; `instant` for the newest of them; another text for any use. */
  readonly use: string;
  readonly first: number;
  readonly step: number;
  readonly last: number;
  readonly range: number;
  /** Milliseconds by which what is asked begins later than the query does: what may stand for samples is chosen for the whole of it. */
  readonly skipped?: number;
  /** `auto`, `raw`, or what rollups there are, such as `5m`. */
  readonly resolution: string;
  /**
   * Called when the answer is not of samples alone. `width`: only where windows don't begin and end with buckets; then a bucket stands at
   * its end, and `range` is the range that windows have to have to hold whole ones.
   */
  report(answer: { readonly note: string; readonly range: number; readonly width: number | undefined }): void;
}

export interface SelectOptions {
  /** With it, samples outside the windows may be left out, and rollups may stand for samples. */
  readonly windows?: WindowUse;
  readonly signal?: AbortSignal;
  /** With it, the arrays stay as they are until it has ended; without, for a minute. */
  readonly lease?: Lease;
  /** The most samples that the query may still touch: the source throws `LimitError` beyond it. */
  readonly maxSamples?: number;
}

/** What intake hands to the store. `ids` come from `resolve`; the three arrays are of one length. */
export interface SampleColumns {
  readonly ids: Uint32Array;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  /** A stale marker must be written with `writeStale`, which keeps its bits. */
  readonly values: Float64Array;
  /** The samples that are native histograms, by their index; `values` holds any NaN there. */
  readonly histograms?: ReadonlyMap<number, Histogram>;
}

/** An example of what a series counted, such as the trace of one slow request. */
export interface Exemplar {
  /** The series', from `resolve`. */
  readonly id: number;
  /** Such as `trace_id`. At most 128 characters over all names and values, as OpenMetrics has it. */
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** A series' exemplars, oldest first. */
export interface SeriesExemplars {
  readonly labels: Labels;
  readonly exemplars: readonly Exemplar[];
}

/** Where exemplars are found. `matchers` are alternatives, as in `SeriesIndex`; times are milliseconds, both ends included. */
export interface ExemplarSource {
  exemplarsOf(matchers: readonly (readonly Matcher[])[], from: number, to: number): Promise<readonly SeriesExemplars[]>;
}

/** Who sent a sample: what limits on series, fairness and the cost of metrics speak of. */
export interface Source {
  /** Such as `remote-write`, `scrape`, `statsd`, `otlp`. */
  readonly protocol: string;
  /** Within the protocol: a scrape's name, the name of a token, a sender's address. */
  readonly name: string;
}

/** A way in for one source. Cheap: ask once a source, or once a request. */
export type SinkFor = (source: Source) => SampleSink;

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'gaugehistogram' | 'summary' | 'info' | 'stateset' | 'unknown';

export interface MetricMetadata {
  readonly metric: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: string;
}

/** Where scrapes, probes, remote write and self-watching put samples. */
export interface SampleSink {
  /** The id of the series with these labels, from 1, made on first sight. Throws `LimitError` when a series limit is reached. */
  resolve(labels: Labels): number;
  /**
   * Stores the samples; resolves once they survive `kill -9` and a query sees them. Older than, or as old as,
   * a stored sample of its series: kept where it is new, dropped where it is a duplicate. The arrays are the caller's again as soon as
   * the promise is there, before it resolves.
   */
  append(columns: SampleColumns): Promise<void>;
  describe(metadata: readonly MetricMetadata[]): void;
  /** The newest time of which a sample of the series is known, in milliseconds; `-Infinity` when none is. */
  newest?(id: number): number;
  /** Keeps them as long as their series' samples. Those that are known, or of unknown series, are dropped. */
  exemplars?(exemplars: readonly Exemplar[]): void;
}

/**
 * What can be asked about series themselves: the port behind Prometheus' `/labels`, `/label/…/values`, `/series` and
 * `/metadata`. `matchers` are alternatives: a series counts if it fits every matcher of any of the lists; no list at all
 * means every series. Only series that may have a sample with `from <= time <= to` (milliseconds) need count. Answers need
 * no order and hold nothing twice. `limit`: stop there.
 */
export interface SeriesIndex {
  labelNames(
    matchers: readonly (readonly Matcher[])[],
    from: number,
    to: number,
    limit?: number,
  ): Promise<readonly string[]> | readonly string[];
  labelValues(
    name: string,
    matchers: readonly (readonly Matcher[])[],
    from: number,
    to: number,
    limit?: number,
  ): Promise<readonly string[]> | readonly string[];
  series(
    matchers: readonly (readonly Matcher[])[],
    from: number,
    to: number,
    limit?: number,
  ): Promise<readonly Labels[]> | readonly Labels[];
  /** What is known of one metric or of all, by the metric's name. */
  metadata(metric?: string): readonly MetricMetadata[];
}

/** Prometheus' stale marker, the NaN 0x7ff0000000000002, as little-endian 32-bit words. */
const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

/** Whether `values[i]` is the stale marker. Looks at the bits: reading it as a number may quieten the NaN. */
export function isStale(values: Float64Array, i: number): boolean {
  const value = values[i];
  if (value === value) return false;
  const words = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2);
  return words[0] === STALE_LOW && words[1] === STALE_HIGH;
}

/** Writes the stale marker to `values[i]`, bits intact. */
export function writeStale(values: Float64Array, i: number): void {
  const words = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2);
  words[0] = STALE_LOW;
  words[1] = STALE_HIGH;
}
