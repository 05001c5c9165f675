import { expect, test } from 'vitest';
import { parsePromQL } from '../monitoring/index.ts';
import { formatDuration, parseDuration } from '../platform/duration.ts';
import { burnAlerts, burnAlertsFor, burnWindows } from './burn-alerts.ts';
import { compileIndicator } from './indicator.ts';

test.each([
  ['30d', ['critical 14.4 1h 5m', 'critical 6 6h 30m', 'today 3 1d 2h', 'today 1 3d 6h']],
  ['28d', ['critical 14.4 56m 5m', 'critical 6 5h36m 28m', 'today 3 22h24m 1h52m', 'today 1 2d19h12m 5h36m']],
  ['7d', ['critical 14.4 14m 1m', 'critical 6 1h24m 7m', 'today 3 5h36m 28m', 'today 1 16h48m 1h24m']],
])('windows for %s', (window, expected) => {
  const alerts = burnAlertsFor(parseDuration(window));
  expect(
    alerts.map(({ severity, burnRate, longMs, shortMs }) => `${severity} ${burnRate} ${formatDuration(longMs)} ${formatDuration(shortMs)}`),
  ).toEqual(expected);
});

test('every window once, shortest first', () => {
  expect(burnWindows(burnAlertsFor(parseDuration('30d'))).map(formatDuration)).toEqual(['5m', '30m', '1h', '2h', '6h', '1d', '3d']);
});

test.each(['shop', 'x'.repeat(63)])('rules of an objective of %s', (service) => {
  const windowMs = parseDuration('30d');
  const indicator = compileIndicator({ good: 'a_total{ok="1"}', total: 'a_total' });
  const objective = {
    name: 'answers',
    title: 'Answers',
    service,
    target: 0.999,
    windowMs,
    indicator,
    alerts: burnAlertsFor(windowMs),
    excludeMaintenance: false,
  };
  const rules = burnAlerts(objective);
  expect(rules[0]!.expr).toBe(
    'nines_slo_burn_rate{objective="answers", window="1h"} > 14.4 and ignoring (window) nines_slo_burn_rate{objective="answers", window="5m"} > 14.4',
  );
  for (const { expr, annotations } of rules) {
    expect(() => parsePromQL(expr)).not.toThrow();
    expect(annotations.summary!.length).toBeLessThan(50);
  }
});
