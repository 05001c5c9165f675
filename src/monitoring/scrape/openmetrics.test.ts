import * as fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { fuzz } from '../../../test/harness/fuzz.ts';
import type { Labels, MetricMetadata } from '../series.ts';
import { ExpositionError } from './exposition-error.ts';
import { createOpenMetricsReader } from './openmetrics.ts';
import type { OpenMetricsExemplar } from './openmetrics-sample.ts';

interface Read {
  samples: [labels: Labels, value: number, time: number][];
  exemplars: [labels: Labels, exemplar: OpenMetricsExemplar][];
  metadata: MetricMetadata[];
}

function createTarget(): { read: (text: string) => Read; resolved: () => number } {
  let got: Read;
  let resolved = 0;
  const reader = createOpenMetricsReader<Labels>({
    resolve: (labels) => ((resolved += 1), labels),
    sample: (labels, value, time) => void got.samples.push([labels, value, time]),
    exemplar: (labels, exemplar) => void got.exemplars.push([labels, exemplar]),
  });
  return {
    read(text) {
      got = { samples: [], exemplars: [], metadata: [] };
      got.metadata = reader.read(text);
      return got;
    },
    resolved: () => resolved,
  };
}

const EXPOSITION = `# TYPE http_seconds histogram
# UNIT http_seconds seconds
# HELP http_seconds How \\"long\\".\\n
http_seconds_bucket{path="/a \\"b\\"",le="0.1"} 1 1700000000.25 # {trace_id="x # y"} 0.05 1700000000.125
http_seconds_bucket{path="/a \\"b\\"",le="+Inf"} 2 1700000000.25
http_seconds_count{path="/a \\"b\\""} 2 1700000000.25
http_seconds_sum{path="/a \\"b\\""} 3.5 1700000000.25
# TYPE "möwe.flüge" counter
{"möwe.flüge_total","ort.name"="Kiel"} 3
# TYPE state stateset
state{state="on"} 1
state{state="off"} 0
# TYPE build info
build_info{version="1"} 1
loose NaN
# EOF
`;

test('samples, times in seconds, exemplars, quoted names and metadata, the same in the next scrape', () => {
  const target = createTarget();
  const first = target.read(EXPOSITION);
  const path = '/a "b"';
  expect(first.samples[0]).toEqual([{ __name__: 'http_seconds_bucket', path, le: '0.1' }, 1, 1_700_000_000_250]);
  expect(first.samples.map(([labels]) => labels['__name__'])).toEqual([
    'http_seconds_bucket',
    'http_seconds_bucket',
    'http_seconds_count',
    'http_seconds_sum',
    'möwe.flüge_total',
    'state',
    'state',
    'build_info',
    'loose',
  ]);
  expect(first.samples[4]).toEqual([{ __name__: 'möwe.flüge_total', 'ort.name': 'Kiel' }, 3, NaN]);
  expect(first.exemplars).toEqual([
    [
      { __name__: 'http_seconds_bucket', path, le: '0.1' },
      { labels: { trace_id: 'x # y' }, value: 0.05, time: 1_700_000_000_125 },
    ],
  ]);
  expect(first.metadata[0]).toEqual({ metric: 'http_seconds', type: 'histogram', help: 'How "long".\n', unit: 'seconds' });
  expect(first.metadata.map(({ metric, type }) => [metric, type])).toContainEqual(['möwe.flüge', 'counter']);
  const second = target.read(EXPOSITION);
  expect(second).toEqual({ ...first, metadata: [] });
  expect(target.resolved()).toBe(9);
});

test.each([
  ['a 1\n', /^line 2: expected '# EOF' as the last line/],
  ['a 1\n\n# EOF\n', /^line 2: an empty line/],
  ['a 1\nb  2\n# EOF\n', /^line 2: expected one space and a value/],
  ['# TYPE a counter\n# TYPE b gauge\n# TYPE a counter\n# EOF\n', /the name "a" is taken by another metric/],
  ['# TYPE a gauge\na 1\n# HELP a x\n# EOF\n', /^line 3: HELP must come before the samples/],
  ['a{b="1",} 1\n# EOF\n', /^line 1: expected a label after ','/],
  ['a 1\n# EOF\nb 1\n', /^line 3: nothing may follow/],
])('%j is refused with its line', (text, reason) => {
  expect(() => createTarget().read(text)).toThrow(reason);
});

test('after a refused exposition the next is read as if nothing had been', () => {
  const target = createTarget();
  const whole = target.read(EXPOSITION);
  for (let cut = 0; cut < EXPOSITION.length - 6; cut += 7) expect(() => target.read(EXPOSITION.slice(0, cut))).toThrow(ExpositionError);
  expect(target.read(EXPOSITION).samples).toEqual(whole.samples);
});

test('whatever comes is read or refused with its line', async () => {
  const pieces = fc.constantFrom(
    ...EXPOSITION.split(/(?<=[\n {}",#=])/),
    '\u0000',
    '\\',
    '"',
    '{',
    '}',
    ' ',
    '\n',
    '1e999',
    '-0',
    '__proto__',
  );
  const mutated = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
  const cutIn = fc
    .tuple(fc.nat(EXPOSITION.length), fc.nat(20), fc.string({ maxLength: 5 }))
    .map(([at, gone, put]) => EXPOSITION.slice(0, at) + put + EXPOSITION.slice(at + gone));
  const target = createTarget();
  await fuzz(
    fc.property(fc.oneof(mutated, cutIn, fc.string({ unit: 'binary' })), (text) => {
      try {
        target.read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpositionError);
      }
    }),
    2_000,
  );
});

test('what prom-client serves as OpenMetrics is read whole', async () => {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const [registers, enableExemplars] = [[registry], true];
  const counter = new Counter({ name: 'orders_total', help: 'Orders.', labelNames: ['shop'], registers, enableExemplars });
  const histogram = new Histogram({ name: 'order_seconds', help: 'How long.', buckets: [0.1, 1], registers, enableExemplars });
  counter.inc({ labels: { shop: 'a' }, value: 4, exemplarLabels: { trace_id: 'abc' } as Labels });
  histogram.observe({ value: 0.5, labels: {}, exemplarLabels: { trace_id: 'def' } });
  const { samples, exemplars } = createTarget().read(await registry.metrics());
  expect(samples.find(([labels]) => labels['__name__'] === 'orders_total')).toEqual([{ __name__: 'orders_total', shop: 'a' }, 4, NaN]);
  expect(exemplars.map(([, { labels }]) => labels['trace_id'])).toEqual(['abc', 'def']);
});
