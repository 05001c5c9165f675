import { expect, test } from 'vitest';
import { parse } from '../promql/index.ts';
import { selectionsOf, usersByMetric } from './metric-use.ts';

const NAMES = new Set(['http_requests_total', 'http_errors_total', 'up', 'node_load1']);

test.each([
  ['rate(http_requests_total{job="a"}[5m])', ['http_requests_total']],
  ['sum(http_errors_total) / sum(http_requests_total)', ['http_errors_total', 'http_requests_total']],
  ['{__name__=~"http_.*"}', ['http_errors_total', 'http_requests_total']],
  ['{__name__=~"http_.*", __name__!="http_errors_total"}', ['http_requests_total']],
  ['{job="api"}', []],
  ['{__name__!="up", job="api"}', []],
  ['{__name__=~".*", job="api"}', [...NAMES].sort()],
  ['max_over_time(rate(up[1m])[1h:]) + 1', ['up']],
  ['not_there', []],
  ['time()', []],
])('%s uses %j', (expr, expected) => {
  const users = usersByMetric([{ kind: 'query', name: 'x', link: null, selectors: selectionsOf(parse(expr)) }], NAMES);
  expect([...users.keys()].sort()).toEqual(expected);
});

test('a metric has all its users, each once', () => {
  const of = (name: string, expr: string) => ({ kind: 'alerting rule', name, link: '/alerts', selectors: selectionsOf(parse(expr)) });
  const users = usersByMetric([of('a', 'up == 0 or up == 2'), of('b', 'sum(up)')], NAMES);
  expect(users.get('up')).toEqual([
    { kind: 'alerting rule', name: 'a', link: '/alerts' },
    { kind: 'alerting rule', name: 'b', link: '/alerts' },
  ]);
});
