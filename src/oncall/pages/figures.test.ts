import { expect, test } from 'vitest';
import { formatFigure, isEquation, spoken, thresholdOf, type Unit, unitOf } from './figures.ts';

test.each<[number, Unit, string]>([
  [0.04237, 'ratio', '4.2 %'],
  [0.999, 'ratio', '100 %'],
  [4.237, 'percent', '4.2 %'],
  [0.000_23, 'seconds', '230 µs'],
  [0.2374, 'seconds', '240 ms'],
  [2.37, 'seconds', '2.4 s'],
  [600, 'seconds', '10 min'],
  [86_400, 'seconds', '24 h'],
  [864_000, 'seconds', '10 d'],
  [0, 'seconds', '0 ms'],
  [1_610_612_736, 'bytes', '1.5 GiB'],
  [512, 'bytes', '512 B'],
  [14.432, 'plain', '14'],
  [0.001_234, 'plain', '0.0012'],
  [1234.4, 'plain', '1,200'],
  [1_234_567, 'plain', '1,200,000'],
  [-3, 'plain', '-3'],
  [404, 'plain', '404'],
  [404.2, 'plain', '400'],
  [Number.NaN, 'plain', 'not a number'],
  [Infinity, 'ratio', 'infinite'],
])('%s as %s is %s', (value, unit, expected) => expect(formatFigure(value, unit)).toBe(expected));

test.each<[string, Record<string, string>, Unit]>([
  ['a / b', { unit: 'ratio' }, 'ratio'],
  ['a / b', { unit: '%' }, 'percent'],
  ['sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.01', {}, 'plain'],
  ['job:request_latency_seconds:p99 > 1', {}, 'seconds'],
  ['histogram_quantile(0.99, rate(http_request_duration_seconds_bucket[5m])) > 1', {}, 'seconds'],
  ['node_filesystem_avail_bytes < 1e9', {}, 'bytes'],
  ['rate(node_network_receive_bytes_total[5m]) > 1e9', {}, 'plain'],
  ['node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1', {}, 'plain'],
  ['budget_used_ratio > 0.9', {}, 'ratio'],
  ['job:errors:ratio_rate5m > 0.1', {}, 'ratio'],
  ['up == 0', {}, 'plain'],
])('%s %o counts in %s', (expr, annotations, expected) => expect(unitOf({ expr, annotations, labels: {} })).toBe(expected));

test.each<[string, Unit, string | undefined]>([
  ['a > 0.05', 'ratio', 'above 5 %'],
  ['(a / b) <= 1.5', 'plain', 'at or below 1.5'],
  ['up == 0', 'plain', 'at 0'],
  ['a > bool 3', 'plain', 'above 3'],
  ['(a > 3)', 'plain', 'above 3'],
  ['node_avail_bytes < 1e9', 'bytes', 'below 950 MiB'],
  ['absent(up)', 'plain', undefined],
  ['burn{window="1h"} > 14.4 and ignoring (window) burn{window="5m"} > 6', 'plain', 'above 14'],
  ['(a > 3 and b > 5)', 'plain', 'above 3'],
  ['((a or b) > 3)', 'plain', 'above 3'],
  ['a > 3 unless on (x) (b > 5)', 'plain', 'above 3'],
  ['a{b="x or y and z"} > 3', 'plain', 'above 3'],
  ['a > 3 or b > 5', 'plain', undefined],
  ['a > b', 'plain', undefined],
])('%s is met %s', (expr, unit, expected) => expect(thresholdOf(expr, unit)).toBe(expected));

test.each([
  ['up == 0', true],
  ['max_over_time(probe_success{probe="x"}[1m]) == 0 and count_over_time(probe_success[1m]) >= 2', true],
  ['a > 0', false],
  ['a > 0 and b == 0', false],
  ['absent(a)', false],
])('%s asks for its value: %s', (expr, expected) => expect(isEquation(expr)).toBe(expected));

test.each([
  [0, '0 seconds'],
  [1_000, '1 second'],
  [90_000, '90 seconds'],
  [180_000, '3 minutes'],
  [5_400_000, '90 minutes'],
  [7_200_000, '2 hours'],
  [172_800_000, '2 days'],
])('%d ms are %s', (ms, expected) => expect(spoken(ms)).toBe(expected));
