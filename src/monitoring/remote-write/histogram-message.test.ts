import { expect, test } from 'vitest';
import { formatNotation, parseHistogram } from '../histogram/index.ts';
import { ProtobufReader } from '../protobuf-reader.ts';
import { field, varint } from './encode-request.ts';
import { encodeHistogramMessage, readHistogram, type HistogramMessage } from './histogram-message.ts';

const read = (content: Buffer): HistogramMessage => readHistogram(new ProtobufReader(Buffer.concat([varint(content.length), content])));

test.each([
  'schema:1 count:4 sum:5.5 z_bucket:1 z_bucket_w:0.001 offset:-7 buckets:[1 0 2]',
  'count:3 sum:-Infinity n_offset:3 n_buckets:[1 0 0 2] counter_reset_hint:gauge',
  'schema:-53 count:3 sum:1.5 custom_values:[-1 2.5] buckets:[1 0.5 1.5] counter_reset_hint:reset',
  'schema:-4 count:2 sum:NaN buckets:[1] counter_reset_hint:not_reset',
])('%s goes and comes', (text) => {
  const { histogram } = parseHistogram(text);
  const message = read(encodeHistogramMessage(histogram, 1_700_000_000_123));
  expect(message).toEqual({ time: 1_700_000_000_123, histogram, problem: undefined });
});

const double = (number: number, value: number): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes[0] = number * 8 + 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
};
const int = (number: number, value: number): Buffer => Buffer.concat([varint(number * 8), varint(value)]);
const zigzags = (...values: number[]): Buffer => Buffer.concat(values.map((value) => varint(value < 0 ? -2 * value - 1 : 2 * value)));
const span = (offset: number, length: number): Buffer => Buffer.concat([Buffer.from([8]), zigzags(offset), int(2, length)]);

test('whole counts are differences; resolution beyond the highest is reduced', () => {
  const parts = [int(1, 7), double(3, 9), int(6, 1), field(11, span(1, 2)), field(11, span(1, 1)), field(12, zigzags(1, 2, -1))];
  expect(formatNotation(read(Buffer.concat(parts)).histogram!)).toBe('{{count:7 sum:9 z_bucket:1 offset:1 buckets:[1 3 0 2]}}');
  const fine = Buffer.concat([...parts, int(4, 20)]);
  expect(read(fine).histogram).toMatchObject({ schema: 8, count: 7 });
});

test('a sum that is a stale marker is one', () => {
  const sum = Buffer.from([25, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);
  expect(read(Buffer.concat([sum, int(15, 5)]))).toEqual({ time: 5, histogram: undefined, problem: undefined });
});

test.each([
  [
    'counts that do not add up',
    [int(1, 5), field(11, span(0, 1)), field(12, zigzags(4))],
    'its buckets have 4 observations, and its count is 5',
  ],
  [
    'spans that say more',
    [int(1, 4), field(11, span(0, 2)), field(12, zigzags(4))],
    'its positive spans have 2 buckets, and 1 counts are given',
  ],
  ['spans of gigabytes', [int(1, 4), field(11, span(0, 2 ** 31)), field(12, zigzags(4))], 'its positive spans have 2147483648 buckets'],
  ['a negative count', [int(1, 4), field(11, span(0, 1)), field(12, zigzags(-4))], 'its positive bucket 1 has -4 observations'],
  ['an unknown schema', [int(4, 13)], 'its schema is -7'],
  [
    'boundaries that fall',
    [int(4, 105), field(16, Buffer.concat([double(1, 2).subarray(1), double(1, 1).subarray(1)]))],
    'boundary 2 is 1',
  ],
  ['a zero bucket beside boundaries', [int(4, 105), int(6, 1)], 'zero bucket beside custom'],
  [
    'a span before the one before',
    [field(11, span(0, 1)), field(11, span(-1, 1)), field(13, Buffer.alloc(16))],
    'span 2 of its positive buckets',
  ],
  ['an unknown hint', [int(14, 9)], 'its reset hint is 9'],
] as const)('%s is refused', (_what, parts, why) => {
  expect(read(Buffer.concat([...parts])).problem).toContain(why);
});
