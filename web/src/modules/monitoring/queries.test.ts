import { expect, test } from 'vitest';
import { parseTime, rangeOf, unitOf } from './graph-address.ts';
import { stepFor } from './promql.ts';
import { seriesName, toLine } from './range-graph.tsx';
import { ratioQueries } from './ratio-queries.ts';

const source = (query: string) => ({ metricSource: { spec: { query } } });
const slo = (ratioMetric: object) => ({ indicator: { spec: { ratioMetric } } });

test.each([
  [slo({ good: source('ok{a="1"}'), total: source('all') }), '1 - (sum(rate(ok{a="1"}[5m]))) / (sum(rate(all[5m])))', 'sum(rate(all[5m]))'],
  [
    slo({ good: source('sum(ok)'), total: source('sum(all{b="2"})') }),
    '1 - (sum(rate(ok[5m]))) / (sum(rate(all{b="2"}[5m])))',
    'sum(rate(all{b="2"}[5m]))',
  ],
  [slo({ good: 'sum(rate(ok[1m]))', total: 'sum(rate(all[1m]))' }), '1 - (sum(rate(ok[1m]))) / (sum(rate(all[1m])))', 'sum(rate(all[1m]))'],
  [
    slo({ bad: 'sum(increase(ko[5m]))', total: 'all' }),
    '((sum(rate(ko[5m]))) or 0 * (sum(rate(all[5m])))) / (sum(rate(all[5m])))',
    'sum(rate(all[5m]))',
  ],
])('the queries of %j', (spec, bad, traffic) => expect(ratioQueries(spec)).toEqual({ bad, traffic }));

test.each([[{}], [null], [slo({ good: 'a' })], [slo({ total: 'a' })]])('no queries in %j', (spec) =>
  expect(ratioQueries(spec)).toBeUndefined(),
);

test.each([
  ['2026-11-21T03:00:00Z', Date.UTC(2026, 10, 21, 3)],
  ['1763694000000', 1_763_694_000_000],
  ['yesterday', undefined],
  [null, undefined],
])('parseTime(%s)', (text, ms) => expect(parseTime(text)).toBe(ms));

const now = Date.UTC(2026, 10, 21, 3);
test.each([
  ['', now - 3_600_000, now, false],
  ['span=900', now - 900_000, now, false],
  ['from=2026-11-21T01:00:00Z&to=2026-11-21T02:00:00Z', now - 7_200_000, now - 3_600_000, true],
  ['from=2026-11-21T01:00:00Z', now - 7_200_000, now, false],
  ['from=2026-11-21T02:00:00Z&to=2026-11-21T01:00:00Z', now - 3_600_000, now, false],
])('the span of ?%s', (search, fromMs, toMs, fixed) => expect(rangeOf(new URLSearchParams(search), now)).toEqual({ fromMs, toMs, fixed }));

test.each([
  ['node_memory_MemFree_bytes', 'bytes'],
  ['1 - node_memory_MemFree_bytes / node_memory_MemTotal_bytes', 'ratio'],
  ['sum(rate(http_requests_total[5m]))', 'per second'],
  ['probe_duration_seconds', 'seconds'],
  ['nines_slo_burn_rate', 'times'],
  ['node_load1', 'number'],
])('the unit of %s is %s', (expr, unit) => expect(unitOf(expr)).toBe(unit));

test.each([
  [3_600_000, 15_000],
  [86_400_000, 600_000],
  [60_000, 1_000],
])('a span of %i ms has steps of %i', (span, step) => expect(stepFor({ fromMs: 0, toMs: span })).toBe(step));

test('a missing sample is a gap', () => {
  const line = toLine(
    {
      metric: { __name__: 'up', job: 'a' },
      values: [
        [0, '1'],
        [15, '1'],
        [60, '0'],
      ],
    },
    15,
  );
  expect(line).toEqual({ label: 'up{job="a"}', times: [0, 15, 30, 60], values: [1, 1, NaN, 0] });
  expect(seriesName({})).toBe('value');
});
