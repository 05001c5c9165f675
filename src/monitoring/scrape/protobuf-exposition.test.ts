import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { histogramText } from '../histogram/index.ts';
import type { Labels } from '../series.ts';
import { bucketLabel } from './bucket-label.ts';
import { acceptHeader, formatOf } from './exposition-format.ts';
import { seriesText } from './memory-sink.ts';
import { createProtobufReader } from './protobuf-exposition.ts';

const varint = (n: number): Buffer => {
  const bytes: number[] = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Buffer.from([...bytes, n]);
};
type Part = Buffer | string;
const bytes = (number: number, ...parts: Part[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
};
const int = (number: number, value: number): Buffer => Buffer.concat([varint(number * 8), varint(value)]);
const double = (number: number, value: number): Buffer => {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([varint(number * 8 + 1), content]);
};
const label = (name: string, value: string): Buffer => bytes(1, bytes(1, name), bytes(2, value));
const family = (name: string, type: number, ...metrics: Buffer[]): Buffer => {
  const content = Buffer.concat([bytes(1, name), bytes(2, 'Helps.'), int(3, type), ...metrics]);
  return Buffer.concat([varint(content.length), content]);
};

function read(body: Uint8Array, options: { native?: boolean; classic?: boolean } = {}) {
  const lines: string[] = [];
  const reader = createProtobufReader<string>(
    {
      resolve: (labels: Labels) => seriesText(labels),
      sample: (entry, value, time) => void lines.push(`${entry} ${value}${Number.isNaN(time) ? '' : ` @${time}`}`),
      histogram: (entry, histogram, time) =>
        void lines.push(`${entry} ${histogramText(histogram, String)}${Number.isNaN(time) ? '' : ` @${time}`}`),
      exemplar: (entry, one) => void lines.push(`# ${entry} ${seriesText({ __name__: '', ...one.labels })} ${one.value} @${one.time}`),
    },
    { native: true, classic: false, ...options },
  );
  const metadata = reader.read(body);
  return { lines, metadata, reader };
}

const bucket = (le: number, count: number, ...more: Buffer[]): Buffer => bytes(3, int(1, count), double(2, le), ...more);
const exemplar = (number: number): Buffer =>
  bytes(number, bytes(1, bytes(1, 'trace_id'), bytes(2, 'abc')), double(2, 0.7), bytes(3, int(1, 1_700_000_000), int(2, 5e8)));
const buckets = [bucket(0.5, 3), bucket(1, 5, exemplar(3)), bucket(1e6, 6)];
const native = [int(5, 0), double(6, 0.001), int(7, 1), bytes(12, int(1, 0), int(2, 2)), bytes(13, varint(4), varint(2))];
const histogram = (...parts: Buffer[]): Buffer => bytes(4, label('a', 'b'), bytes(7, int(1, 6), double(2, 9.5), ...parts));

test.each<[string, Buffer, string[], { native?: boolean; classic?: boolean }?]>([
  ['a counter with its exemplar', family('c_total', 0, bytes(4, label('a', 'b'), bytes(3, double(1, 7), exemplar(2)))), ['c_total{a="b"} 7', '# c_total{a="b"} {trace_id="abc"} 0.7 @1700000000500']],
  ['a gauge with a time', family('g', 1, bytes(4, bytes(2, double(1, -2.5)), int(6, 12345))), ['g{} -2.5 @12345']],
  ['an untyped zero', family('u', 3, bytes(4, bytes(5))), ['u{} 0']],
  ['a summary', family('s', 2, bytes(4, bytes(4, int(1, 3), double(2, 1.5), bytes(3, double(1, 0.5), double(2, 0.1)), bytes(3, double(1, 1), double(2, NaN))))), ['s{quantile="0.5"} 0.1', 's{quantile="1.0"} NaN', 's_sum{} 1.5', 's_count{} 3']],
  ['classic buckets', family('h', 4, histogram(...buckets)), ['h_bucket{a="b",le="0.5"} 3', 'h_bucket{a="b",le="1.0"} 5', '# h_bucket{a="b",le="1.0"} {trace_id="abc"} 0.7 @1700000000500', 'h_bucket{a="b",le="1e+06"} 6', 'h_bucket{a="b",le="+Inf"} 6', 'h_sum{a="b"} 9.5', 'h_count{a="b"} 6']],
  ['a native one wins over its buckets', family('h', 4, histogram(...buckets, ...native)), ['h{a="b"} {count:6, sum:9.5, [-0.001,0.001]:1, (0.5,1]:2, (1,2]:3}', '# h{a="b"} {trace_id="abc"} 0.7 @1700000000500']],
  ['both where it is asked for', family('h', 4, histogram(bucket(1, 5), ...native)), ['h{a="b"} {count:6, sum:9.5, [-0.001,0.001]:1, (0.5,1]:2, (1,2]:3}', 'h_bucket{a="b",le="1.0"} 5', 'h_bucket{a="b",le="+Inf"} 6', 'h_sum{a="b"} 9.5', 'h_count{a="b"} 6'], { classic: true }],
  ['none where it is not', family('h', 4, histogram(...native)), ['h_bucket{a="b",le="+Inf"} 6', 'h_sum{a="b"} 9.5', 'h_count{a="b"} 6'], { native: false }],
  ['an empty native one is known by its empty span', family('h', 4, bytes(4, bytes(7, int(5, 3), bytes(12)))), ['h{} {count:0, sum:0}']],
  ['a histogram of floats', family('h', 4, bytes(4, bytes(7, double(4, 1.5), double(2, 2), bytes(12, int(1, 0), int(2, 1)), double(14, 1.5)))), ['h{} {count:1.5, sum:2, (0.5,1]:1.5}']],
  ['a created time and fields unknown are passed over', family('c', 0, bytes(4, bytes(3, double(1, 7), bytes(3, int(1, 5))), bytes(99, 'x'))), ['c{} 7']],
  ['a name in UTF-8', family('ü.x', 1, bytes(4, label('mé', '😀'), bytes(2, double(1, 1)))), ['ü.x{mé="😀"} 1']],
])('%s', (_, body, lines, options) => {
  const first = read(body, options);
  expect(first.lines).toEqual(lines);
  expect(first.metadata.map(({ help }) => help)).toEqual(['Helps.']);
  first.lines.length = 0;
  expect(first.reader.read(body)).toEqual([]);
  expect(first.lines, 'what is remembered says the same').toEqual(lines);
}); // prettier-ignore

test.each<[string, Buffer, RegExp]>([
  ['a length beyond the end', Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), /byte 5 is no protobuf/],
  ['a family without a name', family('', 1), /byte 1: a metric family without a name/],
  ['a metric without a value', family('g', 1, bytes(4)), /byte \d+: a metric of g without a value/],
  ['a label twice', family('g', 1, bytes(4, label('a', 'b'), label('a', 'c'), bytes(2))), /byte \d+: the label 'a' is given twice/],
  ['a label without a name', family('g', 1, bytes(4, label('', 'b'), bytes(2))), /a label without a name/],
  ['a name that is not UTF-8', family('g', 1, bytes(4, bytes(1, bytes(1, Buffer.from([0xff]))), bytes(2))), /byte \d+: a label that is not UTF-8/],
  ['le of its own', family('h', 4, bytes(4, label('le', 'b'), bytes(7, ...buckets))), /a label 'le' of its own in h/],
  ['buckets that do not add up', family('h', 4, bytes(4, bytes(7, int(1, 7), ...native))), /a native histogram of h that can't be right: its buckets have 6 observations, and its count is 7/],
  ['a schema that there is not', family('h', 4, bytes(4, bytes(7, int(5, 200), bytes(12)))), /its schema is 100/],
  ['more buckets than anyone has', family('h', 4, bytes(4, bytes(7, bytes(12), bytes(13, Buffer.alloc(20_000))))), /at most 10000 are taken/],
])('refused: %s', (_, body, message) => expect(() => read(body)).toThrow(message)); // prettier-ignore

test.each([
  [1, '1.0'], [0, '0.0'], [0.5, '0.5'], [-2, '-2.0'], [1e5, '100000.0'], [1e6, '1e+06'], [1_550_000, '1.55e+06'], [1e23, '1e+23'],
  [0.0001, '0.0001'], [0.00001, '1e-05'], [Infinity, '+Inf'], [NaN, 'NaN'],
])('%d as a bucket is %s', (bound, text) => expect(bucketLabel(bound)).toBe(text)); // prettier-ignore

test('protobuf is offered where native histograms are asked for, or where it is listed', () => {
  const scrapeProtocols = ['PrometheusText0.0.4'] as const;
  const proto = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  const ask = (scrapeNativeHistograms: boolean, list: readonly ('PrometheusText0.0.4' | 'PrometheusProto')[] = scrapeProtocols) =>
    acceptHeader({ scrapeProtocols: [...list], scrapeNativeHistograms, nameEscaping: 'dots' });
  expect(ask(false)).toBe('text/plain;version=0.0.4;q=0.2,*/*;q=0.1');
  expect(ask(true)).toBe(`${proto};q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`);
  expect(ask(false, ['PrometheusText0.0.4', 'PrometheusProto'])).toBe(`text/plain;version=0.0.4;q=0.3,${proto};q=0.2,*/*;q=0.1`);
  expect(formatOf(proto, 'PrometheusText0.0.4')).toBe('protobuf');
  expect(formatOf('application/vnd.google.protobuf; encoding=text', 'PrometheusText0.0.4')).toBe('text');
  expect(formatOf('', 'PrometheusProto')).toBe('protobuf');
});

test('nothing that is sent breaks it, or takes long', async () => {
  const whole = Buffer.concat([
    family('h', 4, histogram(...buckets, ...native)),
    family('s', 2, bytes(4, bytes(4, int(1, 3), bytes(3, double(1, 0.5))))),
    family('c_total', 0, bytes(4, label('a', 'b'), bytes(3, double(1, 7), exemplar(2)), int(6, 5))),
  ]);
  const damaged = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((changes) => {
    const copy = Buffer.from(whole);
    for (const [at, byte] of changes) copy[at] = byte;
    return copy;
  });
  const cut = fc.nat(whole.length).map((length) => whole.subarray(0, length));
  const any = fc.uint8Array({ maxLength: 300 });
  await fuzz(
    fc.property(fc.oneof(damaged, cut, any), fc.boolean(), fc.boolean(), (body, nativeToo, classic) => {
      try {
        read(body, { native: nativeToo, classic });
      } catch (error) {
        expect((error as Error).message).toMatch(/byte \d+/);
      }
    }),
    1_500,
  );
});
