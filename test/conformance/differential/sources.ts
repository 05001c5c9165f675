/** One data set for both: in memory for our engine, as remote write for a real Prometheus. */
import type { Histogram } from '../../../src/monitoring/histogram.ts';
import { MemorySource } from '../../../src/monitoring/promql/index.ts';
import { field, request, sample, series } from '../../../src/monitoring/remote-write/encode-request.ts';
import { encodeHistogramMessage } from '../../../src/monitoring/remote-write/histogram-message.ts';
import { writeStale } from '../../../src/monitoring/series.ts';
import type { DataSeries, DataSet } from './data.ts';
import { encodeWholeHistogram, isWhole } from './whole-histogram.ts';

/** With `change`, other numbers. */
export function memorySource({ series: all }: DataSet, change?: (value: number) => number): MemorySource {
  const source = new MemorySource();
  for (const { labels, times, values } of all) {
    // A histogram stands where no number is.
    const numbers = new Float64Array(values.length).fill(NaN);
    const histograms = new Map<number, Histogram>();
    for (const [i, value] of values.entries()) {
      if (value === 'stale') writeStale(numbers, i);
      else if (typeof value === 'number') numbers[i] = change?.(value) ?? value;
      else histograms.set(i, change === undefined ? value : changed(value, change));
    }
    source.add(labels, times, numbers, histograms);
  }
  return source;
}

/** Counts stay: one that falls by the least would be a counter reset. */
const changed = (histogram: Histogram, change: (value: number) => number): Histogram => ({ ...histogram, sum: change(histogram.sum) });

const STALE = Buffer.from('020000000000f07f', 'hex');

/** Bodies of remote write 1.0, a few hundred kilobytes each; what has both numbers and histograms goes in the order of its times. */
export function writeRequests({ series: all }: DataSet): Buffer[] {
  // Prometheus takes a request's numbers, and so its stale markers, before its histograms.
  const blended = all.filter(({ values }) => hasHistogram(values) && values.some((value) => typeof value !== 'object'));
  const whole = all.filter((one) => !blended.includes(one)).map(({ labels, times, values }) => encode(labels, times, values));
  const requests: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 30) requests.push(request(...whole.slice(at, at + 30)));
  const runs = blended.map((one) => runsOf(one));
  const longest = Math.max(0, ...runs.map(({ length }) => length));
  for (let i = 0; i < longest; i++) requests.push(request(...runs.flatMap((parts) => parts[i] ?? [])));
  return requests;
}

type Values = DataSeries['values'];

const hasHistogram = (values: Values): boolean => values.some((value) => typeof value === 'object');

function encode(labels: DataSeries['labels'], times: readonly number[], values: Values): Buffer {
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  const whole = values.every((value) => typeof value !== 'object' || isWhole(value));
  const samples = values.map((value, i) => {
    if (value === 'stale') return sample(times[i]!, STALE);
    if (typeof value === 'number') return sample(times[i]!, value);
    return field(4, whole ? encodeWholeHistogram(value, times[i]!) : encodeHistogramMessage(value, times[i]!));
  });
  return series(sorted, ...samples);
}

/** Stretches of numbers, and of histograms; markers each by itself. */
function runsOf({ labels, times, values }: DataSeries): Buffer[] {
  const runs: Buffer[] = [];
  for (let from = 0; from < values.length;) {
    let to = from + 1;
    while (to < values.length && typeof values[to] === typeof values[from]) to++;
    runs.push(encode(labels, times.slice(from, to), values.slice(from, to)));
    from = to;
  }
  return runs;
}

/** Posts a data set to `/api/v1/write` below the address. */
export async function writeTo(url: string, data: DataSet): Promise<void> {
  for (const body of writeRequests(data)) {
    const answer = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: new Uint8Array(body),
    });
    if (!answer.ok) throw new Error(`${url} refused the data: ${answer.status} ${await answer.text()}`);
  }
}
