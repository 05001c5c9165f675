/**
 * The series of one source (a target, a probe, this host) from round to round: collects a round's samples into
 * columns and adds a stale marker for each series that the round no longer has, so that a query sees it end at once.
 */
import type { Histogram } from '../histogram.ts';
import { writeStale, type Labels, type SampleColumns, type SampleSink } from '../series.ts';

/** One object for one series, however a source spells it from round to round. */
export interface TrackedSeries {
  readonly id: number;
  /** The round in which it last had a sample. */
  seen: number;
  live: boolean;
}

export interface SeriesTracker {
  /** Throws what the sink throws where there are too many series. */
  track(labels: Labels): TrackedSeries;
  /** Starts a round; what an unfinished one collected is dropped. */
  begin(): void;
  /** A series counts once a round: false where it was there already. */
  add(series: TrackedSeries, value: number, time: number): boolean;
  /** As `add`, or with `timed` as `addTimed`. */
  addHistogram(series: TrackedSeries, histogram: Histogram, time: number, timed: boolean): void;
  /** A sample with a time of its own: no stale marker will follow it, whose time could only be guessed. */
  addTimed(series: TrackedSeries, value: number, time: number): void;
  /** How many of this round's series the round before didn't have. */
  added(): number;
  finish(time: number): SampleColumns;
}

export function createSeriesTracker(sink: SampleSink): SeriesTracker {
  let byId = new Map<number, TrackedSeries>();
  let live: TrackedSeries[] = [];
  let current: TrackedSeries[] = [];
  let timed: TrackedSeries[] = [];
  let columns = createColumns();
  let round = 0;
  let added = 0;

  /** A source whose series come and go must not fill the memory. */
  function forget(): void {
    if (byId.size <= 2 * (current.length + timed.length) + 64) return;
    byId = new Map([...current, ...timed].map((series) => [series.id, series]));
  }

  function add(series: TrackedSeries, value: number, time: number): boolean {
    if (series.seen === round) return false;
    series.seen = round;
    current.push(series);
    if (!series.live) added += 1;
    columns.push(series.id, time, value);
    return true;
  }

  function addTimed(series: TrackedSeries, value: number, time: number): void {
    timed.push(series);
    columns.push(series.id, time, value);
  }

  return {
    track(labels) {
      const id = sink.resolve(labels);
      const known = byId.get(id);
      if (known !== undefined) return known;
      const series: TrackedSeries = { id, seen: 0, live: false };
      byId.set(id, series);
      return series;
    },
    begin() {
      round += 1;
      added = 0;
      current = [];
      timed = [];
      columns = createColumns(columns.length());
    },
    add,
    addTimed,
    addHistogram(series, histogram, time, timed) {
      if (timed) addTimed(series, NaN, time);
      else if (!add(series, NaN, time)) return;
      columns.mark(histogram);
    },
    added: () => added,
    finish(time) {
      for (const series of current) series.live = true;
      for (const series of live) {
        if (series.seen === round) continue;
        series.live = false;
        columns.pushStale(series.id, time);
      }
      live = current;
      forget();
      return columns.take();
    },
  };
}

interface Columns {
  length(): number;
  push(id: number, time: number, value: number): void;
  pushStale(id: number, time: number): void;
  /** What was pushed last is this histogram. */
  mark(histogram: Histogram): void;
  take(): SampleColumns;
}

function createColumns(expected = 0): Columns {
  let capacity = Math.max(16, expected);
  let ids = new Uint32Array(capacity);
  let times = new Float64Array(capacity);
  let values = new Float64Array(capacity);
  let length = 0;
  let histograms: Map<number, Histogram> | undefined;

  function grow(): void {
    capacity *= 2;
    const from = { ids, times, values };
    (ids = new Uint32Array(capacity)).set(from.ids);
    (times = new Float64Array(capacity)).set(from.times);
    (values = new Float64Array(capacity)).set(from.values);
  }

  function push(id: number, time: number, value: number): void {
    if (length === capacity) grow();
    ids[length] = id;
    times[length] = time;
    values[length] = value;
    length += 1;
  }

  return {
    length: () => length,
    push,
    pushStale(id, time) {
      push(id, time, 0);
      writeStale(values, length - 1);
    },
    mark: (histogram) => void (histograms ??= new Map()).set(length - 1, histogram),
    take: () => ({
      ids: ids.subarray(0, length),
      times: times.subarray(0, length),
      values: values.subarray(0, length),
      ...(histograms && { histograms }),
    }),
  };
}
