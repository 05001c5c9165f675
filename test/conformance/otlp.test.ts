import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createOtlp } from '../../src/monitoring/otlp/otlp.ts';
import { encodeJson } from '../../src/monitoring/otlp/encode-json.ts';
import { metricsRequest } from '../../src/monitoring/otlp/json-schema.ts';
import { Sink } from '../../src/monitoring/otlp/test-sink.ts';
import { DEFAULT_LABEL_LIMITS } from '../../src/monitoring/label-limits.ts';

const shared = fileURLToPath(new URL('../../../shared/conformance/otlp/metrics.json', import.meta.url));

test.skipIf(!existsSync(shared))("OpenTelemetry's own example of metrics is taken whole", async () => {
  const sink = new Sink(0);
  const clock = { now: () => 1_544_712_660_300 } as never;
  const take = createOtlp({ sinkFor: () => sink, clock, limits: DEFAULT_LABEL_LIMITS, retention: 86_400_000 });
  const body = encodeJson(JSON.parse(readFileSync(shared, 'utf8')), metricsRequest);
  expect(await take(body, { protocol: 'otlp', name: 'example' })).toBeUndefined();
  const names = new Set(sink.samples.map(([series]) => series.replace(/\{.*/, '')));
  expect([...names].sort()).toEqual([
    'my_counter_total',
    'my_exponential_histogram',
    'my_gauge_ratio',
    'my_histogram_bucket',
    'my_histogram_count',
    'my_histogram_sum',
  ]);
});
