import { expect, test } from 'vitest';
import { parse } from '../promql/index.ts';
import { audit, type Audited } from './audit.ts';
import { selectorUses } from './selector-uses.ts';

const METRIC: Audited = {
  name: 'x', type: 'unknown', types: [], unit: '', labels: new Map(), series: 10, boundaries: [], recorded: false, read: [], largest: undefined,
}; // prettier-ignore
const read = (expr: string) => selectorUses(parse(expr)).map((use) => ({ ...use, by: 'the rule r' }));

test.each<[string, Partial<Audited>, string[]]>([
  ['a counter without _total', { name: 'requests', type: 'counter' }, ['counter-total']],
  ['a counter with it', { name: 'requests_total', type: 'counter' }, []],
  ['a sum of a histogram', { name: 'latency_seconds_sum', type: 'counter' }, []],
  ['a gauge named _total', { name: 'memory_total', type: 'gauge' }, ['total-counter']],
  ['milliseconds', { name: 'latency_ms' }, ['base-unit']],
  ['milliseconds of a histogram', { name: 'latency_milliseconds_bucket' }, ['base-unit']],
  ['seconds', { name: 'latency_seconds' }, []],
  ['items are not a unit', { name: 'forms' }, []],
  ['percent', { name: 'cpu_percent' }, ['base-unit']],
  ['a colon', { name: 'job:up:sum' }, ['colon']],
  ['a colon of a rule', { name: 'job:up:sum', recorded: true }, []],
  ['a unit that the name lacks', { name: 'latency', unit: 'seconds' }, ['unit-suffix']],
  ['a unit that it has', { name: 'latency_seconds_total', unit: 'seconds' }, []],
  ['two types', { name: 'a', types: ['counter', 'gauge'] }, ['two-types']],
  ['rate of a gauge', { name: 'temperature', type: 'gauge', read: read('rate(temperature[5m])') }, ['rate-of-gauge']],
  ['deriv of a gauge', { name: 'temperature', type: 'gauge', read: read('deriv(temperature[5m])') }, []],
  ['a raw counter', { name: 'a_total', read: read('sum(a_total) > 100') }, ['counter-without-rate']],
  ['a raw counter in a range', { name: 'a_total', read: read('max_over_time(a_total[5m])') }, ['counter-without-rate']],
  ['how many of a counter', { name: 'a_total', read: read('count by (x) (a_total)') }, []],
  ['a rate of a counter', { name: 'a_total', read: read('sum(rate(a_total[5m])) > absent(a_total)') }, []],
  ['no +Inf', { name: 'h_bucket', boundaries: ['0.1 1'] }, ['histogram-inf']],
  ['other boundaries', { name: 'h_bucket', boundaries: ['0.1 +Inf', '0.2 +Inf'] }, ['histogram-boundaries']],
  ['a whole histogram', { name: 'h_bucket', boundaries: ['0.1 +Inf', '0.1 +Inf'] }, []],
  ['a label of ids', { labels: new Map([['user_id', 60]]) }, ['identity-label']],
  ['a few ids', { labels: new Map([['user_id', 5]]) }, []],
  ['any label of thousands', { labels: new Map([['path', 2000]]), series: 2500 }, ['identity-label']],
  ['instances by the thousand', { labels: new Map([['instance', 2000]]), series: 50_000 }, []],
  ['milliseconds since 1970', { name: 'last_run_timestamp_seconds', largest: 1.7e12 }, ['timestamp-milliseconds']],
  ['seconds since 1970', { name: 'last_run_timestamp_seconds', largest: 1.7e9 }, []],
  ['a ratio in percent', { name: 'hit_ratio', largest: 87 }, ['ratio-percent']],
  ['a ratio', { name: 'hit_ratio', largest: 1 }, []],
])('%s', (_what, metric, rules) => {
  const findings = audit({ ...METRIC, ...metric });
  expect(findings.map(({ rule }) => rule)).toEqual(rules);
  for (const { problem, advice } of findings) expect([problem, advice].every((text) => text.length > 20 && text.endsWith('.'))).toBe(true);
});

test.each([
  ['rate(a[5m])', [['a', 'rate']]],
  ['sum by (x) (rate(a[5m])) / sum(b)', [['a', 'rate'], ['b', '']]],
  ['max_over_time(rate(a[1m])[1h:1m])', [['a', 'rate']]],
  ['abs(a) + -b', [['a', 'abs'], ['b', '']]],
  ['histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))', [['h_bucket', 'rate']]],
  ['max_over_time((a + b)[1h:])', [['a', ''], ['b', '']]],
])('%s', (expr, expected) => expect(selectorUses(parse(expr)).map(({ metric, through }) => [metric, through])).toEqual(expected)); // prettier-ignore
