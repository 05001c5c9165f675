/** One data set for both: in memory for our engine, as remote write for a real Prometheus. */
import { MemorySource } from '../../../src/monitoring/promql/index.ts';
import { request, sample, series } from '../../../src/monitoring/remote-write/encode-request.ts';
import { writeStale } from '../../../src/monitoring/series.ts';
import type { DataSet } from './data.ts';

/** With `change`, other numbers. */
export function memorySource({ series: all }: DataSet, change: (value: number) => number = (value) => value): MemorySource {
  const source = new MemorySource();
  for (const { labels, times, values } of all) {
    const numbers = new Float64Array(values.length);
    for (const [i, value] of values.entries()) {
      if (value === 'stale') writeStale(numbers, i);
      else numbers[i] = change(value);
    }
    source.add(labels, times, numbers);
  }
  return source;
}

const STALE = Buffer.from('020000000000f07f', 'hex');

/** Bodies of remote write 1.0, a few hundred kilobytes each. */
export function writeRequests({ series: all }: DataSet): Buffer[] {
  const whole = all.map(({ labels, times, values }) => {
    const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    return series(sorted, ...times.map((time, i) => sample(time, values[i] === 'stale' ? STALE : (values[i] as number))));
  });
  const requests: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 30) requests.push(request(...whole.slice(at, at + 30)));
  return requests;
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
