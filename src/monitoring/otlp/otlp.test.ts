import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { Problem } from '../../platform/problem.ts';
import { DEFAULT_LABEL_LIMITS } from '../label-limits.ts';
import { encodeJson } from './encode-json.ts';
import { metricsRequest } from './json-schema.ts';
import { createOtlp } from './otlp.ts';
import type { OtlpSettings } from './settings.ts';
import { Sink } from './test-sink.ts';

const NOW = 1_700_000_000_000;
const nano = (ms: number): string => `${ms}000000`;

function setUp(settings: Partial<OtlpSettings> = {}) {
  const sink = new Sink(NOW);
  const clock = { now: () => NOW } as never;
  const take = createOtlp({ sinkFor: () => sink, clock, settings, limits: DEFAULT_LABEL_LIMITS, retention: 86_400_000 });
  const send = (metrics: object[], resource: object = attributes({ 'service.name': 'shop' })) =>
    take(encodeJson({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'lib' }, metrics }] }] }, metricsRequest), {
      protocol: 'otlp',
      name: 'test',
    });
  return { sink, take, send };
}

const attributes = (all: Record<string, string>) => ({
  attributes: Object.entries(all).map(([key, value]) => ({ key, value: { stringValue: value } })),
});
const at = (ms = NOW, more: object = {}) => ({ timeUnixNano: nano(ms), ...more });
const sum = (temporality: number, ...dataPoints: object[]) => ({
  name: 'hits',
  sum: { dataPoints, aggregationTemporality: temporality, isMonotonic: true },
});

test('a gauge and a cumulative sum are samples; what describes them is kept', async () => {
  const { sink, send } = setUp();
  const gauge = { name: 'temp', unit: 'Cel', description: 'How warm.', gauge: { dataPoints: [at(NOW, { asDouble: 21.5 })] } };
  expect(await send([gauge, sum(2, at(NOW, { asInt: '-7', ...attributes({ code: '200' }) }))])).toBeUndefined();
  expect(sink.samples).toEqual([
    ['temp_celsius{job="shop"}', 0, 21.5],
    ['hits_total{code="200",job="shop"}', 0, -7],
  ]);
  expect(sink.metadata).toEqual([
    { metric: 'temp_celsius', type: 'gauge', help: 'How warm.', unit: 'Cel' },
    { metric: 'hits_total', type: 'counter', help: '', unit: '' },
  ]);
});

test('the resource is job and instance, the rest of it target_info, and what is promoted a label', async () => {
  const { sink, send } = setUp({ promoteResourceAttributes: ['region'], promoteScope: true });
  const resource = attributes({
    'service.namespace': 'eu',
    'service.name': 'shop',
    'service.instance.id': 'a1',
    region: 'north',
    host: 'h',
  });
  await send([{ name: 'g', gauge: { dataPoints: [at(NOW, { asDouble: 1 })] } }], resource);
  expect(sink.samples).toEqual([
    ['g{instance="a1",job="eu/shop",otel_scope_name="lib",region="north"}', 0, 1],
    ['target_info{host="h",instance="a1",job="eu/shop",region="north"}', 0, 1],
  ]);
});

test('differences are added up from zero at their start; what comes twice counts once; a failed append is taken back', async () => {
  const { sink, send } = setUp();
  const part = (ms: number, value: number) => sum(1, { ...at(NOW + ms, { asDouble: value }), startTimeUnixNano: nano(NOW + ms - 10) });
  await send([part(0, 5)]);
  await send([part(10, 3)]);
  await send([part(10, 3)]);
  sink.failure = new Problem(503, 'disk-full', 'full');
  await expect(send([part(20, 2)])).rejects.toThrow('full');
  sink.failure = undefined;
  await send([part(20, 2)]);
  expect(sink.samples.map(([, time, value]) => [time, value])).toEqual([
    [-10, 0],
    [0, 5],
    [10, 8],
    [20, 10],
  ]);
});

test('a histogram is cumulative buckets, count and sum, with exemplars on their buckets', async () => {
  const { sink, send } = setUp();
  const exemplar = { timeUnixNano: nano(NOW), asDouble: 0.3, traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
  const point = at(NOW, { count: '6', sum: 4.5, bucketCounts: ['1', '2', '3'], explicitBounds: [0.1, 0.5], exemplars: [exemplar] });
  const histogram = { name: 'took', unit: 's', histogram: { dataPoints: [point], aggregationTemporality: 2 } };
  for (let i = 0; i < 2; i++) await send([histogram]);
  const expected = [
    ['took_seconds_bucket{job="shop",le="0.1"}', 0, 1],
    ['took_seconds_bucket{job="shop",le="0.5"}', 0, 3],
    ['took_seconds_bucket{job="shop",le="+Inf"}', 0, 6],
    ['took_seconds_count{job="shop"}', 0, 6],
    ['took_seconds_sum{job="shop"}', 0, 4.5],
  ];
  expect(sink.samples).toEqual([...expected, ...expected]);
  expect(sink.nameOf(sink.exemplarsTaken[0]?.id ?? 0)).toBe('took_seconds_bucket{job="shop",le="0.5"}');
  expect(sink.exemplarsTaken[0]?.labels).toEqual({ trace_id: exemplar.traceId, span_id: exemplar.spanId });
});

test('an exponential histogram is a native one; too fine a scale is made coarser', async () => {
  const { sink, send } = setUp();
  const point = (scale: number, offset: number) =>
    at(NOW, {
      count: 9,
      sum: 12,
      scale,
      zeroCount: 1,
      positive: { offset, bucketCounts: [1, 2, 0, 0, 0, 5] },
      ...attributes({ s: `${scale}` }),
    });
  await send([{ name: 'e', exponentialHistogram: { dataPoints: [point(2, -3), point(9, -3)], aggregationTemporality: 2 } }]);
  expect(sink.samples.map(([, , value]) => value)).toMatchObject([
    {
      schema: 2,
      count: 9,
      sum: 12,
      zeroCount: 1,
      positiveSpans: [
        { offset: -2, length: 2 },
        { offset: 3, length: 1 },
      ],
      positiveBuckets: Float64Array.of(1, 2, 5),
    },
    { schema: 8, positiveSpans: [{ offset: -1, length: 4 }], positiveBuckets: Float64Array.of(1, 2, 0, 5) },
  ]);
});

test('exponential differences are added up', async () => {
  const { sink, send } = setUp();
  const part = (ms: number) => ({
    name: 'e',
    exponentialHistogram: {
      aggregationTemporality: 1,
      dataPoints: [at(NOW + ms, { count: 3, sum: 2, scale: 0, positive: { offset: 0, bucketCounts: [1, 2] } })],
    },
  });
  await send([part(0)]);
  await send([part(10)]);
  expect(sink.samples.at(-1)?.[2]).toMatchObject({ count: 6, sum: 4, positiveBuckets: Float64Array.of(2, 4) });
});

test('a summary is its quantiles; a point without a value ends its series', async () => {
  const { sink, send } = setUp();
  const quantileValues = [
    { quantile: 0.5, value: 1 },
    { quantile: 0.99, value: 4 },
  ];
  await send([{ name: 's', summary: { dataPoints: [at(NOW, { count: 3, sum: 6, quantileValues })] } }]);
  await send([sum(2, at(NOW + 1, { flags: 1 }))]);
  expect(sink.samples).toEqual([
    ['s{job="shop",quantile="0.5"}', 0, 1],
    ['s{job="shop",quantile="0.99"}', 0, 4],
    ['s_count{job="shop"}', 0, 3],
    ['s_sum{job="shop"}', 0, 6],
    ['hits_total{job="shop"}', 1, 'stale'],
  ]);
});

const good = { name: 'good', gauge: { dataPoints: [at(NOW, { asDouble: 1 })] } };
test.each([
  ['a time of long ago', { name: 'g', gauge: { dataPoints: [at(0, { asDouble: 1 })] } }, 'outside of what is kept'],
  ['a time far ahead', { name: 'g', gauge: { dataPoints: [at(NOW * 2, { asDouble: 1 })] } }, 'outside of what is kept'],
  [
    'buckets that do not fit',
    { name: 'h', histogram: { dataPoints: [at(NOW, { bucketCounts: [1], explicitBounds: [1] })] } },
    '1 buckets and 1',
  ],
  [
    'boundaries out of order',
    { name: 'h', histogram: { dataPoints: [at(NOW, { bucketCounts: [1, 1, 1], explicitBounds: [2, 1] })] } },
    'ascend',
  ],
  ['too coarse a scale', { name: 'e', exponentialHistogram: { dataPoints: [at(NOW, { scale: -5 })] } }, 'scale -5'],
  ['no name', { name: '', gauge: { dataPoints: [at(NOW, { asDouble: 1 })] } }, 'no metric name'],
])('%s is rejected with the reason, and what is good beside it is stored', async (_, metric, why) => {
  const { sink, send } = setUp();
  const partial = await send([metric, good]);
  expect(partial).toMatchObject({ rejected: 1 });
  expect(partial?.message).toContain(why);
  expect(sink.samples).toEqual([['good{job="shop"}', 0, 1]]);
});

test('nothing that is sent can break it', async () => {
  const { take } = setUp();
  const body = encodeJson({ resourceMetrics: [{ scopeMetrics: [{ metrics: [good, sum(1, at(NOW, { asDouble: 1 }))] }] }] }, metricsRequest);
  const source = { protocol: 'otlp', name: 'fuzz' };
  const takeOrRefuse = async (bytes: Uint8Array): Promise<void> => {
    await take(bytes, source).catch((error: unknown) => {
      if (!(error instanceof Problem && error.status === 400)) throw error;
    });
  };
  await fuzz(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), takeOrRefuse), 500);
  const edits = fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
  await fuzz(
    fc.asyncProperty(edits, (changes) => {
      const damaged = Uint8Array.from(body);
      for (const [where, byte] of changes) damaged[where] = byte;
      return takeOrRefuse(damaged);
    }),
    500,
  );
});

test.each([
  [{ resourceMetrics: {} }, 'resourceMetrics must be a list'],
  [{ resourceMetrics: [5] }, 'resourceMetrics[0] must be an object, not 5'],
  [
    { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 5 }] }] }] },
    'resourceMetrics[0].scopeMetrics[0].metrics[0].name must be a text',
  ],
  [{ resourceMetrics: [{ resource: { attributes: [{ key: 'a', value: { intValue: 1.5 } }] } }] }, 'must be an integer, not 1.5'],
  [[], 'The body must be an object'],
])('JSON that is no request is refused by name: %j', (body, message) => {
  expect(() => encodeJson(body, metricsRequest)).toThrow(message);
});
