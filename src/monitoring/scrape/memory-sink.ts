import { isStale, type Labels, type MetricMetadata, type SampleColumns, type SampleSink } from '../series.ts';

export interface StoredSample {
  readonly time: number;
  readonly value: number | 'stale';
}

/** A sink that tests can look into: the samples of each series under `name{label="value"}`, labels sorted. */
export interface MemorySink extends SampleSink {
  readonly series: Map<string, StoredSample[]>;
  readonly metadata: MetricMetadata[];
  /** The samples of the series whose text starts so. */
  get(start: string): StoredSample[];
  last(start: string): number | 'stale' | undefined;
  failure: Error | undefined;
}

export function createMemorySink(limit = Infinity): MemorySink {
  const ids = new Map<string, number>();
  const texts: string[] = [];
  const series = new Map<string, StoredSample[]>();
  const sink: MemorySink = {
    series,
    metadata: [],
    failure: undefined,
    resolve(labels) {
      const text = seriesText(labels);
      const known = ids.get(text);
      if (known !== undefined) return known;
      if (ids.size >= limit) throw new Error(`more than ${limit} series`);
      ids.set(text, texts.length);
      return texts.push(text) - 1;
    },
    async append(columns: SampleColumns) {
      if (sink.failure !== undefined) throw sink.failure;
      columns.ids.forEach((id, i) => {
        const value = isStale(columns.values, i) ? 'stale' : columns.values[i]!;
        const text = texts[id]!;
        series.set(text, [...(series.get(text) ?? []), { time: columns.times[i]!, value }]);
      });
    },
    describe: (metadata) => void sink.metadata.push(...metadata),
    get: (start) => [...series].filter(([text]) => text.startsWith(start)).flatMap(([, samples]) => samples),
    last: (start) => sink.get(start).at(-1)?.value,
  };
  return sink;
}

export function seriesText({ __name__: name, ...labels }: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}{${pairs.map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}
