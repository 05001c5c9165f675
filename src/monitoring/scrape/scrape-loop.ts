/** One target: what a scrape of it becomes in the store, and what is known of its health. */
import { jsonExposition } from '../json-poll/index.ts';
import type { Exemplar, Labels, MetricMetadata, SampleSink } from '../series.ts';
import { createClassicToNative } from './classic-to-native.ts';
import { coarsen } from './coarsen.ts';
import { createExpositionReader } from './exposition.ts';
import { decode } from './exposition-body.ts';
import { BodyLimitError, type Exposition, type Fetcher } from './fetch-exposition.ts';
import { brokenLabelLimit, mergeLabels } from './merge-labels.ts';
import { createOpenMetricsReader } from './openmetrics.ts';
import { createProtobufReader, type ProtobufExpositionOptions, type ProtobufHandler } from './protobuf-exposition.ts';
import { compileRelabel } from './relabel.ts';
import { createSeriesTracker, type TrackedSeries } from './series-tracker.ts';
import type { Target } from './target.ts';

export interface TargetHealth {
  readonly health: 'unknown' | 'up' | 'down';
  /** Milliseconds since the epoch. */
  readonly lastScrape: number | undefined;
  readonly lastDurationMs: number | undefined;
  /** Exactly what was wrong; undefined while all is well. */
  readonly lastError: string | undefined;
  readonly samples: number;
}

export interface ScrapeLoop {
  /** Resolves when the samples are stored; rejects where the store refuses them. */
  scrape(time: number, signal: AbortSignal): Promise<void>;
  /** Marks all its series stale. */
  end(time: number): Promise<void>;
  health(): TargetHealth;
}

/** Samples further ahead than this are dropped, as in Prometheus: they would shadow what comes. */
const FURTHEST_AHEAD_MS = 600_000;

function readersOf<E>(handler: ProtobufHandler<E>, options: ProtobufExpositionOptions) {
  return {
    text: createExpositionReader(handler),
    openMetrics: createOpenMetricsReader(handler),
    protobuf: createProtobufReader(handler, options),
  };
}

/** Throws where a name is none of the data model before UTF-8. */
function checkNames(labels: Labels): void {
  for (const [name, value] of Object.entries(labels)) {
    const wrong = name === '__name__' ? (/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(value) ? undefined : value) : /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? undefined : name; // prettier-ignore
    if (wrong !== undefined) throw new Error(`the name ${JSON.stringify(wrong.slice(0, 100))} is not of letters, digits and '_', as nameValidation legacy wants it`); // prettier-ignore
  }
}

/** Stands for all series of a target that is over its limit. */
const BEYOND: TrackedSeries = { id: 0, seen: 0, live: false };

export function createScrapeLoop(target: Target, sink: SampleSink, fetcher: Fetcher): ScrapeLoop {
  const { spec, labels } = target;
  const tracker = createSeriesTracker(sink);
  let health: TargetHealth = { health: 'unknown', lastScrape: undefined, lastDurationMs: undefined, lastError: undefined, samples: 0 };
  let time = 0;
  let scraped = 0;
  let bytes = 0;
  let samples = 0;
  let beyond = false;

  let exemplars: Exemplar[] = [];
  const relabel = spec.metricRelabel === undefined ? undefined : compileRelabel(spec.metricRelabel);
  function counts(series: TrackedSeries | undefined): series is TrackedSeries {
    scraped += 1;
    if (series === undefined) return false;
    samples += 1;
    return samples <= spec.sampleLimit;
  }

  function resolve(own: Labels): TrackedSeries | undefined {
    const given = mergeLabels(own, labels, spec.honorLabels);
    const merged = relabel === undefined ? given : relabel(given);
    if (merged === undefined) return undefined;
    if (!merged['__name__']) throw new Error(`metricRelabel left the series ${own['__name__']} without a name`);
    const broken = brokenLabelLimit(merged, spec);
    if (broken !== undefined) throw new Error(broken);
    if (spec.nameValidation === 'legacy') checkNames(merged);
    if (samples < spec.sampleLimit) return tracker.track(merged);
    // Counted and no more: a target that is over its limit makes no series in the store.
    beyond = true;
    return BEYOND;
  }

  /** A series is undefined where relabelling drops it. */
  const handler: ProtobufHandler<TrackedSeries | undefined> = {
    resolve(own) {
      try {
        return resolve(own);
      } catch (error) {
        // As in Prometheus, what ends a scrape is counted.
        scraped += 1;
        throw error;
      }
    },
    sample(series, value, timestamp) {
      if (!counts(series)) return;
      if (!spec.honorTimestamps || Number.isNaN(timestamp)) tracker.add(series, value, time);
      else if (timestamp > time + FURTHEST_AHEAD_MS) return;
      else if (spec.trackTimestampsStaleness) tracker.add(series, value, timestamp);
      else tracker.addTimed(series, value, timestamp);
    },
    histogram(series, histogram, timestamp) {
      if (!counts(series)) return;
      const own = spec.honorTimestamps && !Number.isNaN(timestamp);
      if (own && timestamp > time + FURTHEST_AHEAD_MS) return;
      tracker.addHistogram(series, coarsen(histogram, spec), own ? timestamp : time, own && !spec.trackTimestampsStaleness);
    },
    exemplar(series, example) {
      if (series !== undefined)
        exemplars.push({
          id: series.id,
          labels: example.labels,
          value: example.value,
          time: Number.isNaN(example.time) ? time : example.time,
        });
    },
  };
  // A target speaks one of them, nearly always: the others' readers hold nothing.
  const classic = spec.alwaysScrapeClassicHistograms || spec.convertClassicHistograms;
  function createReaders() {
    const own = { native: spec.scrapeNativeHistograms, classic };
    if (!spec.convertClassicHistograms) return { ...readersOf(handler, own), converter: undefined };
    const converter = createClassicToNative(handler, spec.alwaysScrapeClassicHistograms);
    return { ...readersOf(converter.handler, own), converter };
  }
  let readers = createReaders();

  function readBody({ body, format }: Exposition): MetricMetadata[] {
    if (spec.json) return readers.text.read(jsonExposition(decode(body), spec.json));
    if (format === 'protobuf') return readers.protobuf.read(body);
    return (format === 'openmetrics' ? readers.openMetrics : readers.text).read(decode(body));
  }

  function read(exposition: Exposition): void {
    beyond = false;
    const { converter } = readers;
    let read = false;
    try {
      converter?.begin();
      const metadata = readBody(exposition);
      converter?.end(metadata);
      if (samples > spec.sampleLimit) throw new Error(`the target has ${samples} samples, more than sampleLimit (${spec.sampleLimit})`);
      if (metadata.length > 0) sink.describe(metadata);
      read = true;
    } finally {
      // Readers remember what a series is: the next time these may be within the limit. And they tell a type once.
      if (beyond || (converter !== undefined && (!read || converter.isFull()))) readers = createReaders();
    }
  }

  /** What was wrong, or undefined. */
  async function collect(signal: AbortSignal): Promise<string | undefined> {
    scraped = samples = bytes = 0;
    exemplars = [];
    tracker.begin();
    try {
      if (target.refusal !== undefined) throw new Error(target.refusal);
      const exposition = await fetcher.fetch(target, signal);
      bytes = exposition.body.length;
      read(exposition);
      return undefined;
    } catch (error) {
      // A scrape counts as a whole or not at all: all its series end here.
      tracker.begin();
      exemplars = [];
      if (error instanceof BodyLimitError) bytes = -1;
      return error instanceof Error ? error.message : String(error);
    }
  }

  const report = new Map<string, TrackedSeries>();
  function addReport(name: string, value: number): void {
    const series = report.get(name) ?? tracker.track({ ...labels, __name__: name });
    report.set(name, series);
    tracker.add(series, value, time);
  }

  return {
    async scrape(at, signal) {
      time = at;
      const start = performance.now();
      const error = await collect(signal);
      if (signal.aborted) return;
      const lastDurationMs = performance.now() - start;
      const taken = error === undefined ? samples : 0;
      health = { health: error === undefined ? 'up' : 'down', lastScrape: at, lastDurationMs, lastError: error, samples: taken };
      const added = tracker.added();
      addReport('up', error === undefined ? 1 : 0);
      addReport('scrape_duration_seconds', lastDurationMs / 1000);
      addReport('scrape_samples_scraped', scraped);
      addReport('scrape_samples_post_metric_relabeling', samples);
      addReport('scrape_series_added', added);
      if (spec.extraMetrics) {
        addReport('scrape_timeout_seconds', target.timeoutMs / 1000);
        addReport('scrape_sample_limit', spec.sampleLimit);
        addReport('scrape_body_size_bytes', bytes);
      }
      await sink.append(tracker.finish(at));
      if (exemplars.length > 0) sink.exemplars?.(exemplars);
    },
    async end(at) {
      tracker.begin();
      const columns = tracker.finish(at);
      if (columns.ids.length > 0) await sink.append(columns);
    },
    health: () => health,
  };
}
