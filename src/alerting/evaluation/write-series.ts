import { writeStale, type Histogram, type Labels, type SampleSink } from '../../monitoring/index.ts';

/** Series that a rule wrote, by their labels, as the last evaluation left them. */
export type Written = ReadonlyMap<string, number>;

export interface WrittenSample {
  readonly labels: Labels;
  readonly value: number;
  readonly histogram?: Histogram;
}

/** Two series are the same where their labels are. */
export const seriesKey = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Writes what a rule found as series, and ends those that it wrote before and no longer has. No two of `samples` have the same labels. */
export async function writeSeries(sink: SampleSink, before: Written, samples: readonly WrittenSample[], at: number): Promise<Written> {
  const after = new Map<string, number>();
  for (const { labels } of samples) {
    const key = seriesKey(labels);
    after.set(key, before.get(key) ?? sink.resolve(labels));
  }
  const gone = [...before].filter(([key]) => !after.has(key)).map(([, id]) => id);
  const ids = Uint32Array.from([...after.values(), ...gone]);
  if (ids.length === 0) return after;
  const values = new Float64Array(ids.length);
  const histograms = new Map<number, Histogram>();
  for (const [i, { value, histogram }] of samples.entries()) {
    values[i] = value;
    if (histogram) histograms.set(i, histogram);
  }
  for (let i = samples.length; i < ids.length; i++) writeStale(values, i);
  await sink.append({ ids, times: new Float64Array(ids.length).fill(at), values, ...(histograms.size > 0 && { histograms }) });
  return after;
}
