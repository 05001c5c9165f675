import * as fc from 'fast-check';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import { isStale, type Exemplar, type Labels, type MetricMetadata, type SampleColumns, type SampleSink } from '../series.ts';
import { field, label, request, sample, series, varint } from './encode-request.ts';
import { createRemoteWrite, type RemoteWriteSettings } from './remote-write.ts';

const NOW = Date.UTC(2026, 0, 1);
const clock = { now: () => NOW, monotonic: () => 0, after: () => ({ cancel: () => undefined }) };

const keyOf = (labels: Labels): string =>
  Object.entries(labels)
    .map((pair) => pair.join('='))
    .sort((a, b) => (a < b ? -1 : 1))
    .join();

class MemorySink implements SampleSink {
  readonly labels: Labels[] = [];
  readonly columns: SampleColumns[] = [];
  readonly metadata: MetricMetadata[] = [];
  readonly kept: Exemplar[] = [];
  resolved = 0;
  most = Number.POSITIVE_INFINITY;
  full: Problem | undefined;

  resolve(labels: Labels): number {
    this.resolved++;
    const key = keyOf(labels);
    const known = this.labels.findIndex((one) => keyOf(one) === key);
    if (known >= 0) return known + 1;
    if (this.labels.length >= this.most)
      throw new LimitError(429, 'Too many series.', { limit: this.most, setting: 'store.maxSeries', retryAfter: 60 });
    return this.labels.push(labels);
  }

  append(columns: SampleColumns): Promise<void> {
    if (this.full) return Promise.reject(this.full);
    // The arrays are the sender's again.
    this.columns.push(structuredClone(columns));
    return Promise.resolve();
  }

  describe(metadata: readonly MetricMetadata[]): void {
    this.metadata.push(...metadata);
  }

  exemplars(exemplars: readonly Exemplar[]): void {
    this.kept.push(...exemplars);
  }

  get samples(): [string, number, number | string][] {
    return this.columns.flatMap(({ ids, times, values }) =>
      Array.from(ids, (id, i): [string, number, number | string] => [
        Object.entries(this.labels[id - 1] ?? {})
          .map(([name, value]) => `${name}=${value}`)
          .join(),
        (times[i] as number) - NOW,
        isStale(values, i) ? 'stale' : (values[i] as number),
      ]),
    );
  }
}

const setUp = (settings: Partial<RemoteWriteSettings> = {}) => {
  const sink = new MemorySink();
  const write = createRemoteWrite({ sink, clock, settings });
  return { sink, write: (body: Uint8Array, headers: Record<string, string> = {}) => write(body, headers) };
};

const STALE = Buffer.from('020000000000f07f', 'hex');

test('samples, stale markers, several requests: the labels are read once', async () => {
  const { sink, write } = setUp();
  const a = { __name__: 'up', job: 'a' };
  const b = { __name__: 'up', job: 'b' };
  expect(await write(request(series(a, sample(NOW, 1), sample(NOW + 1, 2)), series(b, sample(NOW, STALE))))).toMatchObject({
    status: 204,
    samples: 3,
  });
  expect(await write(request(series(a, sample(NOW + 2, 3)), series(b, sample(NOW + 2, -0.5))))).toMatchObject({ status: 204, samples: 2 });
  expect(sink.samples).toEqual([
    ['__name__=up,job=a', 0, 1],
    ['__name__=up,job=a', 1, 2],
    ['__name__=up,job=b', 0, 'stale'],
    ['__name__=up,job=a', 2, 3],
    ['__name__=up,job=b', 2, -0.5],
  ]);
  expect(sink.resolved).toBe(2);
});

test('labels that begin as expected and go on, or end early, are those of another series', async () => {
  const { sink, write } = setUp();
  const [a, b] = [label('__name__', 'm'), label('x', '1')];
  const one = (...parts: Buffer[]): Buffer => field(1, Buffer.concat(parts));
  const twice = request(one(a, sample(NOW, 1)), one(a, b, sample(NOW, 2)));
  await write(twice);
  await write(twice);
  await write(request(one(a, b, sample(NOW, 3)), one(a, sample(NOW, 4), b), one(a, b, sample(NOW, 5)), one(a, sample(NOW, 6))));
  const [short, long] = ['__name__=m', '__name__=m,x=1'];
  expect(sink.samples.map(([labels, , value]) => [labels, value])).toEqual([
    [short, 1], [long, 2], [short, 1], [long, 2], [long, 3], [long, 4], [long, 5], [short, 6],
  ]); // prettier-ignore
});

test('fields in any order, unknown fields and unsorted labels are read', async () => {
  const { sink, write } = setUp();
  const odd = field(
    1,
    Buffer.concat([sample(NOW, 1), label('z', '1'), field(15, 'new'), sample(NOW + 1, 2), label('__name__', 'm'), label('a', '')]),
  );
  expect(await write(request(field(9, 'unknown'), odd))).toMatchObject({ status: 204 });
  expect(sink.samples).toEqual([
    ['z=1,__name__=m,a=', 0, 1],
    ['z=1,__name__=m,a=', 1, 2],
  ]);
});

test.each(['é'.repeat(100), 'x'.repeat(127), 'x'.repeat(128), 'ü'.repeat(4000), '🎈'.repeat(70)])(
  'a long value is read whole: %#',
  async (value) => {
    const { sink, write } = setUp();
    expect(await write(request(series({ __name__: 'm', value }, sample(NOW, 1))))).toMatchObject({ status: 204 });
    expect(sink.labels).toEqual([{ __name__: 'm', value }]);
  },
);

test('metadata and exemplars are handed over', async () => {
  const { sink, write } = setUp();
  const metadata = field(3, Buffer.concat([varint(8), varint(1), field(2, 'm_total'), field(4, 'Things.'), field(5, 's')]));
  const numbers = (value: number, time: number): Buffer => sample(time, value).subarray(2);
  // Their value and time are the fields after a sample's.
  const parts = (value: number, time: number): Buffer[] => {
    const bytes = Buffer.from(numbers(value, time));
    bytes[0] = 17;
    bytes[9] = 24;
    return [bytes];
  };
  const exemplar = Buffer.concat([label('trace_id', 'abc'), ...parts(0.5, NOW - 1)]);
  const late = Buffer.concat([label('trace_id', 'abc'), ...parts(0.5, 1)]);
  const withExemplar = field(1, Buffer.concat([label('__name__', 'm_total'), sample(NOW, 1), field(3, exemplar), field(3, late)]));
  expect(await write(request(metadata, withExemplar))).toMatchObject({ status: 204, exemplars: 1 });
  expect(sink.metadata).toEqual([{ metric: 'm_total', type: 'counter', help: 'Things.', unit: 's' }]);
  expect(sink.kept).toEqual([{ id: 1, labels: { trace_id: 'abc' }, value: 0.5, time: NOW - 1 }]);
});

const good = series({ __name__: 'good' }, sample(NOW, 1));
const bad = (...fields: Buffer[]): Buffer => field(1, Buffer.concat([...fields, sample(NOW, 1)]));
const long = 'x'.repeat(9000);

test.each([
  ['no metric name', bad(label('job', 'a')), 'no metric name'],
  ['no labels', bad(), 'no metric name'],
  ['an empty label name', bad(label('__name__', 'm'), label('', '1')), 'label name ""'],
  ['the name that is no property', bad(label('__name__', 'm'), label('__proto__', '1')), 'label name "__proto__"'],
  ['a label twice', bad(label('__name__', 'm'), label('a', '1'), label('a', '2')), 'label "a" twice'],
  ['text that is not UTF-8', bad(label('__name__', 'm'), label('a', Buffer.from([0xff]))), 'not UTF-8'],
  ['a long value', bad(label('__name__', 'm'), label('a', long)), '8192 (intake.maxValueLength)'],
  ['a long name', bad(label('__name__', 'm'), label(long, '1')), '1024 (intake.maxNameLength)'],
  ['many labels', bad(label('__name__', 'm'), ...Array.from({ length: 64 }, (_, i) => label(`l${i}`, '1'))), '65 labels; the most is 64'],
  [
    'a wrong native histogram',
    field(1, Buffer.concat([label('__name__', 'h'), field(4, Buffer.from([32, 13, 120, ...varint(NOW)]))])),
    'its schema is -7',
  ],
  ['a sample of long ago', series({ __name__: 'm' }, sample(0, 1)), 'has the time 0, outside'],
  ['a sample before 1970', series({ __name__: 'm' }, sample(-5, 1)), 'outside'],
  ['a sample of the far future', series({ __name__: 'm' }, sample(2 ** 60, 1)), 'outside'],
])('%s is refused with what was wrong, and what is good beside it is stored', async (_, one, message) => {
  const { sink, write } = setUp();
  const answer = await write(request(one, good));
  expect(answer.status).toBe(400);
  expect(answer.problem?.message).toContain(message);
  expect(answer.problem?.message).toContain('The other 1 samples are stored.');
  expect(sink.samples).toEqual([['__name__=good', 0, 1]]);
});

test('names may be any text, as in Prometheus 3', async () => {
  const { sink, write } = setUp();
  expect(await write(request(series({ __name__: 'wärme.°C', 'a-b': '1' }, sample(NOW, 1))))).toMatchObject({ status: 204 });
  expect(sink.samples).toEqual([['__name__=wärme.°C,a-b=1', 0, 1]]);
});

test('beyond the series limit the known series go on, and the sender may come back', async () => {
  const { sink, write } = setUp();
  sink.most = 1;
  const answer = await write(request(good, series({ __name__: 'new' }, sample(NOW, 2))));
  expect(answer).toMatchObject({ status: 429, samples: 1, problem: { retryAfter: 60 } });
  expect(sink.samples).toEqual([['__name__=good', 0, 1]]);
});

test('what the store refuses is the answer', async () => {
  const { sink, write } = setUp();
  sink.full = new Problem(503, 'disk-full', 'The disk is full.', { retryAfter: 30 });
  expect(await write(request(good))).toMatchObject({ status: 503, samples: 0, problem: { slug: 'disk-full', retryAfter: 30 } });
});

test.each([
  ['JSON', Buffer.from('{}'), { 'content-type': 'application/json' }, 415, 'application/x-protobuf'],
  ['gzip', request(good), { 'content-encoding': 'gzip' }, 415, 'snappy'],
  ['an empty body', Buffer.alloc(0), {}, 400, 'not compressed with snappy'],
  ['text', Buffer.from('hello'), {}, 400, 'damaged'],
  ['compressed text', compress(Buffer.from('hello')), {}, 400, 'no remote write request'],
  ['a bomb', Buffer.from('ffffffff0f00', 'hex'), {}, 413, 'intake.maxBody'],
  ['a small lie', Buffer.from('8080800800', 'hex'), {}, 400, "can't hold"],
])('%s is refused', async (_, body, headers, status, message) => {
  const answer = await setUp().write(body, headers);
  expect(answer.status).toBe(status);
  expect(answer.problem?.message).toContain(message);
});

test('a large request is read in several turns, as a small one', async () => {
  const { sink, write } = setUp();
  const body = Buffer.concat(Array.from({ length: 60_000 }, (_, i) => series({ __name__: 'good', i: String(i % 10) }, sample(NOW + i, i))));
  let turns = 0;
  const ticking = setInterval(() => turns++, 0);
  expect(await write(compress(body))).toMatchObject({ status: 204, samples: 60_000 });
  clearInterval(ticking);
  expect(sink.samples.map(([, , value]) => value)).toEqual(Array.from({ length: 60_000 }, (_, i) => i));
  expect(turns).toBeGreaterThan(0);
});

test('whatever the bytes, the answer is an answer', async () => {
  const { write, sink } = setUp({ labelCache: 4096 });
  const valid = Buffer.concat([
    series({ __name__: 'm', job: 'a' }, sample(NOW, 1), sample(NOW + 1, STALE)),
    field(3, Buffer.concat([varint(8), varint(2), field(2, 'm')])),
    field(1, Buffer.concat([sample(NOW, 1), label('__name__', 'm2'), field(4, 'h')])),
  ]);
  const mutated = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }).map((edits) => {
    const bytes = Buffer.from(valid);
    for (const [at, byte] of edits) bytes[at] = byte;
    return bytes;
  });
  const plain = fc.oneof(
    mutated,
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );
  const body = fc.oneof(
    plain.map((bytes) => compress(bytes)),
    fc.uint8Array({ maxLength: 100 }),
  );
  await fuzz(
    fc.asyncProperty(body, async (bytes) => {
      const answer = await write(bytes);
      expect([204, 400, 413]).toContain(answer.status);
      expect(answer.status === 204).toBe(answer.problem === undefined);
    }),
    2000,
  );
  for (const { ids, times } of sink.columns) for (const [i, id] of ids.entries()) expect(id > 0 && Number.isFinite(times[i])).toBe(true);
});
