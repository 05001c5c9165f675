import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createRegistry } from '../../platform/metrics.ts';
import { probeSpec } from '../contract.ts';
import { createMemorySink } from '../scrape/memory-sink.ts';
import type { Probe, ProbeOptions } from './http-probe.ts';
import type { ProbeResult } from './probe-result.ts';
import { createProbeRunner, type ProbeRunnerOptions } from './probe-runner.ts';

const named = (name: string, spec: Record<string, unknown> = {}): Probe => ({
  name,
  spec: probeSpec.parse({
    service: 'shop',
    http: { url: 'https://shop.example:8443/health' },
    interval: '10s',
    labels: { env: 'live' },
    ...spec,
  }),
});

const resultOf = ({ name, spec }: Probe, now: number, more: Partial<ProbeResult> = {}): ProbeResult => ({
  probe: name,
  service: spec.service,
  url: spec.http.url,
  at: now,
  success: true,
  reason: undefined,
  failedByPattern: false,
  durationMs: 120,
  hops: [
    { url: 'http://shop.example/', method: 'GET', phases: { resolve: 10, connect: 20 }, status: 301 },
    {
      url: spec.http.url,
      method: 'GET',
      address: '10.0.0.1:8443',
      status: 200,
      httpVersion: '1.1',
      tlsVersion: 'TLSv1.3',
      certificate: { subject: 'shop', issuer: 'CA', earliestExpiry: 1_900_000_000_000, problem: undefined },
      phases: { resolve: 5, connect: 10, tls: 30, processing: 40, transfer: 5 },
    },
  ],
  status: 200,
  contentLength: undefined,
  bodyBytes: 9,
  truncated: false,
  ...more,
});

function harness(run: (probe: Probe, options: ProbeOptions) => Promise<ProbeResult>, more: Partial<ProbeRunnerOptions> = {}) {
  const clock = new VirtualClock('2026-03-01T00:00:00Z');
  const sink = createMemorySink();
  const results: ProbeResult[] = [];
  const errors: unknown[] = [];
  const runner = createProbeRunner({
    sink,
    clock,
    run,
    onResult: (result) => void results.push(result),
    onError: (_, error) => void errors.push(error),
    ...more,
  });
  return { clock, sink, runner, results, errors };
}

test('samples go out under the blackbox exporter’s names', async () => {
  const { clock, sink, runner, results } = harness(async (probe, { now }) => resultOf(probe, now));
  runner.update([named('home')]);
  await clock.advance(2_000);
  expect(results).toHaveLength(1);
  const labels = 'env="live",instance="shop.example:8443",job="probe"';
  const of = (name: string, extra = '') => sink.last(`${name}{${labels}${extra},probe="home",service="shop"`);
  expect(of('probe_success')).toBe(1);
  expect(of('probe_duration_seconds')).toBe(0.12);
  expect(of('probe_http_duration_seconds', ',phase="resolve"')).toBe(0.015);
  expect(of('probe_http_duration_seconds', ',phase="tls"')).toBe(0.03);
  expect(of('probe_http_status_code')).toBe(200);
  expect(of('probe_http_redirects')).toBe(1);
  expect(of('probe_http_content_length')).toBe(-1);
  expect(of('probe_ssl_earliest_cert_expiry')).toBe(1_900_000_000);
  expect(of('probe_http_version')).toBe(1.1);
  expect(sink.last('probe_tls_version_info')).toBe(1);
  expect(sink.get('probe_success')[0]!.time).toBe(results[0]!.at);
  expect(runner.latest('home')).toBe(results[0]);
});

test('what a failing probe no longer knows ends at once', async () => {
  let up = true;
  const { clock, sink, runner } = harness(async (probe, { now }) =>
    up ? resultOf(probe, now) : resultOf(probe, now, { success: false, reason: 'connect: refused', hops: [], status: undefined }),
  );
  runner.update([named('home')]);
  await clock.advance(20_000);
  up = false;
  await clock.advance(10_000);
  expect(sink.last('probe_success')).toBe(0);
  expect(sink.last('probe_http_status_code')).toBe(0);
  expect(sink.last('probe_ssl_earliest_cert_expiry')).toBe('stale');
  const [state] = runner.list();
  expect(state!.latest!.reason).toBe('connect: refused');
  expect(state!.since).toBe(state!.latest!.at);
});

test('a probe that hangs delays no other, and has one turn at a time', async () => {
  let hanging = 0;
  const { clock, runner, results } = harness((probe, { now, signal }) => {
    if (probe.name !== 'hangs') return Promise.resolve(resultOf(probe, now));
    hanging += 1;
    return new Promise((resolve) => signal!.addEventListener('abort', () => resolve(resultOf(probe, now))));
  });
  runner.update([named('hangs'), named('home')]);
  await clock.advance(60_000);
  expect(hanging).toBe(1);
  expect(runner.list()[0]).toMatchObject({ name: 'hangs', latest: undefined });
  expect(runner.list()[0]!.skipped).toBeGreaterThanOrEqual(4);
  expect(results.filter(({ probe }) => probe === 'home').length).toBeGreaterThanOrEqual(6);
  await runner.stop();
});

test('only so many at a time', async () => {
  let running = 0;
  let most = 0;
  const { clock, runner, results } = harness(
    async (probe, { now }) => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return resultOf(probe, now);
    },
    { concurrency: 3 },
  );
  runner.update(Array.from({ length: 20 }, (_, i) => named(`probe-${i}`)));
  await clock.advance(2_000, async () => {});
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(results).toHaveLength(20);
  expect(most).toBe(3);
});

test('an update keeps what is unchanged, restarts what changed, and ends what is gone', async () => {
  const { clock, sink, runner, results } = harness(async (probe, { now }) => resultOf(probe, now));
  runner.update([named('keep'), named('change'), named('drop')]);
  await clock.advance(30_000);
  const kept = runner.latest('keep');
  runner.update([named('keep'), named('change', { labels: { env: 'test' } }), named('new')]);
  await clock.advance(0);
  expect(runner.latest('keep')).toBe(kept);
  expect(runner.latest('change')).toBeUndefined();
  expect(runner.latest('drop')).toBeUndefined();
  const ended = [...sink.series].filter(([text, samples]) => text.startsWith('probe_success') && samples.at(-1)!.value === 'stale');
  expect(new Set(ended.map(([text]) => /probe="(\w+)"/.exec(text)![1]))).toEqual(new Set(['change', 'drop']));
  results.length = 0;
  await clock.advance(30_000);
  expect(new Set(results.map(({ probe }) => probe))).toEqual(new Set(['keep', 'change', 'new']));
});

test('the result of a probe that was removed meanwhile counts for nothing', async () => {
  let finish = (): void => {};
  const { clock, sink, runner, results } = harness(
    (probe, { now }) => new Promise((resolve) => void (finish = () => resolve(resultOf(probe, now)))),
  );
  runner.update([named('home')]);
  await clock.advance(2_000);
  runner.update([]);
  finish();
  await clock.advance(0);
  expect(results).toEqual([]);
  expect(sink.series.size).toBe(0);
});

test('a store that refuses does not keep the result from being acted on', async () => {
  const { clock, sink, runner, results, errors } = harness(async (probe, { now }) => resultOf(probe, now));
  sink.failure = new Error('disk full');
  runner.update([named('home')]);
  await clock.advance(2_000);
  expect(results).toHaveLength(1);
  expect(errors).toEqual([sink.failure]);
});

test('what the runner did is counted', async () => {
  const registry = createRegistry();
  const { clock, runner } = harness(async (probe, { now }) => resultOf(probe, now, { success: probe.name === 'good' }), { registry });
  runner.update([named('good'), named('bad')]);
  await clock.advance(2_000);
  expect(registry.samples().map(({ labels, value }) => [labels.outcome, value])).toEqual(
    expect.arrayContaining([
      ['success', 1],
      ['failure', 1],
      [undefined, 2],
    ]),
  );
});

test('a defect in a probe is reported, and the next turn comes', async () => {
  const { clock, runner, errors } = harness(() => Promise.reject(new Error('defect')));
  runner.update([named('home')]);
  await clock.advance(30_000);
  expect(errors.length).toBeGreaterThanOrEqual(3);
});
