import { gzipSync } from 'node:zlib';
import { credentials, Metadata } from '@grpc/grpc-js';
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { AggregationTemporalityPreference, OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import type { Gate, Principal } from '../../platform/http/index.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import { DEFAULT_LABEL_LIMITS } from '../label-limits.ts';
import { otlpGrpcListener } from './grpc-listener.ts';
import { otlpHttpListener } from './http-listener.ts';
import { createOtlp } from './otlp.ts';
import { otlpRoutes } from './routes.ts';
import { Sink } from './test-sink.ts';

const MB = 1024 ** 2;
const log = pino({ level: 'silent' });
const sender: Principal = { kind: 'token', actor: 'token:sdk', name: 'sdk', person: null, role: 'intake' };
const anonymous: Principal = { kind: 'anonymous', actor: 'anonymous', name: 'anonymous', person: null, role: null };
const gate: Gate = {
  identify: async ({ headers }) => (headers.authorization === 'Bearer secret' ? sender : anonymous),
  permits: (principal) => principal.role === 'intake',
};

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.stop()));
});

async function setUp() {
  const sink = new Sink(0);
  const take = createOtlp({ sinkFor: () => sink, clock: systemClock, limits: DEFAULT_LABEL_LIMITS, retention: 86_400_000 });
  const open = { gate, log, host: '127.0.0.1', port: 0 };
  const http = otlpHttpListener({ ...open, routes: otlpRoutes(take, MB), clock: systemClock });
  const grpc = otlpGrpcListener({ ...open, take, maxBody: MB });
  await Promise.all([http.start(), grpc.start()]);
  opened.push(http, grpc);
  return { sink, http: `http://127.0.0.1:${http.port}/v1/metrics`, grpc: `http://127.0.0.1:${grpc.port}` };
}

/** What a program with OpenTelemetry's SDK does, with one export at the end. */
async function work(exporter: PushMetricExporter): Promise<void> {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    readers: [reader],
    views: [{ instrumentName: 'spread', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter('shop');
  meter.createCounter('orders', { description: 'Orders taken.' }).add(3, { country: 'de' });
  meter.createUpDownCounter('open').add(-2);
  const took = meter.createHistogram('took', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } });
  const spread = meter.createHistogram('spread');
  for (const value of [0.05, 0.5, 5]) {
    took.record(value);
    spread.record(value);
  }
  await provider.forceFlush();
  await provider.shutdown();
}

const AUTHORIZED = { authorization: 'Bearer secret' };
const { DELTA } = AggregationTemporalityPreference;
const metadata = (): Metadata => {
  const all = new Metadata();
  all.set('authorization', AUTHORIZED.authorization);
  return all;
};

test.each<[string, (at: { http: string; grpc: string }) => PushMetricExporter]>([
  ['protobuf over HTTP', ({ http }) => new ProtobufExporter({ url: http, headers: AUTHORIZED })],
  ['gzipped protobuf over HTTP', ({ http }) => new ProtobufExporter({ url: http, headers: AUTHORIZED, compression: 'gzip' as never })],
  ['JSON over HTTP', ({ http }) => new JsonExporter({ url: http, headers: AUTHORIZED })],
  ['differences over HTTP', ({ http }) => new JsonExporter({ url: http, headers: AUTHORIZED, temporalityPreference: DELTA })],
  ['gRPC', ({ grpc }) => new GrpcExporter({ url: grpc, metadata: metadata(), credentials: credentials.createInsecure() })],
  [
    'gzipped gRPC',
    ({ grpc }) =>
      new GrpcExporter({ url: grpc, metadata: metadata(), credentials: credentials.createInsecure(), compression: 'gzip' as never }),
  ],
])("OpenTelemetry's SDK is served: %s", async (_, exporterFor) => {
  const { sink, ...at } = await setUp();
  await work(exporterFor(at));
  expect(sink.last('orders_total{country="de"')).toBe(3);
  expect(sink.last('open{')).toBe(-2);
  const buckets = [...sink.ids.keys()].filter((series) => series.startsWith('took_seconds_bucket'));
  expect(buckets.map((series) => sink.last(series))).toEqual([1, 2, 3]);
  expect(sink.last('took_seconds_sum')).toBeCloseTo(5.55);
  expect(sink.last('spread{')).toMatchObject({ count: 3, sum: 5.55 });
  expect(sink.metadata.find(({ metric }) => metric === 'orders_total')).toMatchObject({ type: 'counter', help: 'Orders taken.' });
});

test('who may not send is told so, on each way in', async () => {
  const { sink, http, grpc } = await setUp();
  const answer = await fetch(http, { method: 'POST', headers: { 'content-type': 'application/x-protobuf' }, body: '' });
  expect(answer.status).toBe(401);
  const exporter = new GrpcExporter({ url: grpc, credentials: credentials.createInsecure(), timeoutMillis: 2000 });
  await work(exporter).catch(() => undefined);
  expect(sink.samples).toEqual([]);
});

test.each([
  ['a body that is no protobuf', {}, Buffer.from([1, 2, 3]), 400, 'no OTLP metrics request'],
  ['a gzip bomb', { 'content-encoding': 'gzip' }, gzipped(Buffer.alloc(64 * MB)), 413, 'too large when decompressed'],
  ['a body that is no gzip', { 'content-encoding': 'gzip' }, Buffer.from('hello'), 400, 'is not gzip'],
  ['an unknown encoding', { 'content-encoding': 'br' }, Buffer.from('hello'), 415, "not 'br'"],
  ['an unknown type', { 'content-type': 'text/plain' }, Buffer.from('hello'), 415, "not 'text/plain'"],
  ['broken JSON', { 'content-type': 'application/json' }, Buffer.from('{'), 400, 'no JSON'],
])('%s is refused', async (_, headers, body, status, message) => {
  const { http } = await setUp();
  const answer = await fetch(http, {
    method: 'POST',
    headers: { ...AUTHORIZED, 'content-type': 'application/x-protobuf', ...headers },
    body,
  });
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain(message);
});

test.each([
  [new Problem(503, 'disk-full', 'The disk is full.', { retryAfter: 30 }), 503, '30'],
  [new LimitError(429, 'Too many series.', { limit: 1, setting: 'store.maxSeries', retryAfter: 60 }), 429, '60'],
])('a sender is told when to come back: %s', async (failure, status, wait) => {
  const { sink, http } = await setUp();
  sink.failure = failure;
  const body = JSON.stringify({
    resourceMetrics: [
      { scopeMetrics: [{ metrics: [{ name: 'g', gauge: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asInt: 1 }] } }] }] },
    ],
  });
  const answer = await fetch(http, { method: 'POST', headers: { ...AUTHORIZED, 'content-type': 'application/json' }, body });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, wait]);
});

function gzipped(bytes: Buffer): Buffer<ArrayBuffer> {
  return Buffer.from(gzipSync(bytes));
}
