import { expect, test } from 'vitest';
import { createRegistry } from './metrics.ts';

test('counters, gauges and histograms render as Prometheus text', () => {
  const registry = createRegistry();
  const requests = registry.counter({ name: 'nines_requests_total', help: 'Requests\nby route.', labels: ['route'] });
  registry.counter({ name: 'nines_quiet_total', help: 'Nothing yet.' });
  const depth = registry.gauge({ name: 'nines_queue_depth', help: 'Waiting.' });
  registry.gauge({ name: 'nines_asked', help: 'Asked when read.', collect: () => 7 });
  const took = registry.histogram({ name: 'nines_took_seconds', help: 'Time.', buckets: [0.1, 1] });

  requests.inc({ route: 'a"b\\c\n' });
  requests.inc({ route: 'x' }, 2.5);
  depth.set(3);
  depth.add(-1);
  for (const seconds of [0.1, 0.5, 7]) took.observe(seconds);

  expect(registry.render()).toBe(
    [
      '# HELP nines_requests_total Requests\\nby route.',
      '# TYPE nines_requests_total counter',
      'nines_requests_total{route="a\\"b\\\\c\\n"} 1',
      'nines_requests_total{route="x"} 2.5',
      '# HELP nines_quiet_total Nothing yet.',
      '# TYPE nines_quiet_total counter',
      'nines_quiet_total 0',
      '# HELP nines_queue_depth Waiting.',
      '# TYPE nines_queue_depth gauge',
      'nines_queue_depth 2',
      '# HELP nines_asked Asked when read.',
      '# TYPE nines_asked gauge',
      'nines_asked 7',
      '# HELP nines_took_seconds Time.',
      '# TYPE nines_took_seconds histogram',
      'nines_took_seconds_bucket{le="0.1"} 1',
      'nines_took_seconds_bucket{le="1"} 2',
      'nines_took_seconds_bucket{le="+Inf"} 3',
      'nines_took_seconds_sum 7.6',
      'nines_took_seconds_count 3',
      '',
    ].join('\n'),
  );
});

test('label sets are bounded: what is beyond is counted under other', () => {
  const registry = createRegistry();
  const hits = registry.counter({ name: 'nines_hits_total', help: 'Hits.', labels: ['path'] });
  for (let i = 0; i < 1_500; i += 1) hits.inc({ path: `/${i}` });
  const samples = registry.samples();
  expect(samples).toHaveLength(1_001);
  expect(samples.find(({ labels }) => labels.path === 'other')?.value).toBe(500);
});

test('one that cannot be told does not keep the others from being told', () => {
  const registry = createRegistry();
  registry.gauge({
    name: 'nines_broken',
    help: '',
    collect: () => {
      throw new Error('closed');
    },
  });
  registry.gauge({ name: 'nines_fine', help: '' });
  expect(registry.samples().map(({ value }) => value)).toEqual([NaN, 0]);
});

test('a metric is declared once, and under a proper name', () => {
  const registry = createRegistry();
  registry.gauge({ name: 'nines_a', help: '' });
  expect(() => registry.counter({ name: 'nines_a', help: '' })).toThrow("'nines_a' is declared twice");
  expect(() => registry.counter({ name: 'Nines-a', help: '' })).toThrow("'Nines-a' is no metric name");
});
