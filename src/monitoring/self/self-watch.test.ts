import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/harness/virtual-clock.ts';
import { createRegistry, type MetricSample } from '../../platform/metrics.ts';
import { parseExposition } from '../scrape/exposition.ts';
import { createMemorySink } from '../scrape/memory-sink.ts';
import { registerProcessMetrics } from './process-metrics.ts';
import { createSelfWatch } from './self-watch.ts';

function harness(collect: () => Promise<MetricSample[]>) {
  const clock = new VirtualClock('2026-03-01T00:00:00Z');
  const sink = createMemorySink();
  const registry = createRegistry();
  const errors: unknown[] = [];
  const watch = createSelfWatch({
    sink,
    clock,
    registry,
    host: { collect },
    instance: 'box',
    onError: (job, error) => void errors.push([job, error]),
  });
  return { clock, sink, registry, watch, errors };
}

test('nines and its host are fed every 15 seconds, and described once', async () => {
  const { clock, sink, registry, watch } = harness(async () => [{ name: 'node_load1', labels: {}, value: 2 }]);
  const counter = registry.counter({ name: 'nines_things_total', help: 'Things.', labels: ['kind'] });
  counter.inc({ kind: 'a' });
  watch.start();
  await clock.advance(2_000);
  expect(sink.last('nines_things_total{instance="box",job="nines",kind="a"}')).toBe(1);
  expect(sink.last('node_load1{instance="box",job="host"}')).toBe(2);
  expect(sink.last('up{instance="box",job="host"}')).toBe(1);
  counter.inc({ kind: 'b' });
  await clock.advance(60_000);
  expect(sink.get('nines_things_total{instance="box",job="nines",kind="b"}').length).toBeGreaterThanOrEqual(4);
  expect(new Set(sink.metadata.map(({ metric, type }) => `${metric} ${type}`))).toEqual(
    new Set(['nines_things_total counter', 'node_load1 gauge']),
  );
  expect(sink.metadata).toHaveLength(2);
  await watch.stop();
  const before = sink.get('node_load1').length;
  await clock.advance(60_000);
  expect(sink.get('node_load1')).toHaveLength(before);
});

test('what is gone from the host ends; a host without /proc is not up', async () => {
  let disks = ['sda', 'sdb'];
  const { clock, sink, watch } = harness(async () => disks.map((device) => ({ name: 'node_disk', labels: { device }, value: 1 })));
  watch.start();
  await clock.advance(2_000);
  disks = ['sda'];
  await clock.advance(25_000);
  expect(sink.last('node_disk{device="sda"')).toBe(1);
  expect(sink.last('node_disk{device="sdb"')).toBe('stale');
  await watch.stop();
  const none = harness(async () => []);
  none.registry.gauge({ name: 'nines_a', help: '' });
  none.watch.start();
  await none.clock.advance(2_000);
  expect(none.sink.get('up{instance="box",job="host"}')).toEqual([]);
  expect(none.sink.get('up{instance="box",job="nines"}')).toHaveLength(1);
});

test('a store that refuses is reported, and it goes on', async () => {
  const { clock, sink, watch, errors } = harness(async () => [{ name: 'node_load1', labels: {}, value: 2 }]);
  sink.failure = new Error('disk full');
  watch.start();
  await clock.advance(2_000);
  expect(errors).toContainEqual(['host', sink.failure]);
  sink.failure = undefined;
  await clock.advance(30_000);
  expect(sink.last('node_load1')).toBe(2);
});

test('the process says how it is, in text that a Prometheus can read', () => {
  const registry = createRegistry();
  const metrics = registerProcessMetrics(registry, { version: '1.2.3' });
  const { samples, metadata } = parseExposition(registry.render());
  metrics.stop();
  const value = (name: string): number => samples.find(({ labels }) => labels.__name__ === name)!.value;
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(value('nodejs_heap_size_used_bytes')).toBeGreaterThan(1e6);
  expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
  expect(Math.abs(value('process_start_time_seconds') - Date.now() / 1000)).toBeLessThan(600);
  expect(samples.find(({ labels }) => labels.__name__ === 'nines_build_info')!.labels.version).toBe('1.2.3');
  expect(metadata.find(({ metric }) => metric === 'process_cpu_seconds_total')!.type).toBe('counter');
});
