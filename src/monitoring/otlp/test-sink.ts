import type { Histogram } from '../histogram.ts';
import { isStale, type Exemplar, type Labels, type MetricMetadata, type SampleSink } from '../series.ts';

/** A sink that tests can look into: times are from `start` on. */
export class Sink implements SampleSink {
  readonly ids = new Map<string, number>();
  readonly samples: [series: string, at: number, value: number | 'stale' | Histogram][] = [];
  readonly exemplarsTaken: Exemplar[] = [];
  metadata: MetricMetadata[] = [];
  failure: Error | undefined;
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  resolve(labels: Labels): number {
    const { __name__, ...rest } = labels;
    const inner = Object.entries(rest)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}="${value}"`);
    const text = `${__name__}{${inner.join(',')}}`;
    const id = this.ids.get(text) ?? this.ids.size + 1;
    this.ids.set(text, id);
    return id;
  }

  nameOf = (id: number): string => [...this.ids].find(([, one]) => one === id)?.[0] ?? '';

  append: SampleSink['append'] = async ({ ids, times, values, histograms }) => {
    if (this.failure) throw this.failure;
    for (const [i, id] of ids.entries()) {
      const value = isStale(values, i) ? 'stale' : (histograms?.get(i) ?? (values[i] as number));
      this.samples.push([this.nameOf(id), (times[i] as number) - this.#start, value]);
    }
  };

  /** The newest value of the series whose text starts so. */
  last(start: string): number | 'stale' | Histogram | undefined {
    return this.samples.findLast(([series]) => series.startsWith(start))?.[2];
  }

  describe(metadata: readonly MetricMetadata[]): void {
    this.metadata.push(...metadata);
  }

  exemplars(exemplars: readonly Exemplar[]): void {
    this.exemplarsTaken.push(...exemplars);
  }
}
