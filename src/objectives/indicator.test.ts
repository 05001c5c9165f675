import { expect, test } from 'vitest';
import { parsePromQL } from '../monitoring/index.ts';
import { compileEvents, compileIndicator, type EventsRole } from './indicator.ts';

const anchored = (selector: string): string => `(sum(increase(${selector}[1h] anchored)) or vector(0))`;

test.each<[EventsRole, string, string]>([
  ['good', 'http_requests_total{code!~"5.."}', anchored('http_requests_total{code!~"5.."}')],
  ['total', 'sum(rate(http_requests_total[5m]))', anchored('http_requests_total')],
  ['total', 'sum(rate(http_requests_total[{{.window}}]))', anchored('http_requests_total')],
  ['bad', 'sum(increase(http_requests_total{code=~"(5..|429)"}[{{ .window }}]))', anchored('http_requests_total{code=~"(5..|429)"}')],
  ['good', 'rate(latency_seconds_bucket{le="0.3"}[1m])', anchored('latency_seconds_bucket{le="0.3"}')],
  ['good', '(sum(rate(a_total[5m])) - sum(rate(b_total[5m])))', `(${anchored('a_total')} - ${anchored('b_total')})`],
  ['good', 'probe_success{probe="home"}', '(sum(sum_over_time(probe_success{probe="home"}[1h])) or vector(0))'],
  ['total', 'probe_success{probe="home"}', '(sum(count_over_time(probe_success{probe="home"}[1h])) or vector(0))'],
  ['good', 'sum_over_time(my_check[30s])', '(sum(sum_over_time(my_check[1h])) or vector(0))'],
])('%s: %s', (role, query, expected) => {
  const found = compileEvents(query, role)('1h');
  expect(found).toBe(expected);
  expect(() => parsePromQL(found)).not.toThrow();
});

test.each<[EventsRole, string, string]>([
  ['good', 'sum by (code) (rate(a_total[5m]))', 'without by'],
  ['good', 'my_gauge', 'sum_over_time(my_gauge[5m])'],
  ['bad', 'up', 'give it as good'],
  ['good', 'avg_over_time(probe_success[5m])', "avg_over_time doesn't count events"],
  ['good', 'avg(rate(a_total[5m]))', 'it must count events'],
  ['good', 'sum(rate(a_total[5m])) / sum(rate(b_total[5m]))', 'it must count events'],
  ['good', 'sum(rate(a_total[5m] offset 1h))', 'leave offset and @ out'],
  ['good', 'sum(rate(a_total))', 'parse error'],
])('%s: %s is refused', (role, query, reason) => {
  expect(() => compileEvents(query, role)).toThrow(reason);
});

test('an indicator is another when its queries count something else', () => {
  const identity = (good: string, total = 'a_total'): string => compileIndicator({ good, total }).identity;
  expect(identity('sum(rate(a_total{ok="1"}[5m]))')).toBe(identity('a_total{ok="1"}'));
  expect(identity('a_total{ok="1"}')).not.toBe(identity('a_total{ok="2"}'));
  expect(compileIndicator({ bad: 'a_total', total: 'a_total' }).identity).not.toBe(identity('a_total'));
});
