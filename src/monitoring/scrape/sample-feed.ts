import type { MetricSample } from '../../platform/metrics.ts';
import type { Labels, SampleSink } from '../series.ts';
import { createSeriesTracker, type TrackedSeries } from './series-tracker.ts';

/** Writes what a program says of itself, round by round, with `base` on every series. */
export interface SampleFeed {
  /** Resolves once the samples are stored. A series that the last round had and this one has not is marked stale. */
  write(samples: readonly MetricSample[], time: number): Promise<void>;
  /** Marks all series stale: the source is gone for good. */
  end(time: number): Promise<void>;
}

export function createSampleFeed(sink: SampleSink, base: Labels): SampleFeed {
  const tracker = createSeriesTracker(sink);
  let known = new Map<string, TrackedSeries>();

  function write(samples: readonly MetricSample[], time: number): Promise<void> {
    tracker.begin();
    const current = new Map<string, TrackedSeries>();
    for (const { name, labels, value } of samples) {
      const key = keyOf(name, labels);
      const series = known.get(key) ?? tracker.track({ ...labels, ...base, __name__: name });
      current.set(key, series);
      tracker.add(series, value, time);
    }
    known = current;
    const columns = tracker.finish(time);
    return columns.ids.length === 0 ? Promise.resolve() : sink.append(columns);
  }

  return { write, end: (time) => write([], time) };
}

function keyOf(name: string, labels: Labels): string {
  let key = name;
  for (const label in labels) key += `\u0000${label}\u0000${labels[label]}`;
  return key;
}
