/**
 * Native histograms beside a real Prometheus: the same protobuf exposition is scraped by both, and Prometheus sends on what it scraped by
 * remote write. nines answers the same of either.
 */
import fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { field, label, varint } from '../../src/monitoring/remote-write/encode-request.ts';
import { freePort } from '../harness/free-port.ts';
import { NinesProcess, TOKEN, waitFor } from '../harness/nines-process.ts';
import { has, startPeer, type Peer } from '../harness/peer-process.ts';

const installed = has('prometheus');

const int = (number: number, value: number): Buffer => Buffer.concat([varint(number * 8), varint(value)]);
const double = (number: number, value: number): Buffer => {
  const bits = Buffer.alloc(8);
  bits.writeDoubleLE(value);
  return Buffer.concat([varint(number * 8 + 1), bits]);
};
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const packed = (number: number, values: readonly number[]): Buffer =>
  field(number, Buffer.concat(values.map((one) => varint(zigzag(one)))));
/** Counts of buckets in a row as spans want them: each as its distance from the one before. */
const deltas = (counts: readonly number[]): number[] => counts.map((count, i) => count - (counts[i - 1] ?? 0));
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

interface Shape {
  readonly path: string;
  readonly schema: number;
  readonly zeros: number;
  readonly negative: readonly number[];
  readonly positive: readonly number[];
  /** Of the first bucket on either side. */
  readonly offset: number;
}

/** A metric of a family of histograms: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto */
function metricOf({ path: at, schema, zeros, negative, positive, offset }: Shape): Buffer {
  const side = (span: number, delta: number, counts: readonly number[]): Buffer[] =>
    counts.length === 0 ? [] : [field(span, Buffer.concat([int(1, zigzag(offset)), int(2, counts.length)])), packed(delta, deltas(counts))];
  const count = zeros + sum(negative) + sum(positive);
  const histogram = [
    int(1, count),
    double(2, sum(positive) * 0.7 - sum(negative) * 1.3),
    // The classic buckets of the same family, for who doesn't ask for native ones.
    field(3, Buffer.concat([int(1, sum(negative) + zeros), double(2, 0.5)])),
    int(5, zigzag(schema)),
    double(6, 1e-6),
    int(7, zeros),
    ...side(9, 10, negative),
    ...side(12, 13, positive),
  ];
  return field(4, Buffer.concat([label('path', at), field(7, Buffer.concat(histogram))]));
}

/** What the program has observed after so many stages: one that grows, one on both sides of zero, one that starts anew, one that is empty at first. */
const shapesAt = (stage: number): Shape[] => [
  { path: '/grows', schema: 3, zeros: 0, negative: [], positive: [stage, 3 * stage, 0, stage + 7], offset: -4 },
  { path: '/both', schema: -1, zeros: stage, negative: [2, stage], positive: [stage * stage, 1], offset: 1 },
  { path: '/anew', schema: 0, zeros: 1, negative: [], positive: stage < 4 ? [10 + stage, 20] : [stage - 3, 1], offset: 0 },
  { path: '/late', schema: 8, zeros: 0, negative: [], positive: stage < 3 ? [] : [stage], offset: 100 },
];
let stage = 1;
const family = (): Buffer => {
  const content = Buffer.concat([field(1, 'wait_seconds'), field(2, 'Waits.'), int(3, 4), ...shapesAt(stage).map(metricOf)]);
  return Buffer.concat([varint(content.length), content]);
};
const target = createServer((request, response) => {
  if (!request.headers.accept?.includes('application/vnd.google.protobuf')) return response.writeHead(406).end();
  return response
    .setHeader('content-type', 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited')
    .end(family());
});

interface Vector {
  readonly metric: Record<string, string>;
  readonly value?: [number, string];
  readonly histogram?: [number, { count: string; sum: string; buckets?: [number, string, string, string][] }];
}
type Ask = (query: string, time?: number) => Promise<Vector[]>;

let nines: NinesProcess;
let prometheus: Peer;
let theirs: Ask;
let ours: Ask;

const ask =
  (url: string, headers: Record<string, string>): Ask =>
  async (query, time) => {
    const search = new URLSearchParams({ query, ...(time !== undefined && { time: String(time) }) });
    const answer = (await (await fetch(`${url}/api/v1/query?${search.toString()}`, { headers })).json()) as { status: string; error?: string; data: { result: Vector[] } }; // prettier-ignore
    if (answer.status !== 'success') throw new Error(`${query}: ${answer.error}`);
    return answer.data.result;
  };

beforeAll(async () => {
  if (!installed) return;
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', () => resolve()));
  const address = `127.0.0.1:${(target.address() as AddressInfo).port}`;
  nines = await NinesProcess.prepare({
    files: {
      'scrape.yaml': `apiVersion: nines/v1\nkind: Scrape\nmetadata: { name: fixture }\nspec: { targets: ['${address}'], interval: 1s, scrapeNativeHistograms: true }\n`,
    },
  });
  const file = path.join(nines.directory, 'prometheus.yml');
  fs.writeFileSync(
    file,
    `global: { scrape_interval: 1s, external_labels: { via: prometheus } }
scrape_configs: [{ job_name: fixture, static_configs: [{ targets: ['${address}'] }] }]
remote_write: [{ url: '${nines.url}/api/v1/write', send_native_histograms: true, authorization: { credentials: ${TOKEN} }, queue_config: { batch_send_deadline: 200ms } }]
`,
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  [theirs, ours] = [ask(url, {}), ask(nines.url, { authorization: `Bearer ${TOKEN}` })];
  await nines.start();
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${nines.directory}/theirs`, `--web.listen-address=127.0.0.1:${port}`, '--enable-feature=native-histograms']; // prettier-ignore
  prometheus = await startPeer('prometheus', args, async () => (await fetch(`${url}/-/ready`)).ok);
  // Each stage is seen by both.
  for (; stage < 6; stage++) {
    const count = Number((await theirs('count_over_time(wait_seconds{path="/grows"}[1h])').catch(() => []))[0]?.value?.[1] ?? 0);
    await waitFor(
      () => `stage ${stage} to be scraped; Prometheus said ${prometheus.output()}\nnines said ${nines.output}`,
      async () => {
        const seen = async (of: Ask, matcher: string) =>
          (await of(`histogram_count(wait_seconds{path="/grows"${matcher}})`))[0]?.value?.[1];
        const [a, b] = [await seen(theirs, ''), await seen(ours, ',via=""')];
        const scrapes = Number((await theirs('count_over_time(wait_seconds{path="/grows"}[1h])'))[0]?.value?.[1] ?? 0);
        return scrapes > count && a === b && a === String(5 * stage + 7);
      },
    );
  }
}, 180_000);

afterAll(async () => {
  await prometheus?.stop();
  await nines?.[Symbol.asyncDispose]();
  target.closeAllConnections();
  target.close();
});

/** Without what tells the two ways apart, in the order of their paths. Numbers to twelve digits: sums are in another order. */
const comparable = (vectors: readonly Vector[], times: boolean) =>
  vectors
    .map(({ metric: all, value, histogram }) => {
      const metric = Object.fromEntries(Object.entries(all).filter(([name]) => !['via', 'job'].includes(name)));
      const number = (text: string): string => Number(text).toPrecision(12);
      const [at, whole] = histogram ?? [undefined, undefined];
      return {
        metric,
        ...(value && { value: times ? value : value[1] }),
        ...(whole && {
          at: times ? at : 0,
          count: number(whole.count),
          sum: number(whole.sum),
          buckets: whole.buckets?.map(([ends, from, to, count]) => [ends, number(from), number(to), number(count)]),
        }),
      };
    })
    .sort((a, b) => ((a.metric['path'] ?? '') < (b.metric['path'] ?? '') ? -1 : 1));

/**
 * What Prometheus 2.42 and 3 answer alike. They don't where a quantile is inside of a bucket, and where a counter's increase would begin below
 * zero: of one that was near zero at first nothing is asked.
 */
const QUERIES: readonly string[] = [
  'wait_seconds{FROM}',
  'histogram_count(wait_seconds{FROM})',
  'histogram_sum(wait_seconds{FROM})',
  'sum(wait_seconds{FROM})',
  'count_over_time(wait_seconds{FROM}[1h])',
  'timestamp(wait_seconds{FROM})',
  'sum by (path) (increase(wait_seconds{FROM,path=~"/grows|/both|/anew"}[1h]))',
  'histogram_count(sum(rate(wait_seconds{FROM,path=~"/grows|/both"}[1h])))',
  'histogram_sum(increase(wait_seconds{FROM,path="/anew"}[1h]))',
  'histogram_quantile(1, wait_seconds{FROM})',
];

test.skipIf(!installed)('what Prometheus scraped and sent on is answered as Prometheus answers it', { timeout: 60_000 }, async () => {
  const newest = Number((await theirs('max(timestamp(wait_seconds))'))[0]!.value![1]);
  await waitFor(
    () => `the sample of ${newest} to arrive; nines said ${nines.output}`,
    async () => Number((await ours('max(timestamp(wait_seconds{via="prometheus"}))'))[0]?.value?.[1] ?? 0) >= newest,
  );
  // No sample lies on a window's edge: there the two versions of Prometheus differ.
  const time = newest + 0.005;
  for (const query of QUERIES) {
    const a = await theirs(query.replace('FROM', 'job="fixture"'), time);
    const b = await ours(query.replace('FROM', 'job="fixture",via="prometheus"'), time);
    expect(a.length, query).toBeGreaterThan(0);
    expect(comparable(b, true), query).toEqual(comparable(a, true));
  }
});

test.skipIf(!installed)('what nines scraped by itself is the same', { timeout: 60_000 }, async () => {
  await waitFor('both to have scraped the last stage', async () => {
    const counts = await Promise.all([theirs('histogram_count(wait_seconds)'), ours('histogram_count(wait_seconds{via=""})')]);
    return counts.every((one) => one.find(({ metric }) => metric['path'] === '/grows')?.value?.[1] === String(5 * stage + 7));
  });
  const [a, b] = [await theirs('wait_seconds'), await ours('wait_seconds{via=""}')];
  expect(a).toHaveLength(4);
  expect(comparable(b, false)).toEqual(comparable(a, false));
  const names = async (of: Ask, matcher: string) => (await of(`count by (__name__) ({__name__=~"wait_.*"${matcher}})`)).map(({ metric, value }) => [metric, value?.[1]]); // prettier-ignore
  expect(await names(ours, ',via=""')).toEqual(await names(theirs, ''));
  expect(await names(ours, ',via="prometheus"')).toEqual(await names(theirs, ''));
});
