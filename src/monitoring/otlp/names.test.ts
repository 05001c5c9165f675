import { expect, test } from 'vitest';
import { boundaryText } from './histogram-family.ts';
import { labelName, metricName } from './names.ts';

test.each([
  // name, unit, counter, gauge, with suffixes, without suffixes, UTF-8 with suffixes
  ['http.server.duration', 's', false, false, 'http_server_duration_seconds', 'http_server_duration', 'http.server.duration_seconds'],
  ['requests', '', true, false, 'requests_total', 'requests', 'requests_total'],
  ['requests.total', '1', true, false, 'requests_total', 'requests_total', 'requests.total_total'],
  ['memory.utilization', '1', false, true, 'memory_utilization_ratio', 'memory_utilization', 'memory.utilization_ratio'],
  ['disk.io', 'By', true, false, 'disk_io_bytes_total', 'disk_io', 'disk.io_bytes_total'],
  ['net.rate', 'By/s', false, true, 'net_rate_bytes_per_second', 'net_rate', 'net.rate_bytes_per_second'],
  ['queue.size', '{packet}', false, true, 'queue_size', 'queue_size', 'queue.size'],
  ['system.cpu.seconds', 's', true, false, 'system_cpu_seconds_total', 'system_cpu_seconds', 'system.cpu.seconds_seconds_total'],
  ['2xx', '', false, true, '_2xx', '_2xx', '2xx'],
  ['wärme', 'Cel', false, true, 'w_rme_celsius', 'w_rme', 'wärme_celsius'],
])("'%s' in '%s' becomes Prometheus' name", (name, unit, counter, gauge, suffixed, plain, utf8) => {
  const metric = { name, unit, counter, gauge };
  expect(metricName(metric, 'UnderscoreEscapingWithSuffixes')).toBe(suffixed);
  expect(metricName(metric, 'UnderscoreEscapingWithoutSuffixes')).toBe(plain);
  expect(metricName(metric, 'NoUTF8EscapingWithSuffixes')).toBe(utf8);
  expect(metricName(metric, 'NoTranslation')).toBe(name);
});

test.each([
  ['http.method', 'http_method'],
  ['1st', 'key_1st'],
  ['_private', 'key_private'],
  ['__reserved', '__reserved'],
  ['größe', 'gr__e'],
])("the attribute '%s' is the label %s", (key, name) => {
  expect(labelName(key, 'UnderscoreEscapingWithSuffixes')).toBe(name);
  expect(labelName(key, 'NoTranslation')).toBe(key);
});

test.each([
  [0.005, '0.005'],
  [1, '1'],
  [1e-7, '0.0000001'],
  [-1.5e-9, '-0.0000000015'],
  [1e21, '1000000000000000000000'],
  [Infinity, '+Inf'],
])('the boundary %s is written %s', (value, text) => expect(boundaryText(value)).toBe(text));
