import * as fc from 'fast-check';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { Problem } from '../../platform/problem.ts';
import { formatNotation, parseHistogram } from '../histogram/index.ts';
import { ProtobufReader } from '../protobuf-reader.ts';
import { MemorySource } from '../promql/index.ts';
import { field, varint } from '../remote-write/encode-request.ts';
import { readHistogram } from '../remote-write/histogram-message.ts';
import { SnappyDecoder, snappySize } from '../remote-write/snappy.ts';
import { writeStale, isStale } from '../series.ts';
import { crc32c } from './crc32c.ts';
import { readRequest } from './read-request.ts';
import { snappyEncode } from './snappy-encode.ts';
import { remoteRead } from './remote-read.ts';
import { encodeXorChunk } from './xor-chunk.ts';

/** The other way round, bit by bit as Prometheus' iterator reads it. */
function decodeXorChunk(bytes: Uint8Array): { times: number[]; bits: bigint[] } {
  let at = 0;
  const bit = (): number => {
    const value = (bytes[at >> 3]! >> (7 - (at & 7))) & 1;
    at++;
    return value;
  };
  const bits = (count: number): bigint => {
    let value = 0n;
    for (let i = 0; i < count; i++) value = (value << 1n) | BigInt(bit());
    return value;
  };
  const uvarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bits(8);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  const count = Number(bits(16));
  const times: number[] = [];
  const values: bigint[] = [];
  let [delta, leading, trailing] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    if (i === 0) {
      const zigzag = uvarint();
      times.push(Number((zigzag >> 1n) ^ -(zigzag & 1n)));
      values.push(bits(64));
      continue;
    }
    if (i === 1) delta = Number(uvarint());
    else {
      let ones = 0;
      while (ones < 4 && bit() === 1) ones++;
      const width = [0, 14, 17, 20, 64][ones]!;
      const raw = bits(width);
      // As Prometheus reads it: beyond half, and not at it, a number is negative.
      if (width > 0) delta += Number(width < 64 && raw > 1n << BigInt(width - 1) ? raw - (1n << BigInt(width)) : BigInt.asIntN(64, raw));
    }
    times.push(times.at(-1)! + delta);
    if (bit() === 0) values.push(values.at(-1)!);
    else {
      if (bit() === 1) {
        leading = Number(bits(5));
        const significant = Number(bits(6)) || 64;
        trailing = 64 - leading - significant;
      }
      values.push(values.at(-1)! ^ (bits(64 - leading - trailing) << BigInt(trailing)));
    }
  }
  return { times, bits: values };
}

const anyBits = fc.oneof(
  fc.double().map((value) => new BigUint64Array(Float64Array.of(value).buffer)[0]!),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 2n ** 63n, 2n ** 64n - 1n, 0x7ff0000000000002n),
);
const anyStep = fc.oneof(
  fc.integer({ min: 1, max: 20_000 }),
  fc.integer({ min: 1, max: 2_000_000 }),
  fc.constantFrom(8191, 8192, 65_536, 524_288, 1e11),
);

test('a chunk is read back to the last bit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e14, max: 1e14 }),
      fc.array(fc.tuple(anyStep, anyBits), { minLength: 1, maxLength: 130 }),
      (start, samples) => {
        let time = start;
        const times = Float64Array.from(samples, ([step]) => (time += step));
        const words = new Uint32Array(BigUint64Array.from(samples, ([, bits]) => bits).buffer);
        const read = decodeXorChunk(encodeXorChunk(times, words, 0, samples.length));
        expect(read.times).toEqual([...times]);
        expect(read.bits).toEqual(samples.map(([, bits]) => bits));
      },
    ),
    { numRuns: 500 },
  );
});

test('what is compressed is decompressed to the same', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(new Uint8Array(1000), Buffer.from('repeated, repeated, repeated')),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const bytes = Buffer.concat(parts);
      expect(uncompressed(snappyEncode(bytes)).equals(bytes)).toBe(true);
    }),
    { numRuns: 300 },
  );
  const long = Buffer.alloc(300_000, Buffer.from('0123456789abcdef'.repeat(3)));
  for (let i = 0; i < long.length; i += 7919) long[i] = i & 255;
  expect(uncompressed(snappyEncode(long)).equals(long)).toBe(true);
  expect(snappyEncode(long).length).toBeLessThan(long.length / 10);
});

test('the checksum is the one of RFC 3720', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

const uncompressed = (body: Buffer): Buffer => {
  const size = snappySize(body);
  const bytes = new SnappyDecoder(body.length + size).decode(body, size);
  if (!bytes) throw new Error('What was compressed is damaged.');
  return Buffer.from(bytes);
};
const number = (tag: number, value: number): Buffer => Buffer.concat([varint(tag), varint(value)]);
const matcher = (type: number, name: string, value: string): Buffer =>
  field(3, Buffer.concat([number(8, type), field(2, name), field(3, value)]));
const query = (from: number, to: number, ...matchers: Buffer[]): Buffer =>
  field(1, Buffer.concat([number(8, from), number(16, to), ...matchers]));
const CHUNKS = number(16, 1);

const source = new MemorySource();
const stale = Float64Array.of(1, 2, 3);
writeStale(stale, 2);
source.add({ __name__: 'up', job: 'b' }, [1000, 2000, 3000], stale);
source.add({ __name__: 'up', job: 'a' }, [1000, 2000], [5, 6]);
const settings = { maxSamples: 1000 };
const ask = (...parts: Buffer[]) =>
  remoteRead({ source, settings }, Buffer.from(compress(Buffer.concat(parts))), new AbortController().signal);

test('samples: series in order, cut to the query, stale markers intact', async () => {
  const { type, encoding, body } = await ask(query(1500, 9000, matcher(0, '__name__', 'up')));
  expect([type, encoding]).toEqual(['application/x-protobuf', 'snappy']);
  const bytes = uncompressed(body as Buffer);
  expect(bytes.indexOf('a')).toBeLessThan(bytes.lastIndexOf('b'));
  expect(bytes.includes(Buffer.from('020000000000f07f', 'hex'))).toBe(true);
  expect(isStale(stale, 2)).toBe(true);
  // Three samples: a's second, b's second and third.
  expect(bytes.toString('latin1').split('\x12\x0c\x09').length - 1).toBe(3);
});

test.each([['samples'], ['chunks']])('native histograms among floats come as samples, also where %s are asked for', async (form) => {
  const texts = [
    'schema:1 count:4 sum:5.5 z_bucket:1 z_bucket_w:0.001 buckets:[1 0 2]',
    'schema:-53 count:3 sum:1 custom_values:[1 2] buckets:[1 2]',
  ];
  const mixed = new MemorySource();
  const histograms = new Map(texts.map((text, i) => [i + 1, parseHistogram(text).histogram]));
  mixed.add({ __name__: 'sizes' }, [1000, 2000, 3000], [7, NaN, NaN], histograms);
  const asked = [query(0, 9000, matcher(0, '__name__', 'sizes')), ...(form === 'chunks' ? [CHUNKS] : [])];
  const compressed = Buffer.from(compress(Buffer.concat(asked)));
  const { type, body } = await remoteRead({ source: mixed, settings }, compressed, new AbortController().signal);
  expect(type).toBe('application/x-protobuf');
  // ReadResponse.results, QueryResult.timeseries, and of it the samples (2) and the histograms (4).
  const reader = new ProtobufReader(uncompressed(body as Buffer));
  for (let depth = 0; depth < 2; depth++) {
    expect(reader.tag()).toBe(10);
    reader.enter();
  }
  const fields: number[] = [];
  const read: [number, string][] = [];
  while (!reader.done) {
    const tag = reader.tag();
    fields.push(tag >> 3);
    if (tag !== 34) {
      reader.skip(tag);
      continue;
    }
    const { time, histogram, problem } = readHistogram(reader);
    expect(problem).toBeUndefined();
    read.push([time, formatNotation(histogram!)]);
  }
  expect(fields).toEqual([1, 2, 4, 4]);
  expect(read).toEqual([...histograms].map(([i, histogram]) => [(i + 1) * 1000, formatNotation(histogram)]));
});

test('chunks: a message a series, after its length and its checksum', async () => {
  const { type, body } = await ask(query(0, 9000, matcher(2, 'job', 'a|b')), CHUNKS);
  expect(type).toBe('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse');
  const bytes = Buffer.concat(await (body as AsyncIterable<Buffer> & { toArray(): Promise<Buffer[]> }).toArray());
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at]!;
    expect(length).toBeLessThan(128);
    const message = bytes.subarray(at + 5, at + 5 + length);
    expect(bytes.readUInt32BE(at + 1)).toBe(crc32c(message));
    messages.push(message);
    at += 5 + length;
  }
  expect(messages.map((message) => message.toString('latin1', message.indexOf('job') + 5)[0])).toEqual(['a', 'b']);
});

test.each<[string, Buffer[], number, string]>([
  ['no matchers', [query(0, 1)], 400, 'no matchers'],
  ['a matcher of no known type', [query(0, 1, matcher(9, 'a', 'b'))], 400, 'types are 0 to 3'],
  ['no protobuf', [Buffer.from([10, 200, 1])], 400, 'byte'],
  ['too many queries', Array.from({ length: 101 }, () => query(0, 1, matcher(0, 'a', 'b'))), 413, '100'],
  ['a text of megabytes', [query(0, 1, matcher(0, 'a', 'x'.repeat(100_000)))], 413, '65536'],
])('%s is refused', async (_what, parts, status, says) => {
  const error = await ask(...parts).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).status).toBe(status);
  expect((error as Problem).message).toContain(says);
});

test('hints narrow the times', () => {
  const hints = field(4, Buffer.concat([number(24, 5), number(32, 7)]));
  const bytes = field(1, Buffer.concat([number(8, 1), number(16, 10), matcher(1, 'a', 'b'), hints]));
  expect(readRequest(bytes)).toEqual({ chunked: false, queries: [{ from: 5, to: 7, matchers: [{ name: 'a', op: '!=', value: 'b' }] }] });
});

test('no bytes bring it down', async () => {
  const whole = Buffer.concat([query(0, 9000, matcher(0, 'job', 'a'), matcher(3, 'x', 'y')), CHUNKS]);
  const damaged = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
    const bytes = Buffer.from(whole);
    for (const [at, byte] of changes) bytes[at] = byte;
    return bytes;
  });
  await fuzz(
    fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
      const error = await ask(Buffer.from(bytes)).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(Problem);
    }),
    300,
  );
});
