import * as fc from 'fast-check';
import { compress } from 'snappyjs';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import { LimitError, Problem } from '../../platform/problem.ts';
import { isStale, type Exemplar, type Labels, type MetricMetadata, type SampleColumns, type SampleSink } from '../series.ts';
import { field, request, sample, series } from './encode-request.ts';
import { createdAt, sampleV2, seriesWithRefs, Symbols } from './encode-request-v2.ts';
import { writeMessageOf } from './negotiate.ts';
import { createRemoteWriteV2 } from './remote-write-v2.ts';
import { createRemoteWrite, type RemoteWriteSettings } from './remote-write.ts';

const NOW = Date.UTC(2026, 0, 1);
const clock = { now: () => NOW, monotonic: () => 0, after: () => ({ cancel: () => undefined }) };
const STALE = Buffer.from('020000000000f07f', 'hex');

const keyOf = (labels: Labels): string =>
  Object.entries(labels)
    .map((pair) => pair.join('='))
    .sort()
    .join();

class MemorySink implements SampleSink {
  readonly known = new Map<string, number>();
  readonly stored: [string, number, number | string][] = [];
  readonly metadata: MetricMetadata[] = [];
  readonly kept: Exemplar[] = [];
  readonly last = new Map<number, number>();
  resolved = 0;
  most = Number.POSITIVE_INFINITY;

  resolve(labels: Labels): number {
    this.resolved++;
    const key = keyOf(labels);
    const id = this.known.get(key) ?? this.known.size + 1;
    if (id > this.most) throw new LimitError(429, 'Too many series.', { limit: this.most, setting: 'store.maxSeries', retryAfter: 60 });
    this.known.set(key, id);
    return id;
  }

  newest(id: number): number {
    return this.last.get(id) ?? Number.NEGATIVE_INFINITY;
  }

  append({ ids, times, values }: SampleColumns): Promise<void> {
    const keys = [...this.known.keys()];
    for (const [i, id] of ids.entries()) {
      this.last.set(id, Math.max(this.newest(id), times[i]!));
      this.stored.push([keys[id - 1]!, times[i]! - NOW, isStale(values, i) ? 'stale' : values[i]!]);
    }
    return Promise.resolve();
  }

  describe(metadata: readonly MetricMetadata[]): void {
    this.metadata.push(...metadata);
  }

  exemplars(exemplars: readonly Exemplar[]): void {
    this.kept.push(...exemplars);
  }
}

const setUp = (settings: Partial<RemoteWriteSettings> = {}) => {
  const sink = new MemorySink();
  return { sink, write: createRemoteWriteV2({ sink, clock, settings }) };
};

test('samples and stale markers of several requests: labels are read once, however their texts are numbered', async () => {
  const { sink, write } = setUp();
  const a = { __name__: 'up', job: 'a' };
  const b = { __name__: 'up', job: 'b' };
  const first = new Symbols();
  const one = first.request(first.series(a, sampleV2(NOW, 1), sampleV2(NOW + 1, 2)), first.series(b, sampleV2(NOW, STALE)));
  expect(await write(one)).toEqual({ status: 204, samples: 3, exemplars: 0, histograms: 0 });
  const second = new Symbols();
  second.ref('b');
  second.ref('something else');
  expect(await write(second.request(second.series(b, sampleV2(NOW + 2, 3)), second.series(a, sampleV2(NOW + 2, -0.5))))).toMatchObject({
    status: 204,
    samples: 2,
  });
  expect(sink.stored).toEqual([
    ['__name__=up,job=a', 0, 1],
    ['__name__=up,job=a', 1, 2],
    ['__name__=up,job=b', 0, 'stale'],
    ['__name__=up,job=b', 2, 3],
    ['__name__=up,job=a', 2, -0.5],
  ]);
  expect(sink.resolved).toBe(2);
});

test('metadata and exemplars of a series', async () => {
  const { sink, write } = setUp();
  const s = new Symbols();
  const exemplar = s.exemplar({ trace_id: 'abc' }, 0.25, NOW - 5);
  const tooLong = s.exemplar({ trace_id: 'x'.repeat(130) }, 1, NOW);
  const body = s.request(
    s.series({ __name__: 'hits_total', a: '1' }, sampleV2(NOW, 1), exemplar, tooLong, s.metadata(1, 'Hits.', 'hits')),
    s.series({ __name__: 'hits_total', a: '2' }, sampleV2(NOW, 1), s.metadata(1, 'Hits.', 'hits')),
  );
  expect(await write(body)).toEqual({ status: 204, samples: 2, exemplars: 1, histograms: 0 });
  expect(sink.metadata).toEqual([{ metric: 'hits_total', type: 'counter', help: 'Hits.', unit: 'hits' }]);
  expect(sink.kept).toEqual([{ id: 1, labels: { trace_id: 'abc' }, value: 0.25, time: NOW - 5 }]);
});

test('a counter begins with a zero at its start, once and only after what is known', async () => {
  const { sink, write } = setUp();
  const labels = { __name__: 'c_total' };
  const send = (...parts: Buffer[]) => {
    const s = new Symbols();
    return write(s.request(s.series(labels, ...parts)));
  };
  expect(await send(sampleV2(NOW - 1000, 5, NOW - 60_000), sampleV2(NOW, 6, NOW - 60_000))).toMatchObject({ status: 204, samples: 2 });
  await send(sampleV2(NOW + 1000, 7, NOW - 60_000));
  // It began anew: the series' field, as senders had it before samples had one.
  await send(createdAt(NOW + 1500), sampleV2(NOW + 2000, 1));
  // A start before what is stored already, and one that is not before its sample.
  await send(sampleV2(NOW + 3000, 2, NOW + 1), sampleV2(NOW + 4000, 2, NOW + 4000));
  expect(sink.stored.map(([, time, value]) => [time, value])).toEqual([
    [-1000, 5],
    [0, 6],
    [-60_000, 0],
    [1000, 7],
    [2000, 1],
    [1500, 0],
    [3000, 2],
    [4000, 2],
  ]);
});

const good = (s: Symbols): Buffer => s.series({ __name__: 'good' }, sampleV2(NOW, 1));

test.each<[string, (s: Symbols) => Buffer, string]>([
  ['a reference beyond the table', () => seriesWithRefs([1, 99], sampleV2(NOW, 1)), 'symbol 99'],
  ['a reference beyond 32 bits', () => seriesWithRefs([1, 2 ** 40], sampleV2(NOW, 1)), 'beyond 2^32'],
  ['an odd number of references', () => seriesWithRefs([1], sampleV2(NOW, 1)), '1 label references'],
  ['no labels', () => seriesWithRefs([], sampleV2(NOW, 1)), 'no metric name'],
  ['a label twice', (s) => seriesWithRefs([s.ref('__name__'), s.ref('m'), s.ref('a'), 1, s.ref('a'), 2], sampleV2(NOW, 1)), 'twice'],
  ['a time too far ahead', (s) => s.series({ __name__: 'm' }, sampleV2(NOW + 2 * 86_400_000, 1)), 'outside of what is kept'],
  [
    'a wrong native histogram',
    (s) =>
      s.series(
        { __name__: 'm' },
        field(3, Buffer.from([49, ...Buffer.alloc(8)].map((b, i) => (i === 0 ? 57 : b === 0 && i === 8 ? 191 : b)))),
      ),
    'native histograms were left out',
  ],
])('%s is refused, and its neighbours are kept', async (_what, bad, why) => {
  const { sink, write } = setUp();
  const s = new Symbols();
  const parts = [good(s), bad(s), s.series({ __name__: 'last' }, sampleV2(NOW, 2))];
  const { status, problem, samples } = await write(s.request(...parts));
  expect(status).toBe(400);
  expect(problem?.message).toContain(why);
  expect(samples).toBe(2);
  expect(sink.stored.map(([key]) => key)).toEqual(['__name__=good', '__name__=last']);
});

test('what is no request at all is refused whole', async () => {
  const { write } = setUp({ maxBody: 1000 });
  expect(await write(Buffer.from('no snappy at all'))).toMatchObject({ status: 400 });
  expect(await write(compress(Buffer.from([42, 200, 1, 1])))).toMatchObject({ status: 400, problem: { slug: 'bad-request' } });
  expect(await write(compress(Buffer.alloc(2000)))).toMatchObject({ status: 413 });
  // A header that declares four gigabytes.
  expect(await write(Buffer.from([255, 255, 255, 255, 15, 0, 1]))).toMatchObject({ status: 413 });
});

test('a series limit is told with what was stored', async () => {
  const { sink, write } = setUp();
  sink.most = 1;
  const s = new Symbols();
  expect(await write(s.request(good(s), s.series({ __name__: 'second' }, sampleV2(NOW, 1))))).toMatchObject({
    status: 429,
    samples: 1,
  });
});

test.each([
  [{}, 'prometheus.WriteRequest'],
  [{ 'content-type': 'application/x-protobuf' }, 'prometheus.WriteRequest'],
  [{ 'content-type': 'application/x-protobuf;proto=prometheus.WriteRequest' }, 'prometheus.WriteRequest'],
  [{ 'content-type': 'application/x-protobuf; proto=io.prometheus.write.v2.Request' }, 'io.prometheus.write.v2.Request'],
  [{ 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' }, 415],
  [{ 'content-type': 'application/json' }, 415],
  [{ 'content-encoding': 'gzip' }, 415],
])('%j is %s', (headers, expected) => {
  const ask = (): string => writeMessageOf(headers);
  if (typeof expected === 'string') expect(ask()).toBe(expected);
  else expect(ask).toThrow(Problem);
});

test('the same series by 1.0 and 2.0 store the same', async () => {
  const name = fc.constantFrom('a', 'b', 'ü', 'le', 'zone');
  const one = fc.record({
    labels: fc.dictionary(
      name,
      fc.string({ minLength: 1, unit: 'binary', maxLength: 8 }).filter((text) => text.isWellFormed()),
    ),
    samples: fc.array(fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.double()), { maxLength: 5 }),
  });
  await fuzz(
    fc.asyncProperty(fc.array(one, { maxLength: 8 }), async (all) => {
      const [first, second] = [new MemorySink(), new MemorySink()];
      const s = new Symbols();
      const named = all.map((each) => ({ ...each, labels: { __name__: 'm', ...each.labels } }));
      const v1 = named.map(({ labels, samples }) => series(labels, ...samples.map(([t, v]) => sample(NOW + t, v))));
      const v2 = named.map(({ labels, samples }) => s.series(labels, ...samples.map(([t, v]) => sampleV2(NOW + t, v))));
      const one = await createRemoteWrite({ sink: first, clock })(request(...v1), {});
      const two = await createRemoteWriteV2({ sink: second, clock })(s.request(...v2));
      expect(two.status).toBe(one.status);
      expect(second.stored).toEqual(first.stored);
    }),
    300,
  );
});

test('no bytes bring it down, whether at random or a request with some bytes changed', async () => {
  const s = new Symbols();
  const whole = Buffer.concat([
    ...['', '__name__', 'm', 'help'].map((text) => field(4, text)),
    s.series({ __name__: 'm', a: 'b' }, sampleV2(NOW, 1, NOW - 5), s.exemplar({ t: '1' }, 1, NOW), s.metadata(2, 'help'), createdAt(NOW)),
  ]);
  const damaged = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
    const bytes = Buffer.from(whole);
    for (const [at, byte] of changes) bytes[at] = byte;
    return compress(bytes);
  });
  const random = fc.uint8Array({ maxLength: 200 }).map((bytes) => compress(Buffer.from(bytes)));
  const raw = fc.uint8Array({ maxLength: 200 });
  const { write } = setUp();
  await fuzz(
    fc.asyncProperty(fc.oneof(damaged, random, raw), async (body) => {
      const { status } = await write(body);
      expect([204, 400, 413]).toContain(status);
    }),
    300,
  );
});
